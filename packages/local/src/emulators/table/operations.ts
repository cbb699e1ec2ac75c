import { type Key, keyOf, placeOf, readDefinition, type Table } from "./definition.ts";
import { apply, type Bindings, holds } from "./evaluation.ts";
import { type Parsed, parseCondition, parseUpdates } from "./expressions.ts";
import type { Input } from "./input.ts";
import { query, scan } from "./reading.ts";
import { invalid, Refusal } from "./refusal.ts";
import type { Store } from "./store.ts";
import { type Attributes, bytesOf } from "./values.ts";

/** What an operation answers, as JSON text. */
type Operation = (store: Store, input: Input) => string;

export const operations = {
  CreateTable(store, input) {
    const definition = readDefinition(input);
    const { TableName } = definition;
    if (store.table(TableName)) {
      throw new Refusal("ResourceInUseException", `Table already exists: ${TableName}`);
    }
    store.create(definition);
    const TableDescription = { ...definition, TableStatus: "ACTIVE" };
    return JSON.stringify({ TableDescription });
  },

  DescribeTable(store, input) {
    const { definition } = tableIn(store, input);
    return JSON.stringify({ Table: { ...definition, TableStatus: "ACTIVE" } });
  },

  GetItem(store, input) {
    const table = tableIn(store, input);
    const json = store.read(table, keyOf(input.Key ?? {}, table.key));
    const capacity = capacityOf(input, () => readUnits(json, input.ConsistentRead));
    return json === undefined ? `{${capacity}}` : `{"Item":${json}${capacity && `,${capacity}`}}`;
  },

  BatchGetItem(store, input) {
    const { RequestItems = {} } = input;
    const capacities: { TableName: string; CapacityUnits: number }[] = [];
    const answers = Object.entries(RequestItems).map(([TableName, asked]) => {
      const table = tableIn(store, { TableName });
      const { Keys = [], ConsistentRead } = Array.isArray(asked) ? {} : asked;
      if (Keys.length === 0 || Keys.length > 100) throw invalid("Give 1 to 100 keys at once");
      const read = Keys.map((key) => store.read(table, keyOf(key, table.key)));
      if (isMetered(input)) {
        const units = read.map((json) => readUnits(json, ConsistentRead));
        capacities.push({ TableName, CapacityUnits: sumOf(units) });
      }
      const items = read.filter((json) => json !== undefined);
      return `${JSON.stringify(TableName)}:[${items.join()}]`;
    });
    const capacity = isMetered(input) ? `,"ConsumedCapacity":${JSON.stringify(capacities)}` : "";
    return `{"Responses":{${answers.join()}},"UnprocessedKeys":{}${capacity}}`;
  },

  PutItem: (store, input) => changed(store, input, puttingOf(input)),

  DeleteItem: (store, input) =>
    changed(store, input, { keyed: input.Key ?? {}, next: () => undefined }),

  UpdateItem: (store, input) => changed(store, input, updatingOf(input)),

  TransactWriteItems(store, input) {
    const writes = writesOf(store, input);
    // All is looked at before anything is written, with nothing in between.
    const looked = writes.map(({ input, change }) => lookAt(store, input, change));
    const outcomes = looked.filter((one): one is Outcome => !(one instanceof Refusal));
    if (outcomes.length < looked.length) throw cancelled(looked);
    for (const outcome of outcomes) carryOut(store, outcome);
    if (!isMetered(input)) return "{}";
    const units = outcomes.map((one) => 2 * writeUnits(one) + indexUnits(one));
    const ConsumedCapacity = [{ TableName: outcomes[0]?.table.name, CapacityUnits: sumOf(units) }];
    return JSON.stringify({ ConsumedCapacity });
  },

  Query: (store, input) => query(store, tableIn(store, input), input, bind(input)),

  Scan: (store, input) => scan(store, tableIn(store, input), input, bind(input)),

  BatchWriteItem(store, { RequestItems = {} }) {
    store.transaction(() => {
      for (const [TableName, requests] of Object.entries(RequestItems)) {
        const table = tableIn(store, { TableName });
        if (!Array.isArray(requests)) throw invalid("A batch of writes is a list for each table");
        for (const { PutRequest } of requests) {
          if (!PutRequest) throw invalid("Only puts are taken in batches here");
          const key = keyOf(PutRequest.Item, table.key);
          const json = store.read(table, key);
          const before = json === undefined ? undefined : (JSON.parse(json) as Attributes);
          store.writeWithin(table, key, before, PutRequest.Item);
        }
      }
    });
    return '{"UnprocessedItems":{}}';
  },
} satisfies Record<string, Operation>;

function tableIn(store: Store, { TableName = "" }: Input): Table {
  const table = store.table(TableName);
  if (table) return table;
  throw new Refusal("ResourceNotFoundException", "Requested resource not found");
}

interface Change {
  /** Attributes with the item's key among them. */
  keyed: Attributes;
  next: (before: Attributes | undefined) => Attributes | undefined;
}

function puttingOf({ Item: after = {} }: Input): Change {
  return { keyed: after, next: () => after };
}

function updatingOf(input: Input): Change {
  const { Key: key = {}, UpdateExpression } = input;
  const updates = UpdateExpression === undefined ? undefined : parseUpdates(UpdateExpression);
  const bindings = bind(input, updates);
  return {
    keyed: key,
    next: (before) => (updates ? apply(updates.tree, before ?? key, bindings) : (before ?? key)),
  };
}

/** Each of its writes, of an item of its own. */
function writesOf(store: Store, { TransactItems = [] }: Input): { input: Input; change: Change }[] {
  if (TransactItems.length === 0 || TransactItems.length > 100) {
    throw invalid("Give 1 to 100 writes at once");
  }
  const writes = TransactItems.map(({ Put, Update }) => {
    if (Put) return { input: Put, change: puttingOf(Put) };
    if (Update) return { input: Update, change: updatingOf(Update) };
    throw invalid("Only puts and updates are taken together here");
  });
  const names = writes.map(({ input, change }) =>
    JSON.stringify([input.TableName, keyOf(change.keyed, tableIn(store, input).key)]),
  );
  if (new Set(names).size === names.length) return writes;
  throw invalid("Transaction request cannot include multiple operations on one item");
}

/** What a change will have done. */
interface Outcome {
  table: Table;
  key: Key;
  before: Attributes | undefined;
  after: Attributes | undefined;
}

/** Reads, and looks at the condition. @throws Refusal */
function outcomeOf(store: Store, input: Input, { keyed, next }: Change): Outcome {
  const table = tableIn(store, input);
  const key = keyOf(keyed, table.key);
  const json = store.read(table, key);
  // Only we write there.
  const before = json === undefined ? undefined : (JSON.parse(json) as Attributes);
  requireCondition(input, before);
  const after = next(before);
  if (after) requireKept(after, key, table);
  return { table, key, before, after };
}

/** The same, of one change among several. */
function lookAt(store: Store, input: Input, change: Change): Outcome | Refusal {
  try {
    return outcomeOf(store, input, change);
  } catch (error) {
    if (error instanceof Refusal && cancellationCodes.has(error.name)) return error;
    throw error;
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const cancellationCodes = new Map(
  Object.entries({
    ConditionalCheckFailedException: "ConditionalCheckFailed",
    ValidationException: "ValidationError",
  }),
);

function cancelled(looked: readonly (Outcome | Refusal)[]): Refusal {
  const CancellationReasons = looked.map((one) =>
    one instanceof Refusal
      ? { Code: cancellationCodes.get(one.name), Message: one.message }
      : { Code: "None" },
  );
  const codes = CancellationReasons.map(({ Code }) => Code).join(", ");
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new Refusal("TransactionCanceledException", message, { CancellationReasons });
}

function carryOut(store: Store, { table, key, before, after }: Outcome): void {
  if (after || before) store.write(table, key, before, after);
}

/** Reads, looks at the condition, and writes, with nothing in between. */
function changed(store: Store, input: Input, change: Change): string {
  const outcome = outcomeOf(store, input, change);
  carryOut(store, outcome);
  const { before, after } = outcome;
  const capacity = capacityOf(input, () => writeUnits(outcome) + indexUnits(outcome));
  const attributes = input.ReturnValues === "ALL_NEW" ? after : undefined;
  const old = input.ReturnValues === "ALL_OLD" ? before : undefined;
  const parts = [
    ...((attributes ?? old) ? [`"Attributes":${JSON.stringify(attributes ?? old)}`] : []),
    ...(capacity ? [capacity] : []),
  ];
  return `{${parts.join()}}`;
}

function requireCondition(input: Input, before: Attributes | undefined): void {
  const { ConditionExpression } = input;
  if (ConditionExpression === undefined) return;
  const { tree } = parseCondition(ConditionExpression);
  if (holds(tree, before ?? {}, bind(input))) return;
  throw new Refusal("ConditionalCheckFailedException", "The conditional request failed");
}

const itemBytesMax = 409_600;

function requireKept(after: Attributes, key: Key, table: Table): void {
  const { pk, sk } = keyOf(after, table.key);
  if (pk !== key.pk || sk !== key.sk) throw invalid("Cannot update attribute: it is of the key");
  if (bytesOf(after) <= itemBytesMax) return;
  throw invalid("Item size has exceeded the maximum allowed size");
}

/** @throws Refusal for placeholders that no expression uses, as DynamoDB does. */
function bind(input: Input, updates?: Parsed<unknown>): Bindings {
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
  const texts = [input.ConditionExpression, input.KeyConditionExpression, input.FilterExpression];
  const used = texts.flatMap((text) => (text === undefined ? [] : [parseCondition(text)]));
  if (updates) used.push(updates as (typeof used)[number]);
  else if (input.UpdateExpression !== undefined)
    return bind(input, parseUpdates(input.UpdateExpression));
  if (input.ProjectionExpression === undefined) requireUsed(names, used, "names");
  requireUsed(values, used, "values");
  return { names: names ?? {}, values: values ?? {} };
}

function requireUsed(
  given: object | undefined,
  used: readonly Parsed<unknown>[],
  kind: "names" | "values",
): void {
  if (!given) return;
  const placeholders = Object.keys(given);
  if (placeholders.length === 0) throw invalid(`ExpressionAttribute${kind} must not be empty`);
  const unused = placeholders.filter((name) => !used.some((parsed) => parsed[kind].has(name)));
  if (unused.length === 0) return;
  throw invalid(
    `Value provided in ExpressionAttribute${kind} unused in expressions: ${unused.join()}`,
  );
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

const isMetered = ({ ReturnConsumedCapacity = "NONE" }: Input): boolean =>
  ReturnConsumedCapacity !== "NONE";

const capacityOf = (input: Input, units: () => number): string =>
  isMetered(input)
    ? `"ConsumedCapacity":${JSON.stringify({ TableName: input.TableName, CapacityUnits: units() })}`
    : "";

const readUnits = (json: string | undefined, isConsistent: boolean | undefined): number => {
  const bytes = json === undefined ? 0 : bytesOf(JSON.parse(json) as Attributes);
  return Math.max(1, Math.ceil(bytes / 4_096)) * (isConsistent ? 1 : 0.5);
};

const writeUnits = ({ before, after }: Pick<Outcome, "before" | "after">): number => {
  const bytes = Math.max(before ? bytesOf(before) : 0, after ? bytesOf(after) : 0);
  return Math.max(1, Math.ceil(bytes / 1_024));
};

/**
 * Of each index that the write puts the item into, takes it out of, or changes it in
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations).
 */
function indexUnits({ table, before, after }: Outcome): number {
  let units = 0;
  for (const index of table.indexes.values()) {
    const from = before && placeOf(before, index);
    const to = after && placeOf(after, index);
    const of = (item: Attributes | undefined) =>
      index.keysOnly ? 1 : writeUnits({ before: item, after: undefined });
    const isMoved = from?.pk !== to?.pk || from?.sk !== to?.sk;
    if (isMoved) units += (from ? of(before) : 0) + (to ? of(after) : 0);
    else if (to && !index.keysOnly) units += of(after);
  }
  return units;
}
