import { type KeyNames, keyOf, type Table } from "./definition.ts";
import { type Bindings, holds, nameOf, valueOf } from "./evaluation.ts";
import { type Condition, type Operand, parseCondition, parsePaths } from "./expressions.ts";
import type { Input } from "./input.ts";
import { invalid } from "./refusal.ts";
import type { Range, Row, Store } from "./store.ts";
import { type Attributes, bytesOf } from "./values.ts";

/** A page holds so much at most, as on AWS. */
const pageBytesMax = 1_048_576;

export function query(store: Store, table: Table, input: Input, bindings: Bindings): string {
  const { IndexName, KeyConditionExpression = "", ExclusiveStartKey: start } = input;
  const index = IndexName === undefined ? undefined : table.indexes.get(IndexName);
  if (IndexName !== undefined && !index) {
    throw invalid(`The table does not have the specified index: ${IndexName}`);
  }
  const names = index ?? table.key;
  const { tree } = parseCondition(KeyConditionExpression);
  const range = rangeOf(tree, names, bindings, input.ScanIndexForward === false);
  if (start && keyOf(start, names).pk !== range.pk) {
    throw invalid("The provided starting key is outside query boundaries");
  }
  const rows = index
    ? store.index(
        table,
        index,
        range,
        start && { ...keyOf(start, index), own: keyOf(start, table.key) },
      )
    : store.partition(table, range, start && keyOf(start, table.key));
  return page(rows, input, bindings, index ? [table.key, index] : [table.key]);
}

export function scan(store: Store, table: Table, input: Input, bindings: Bindings): string {
  const { ExclusiveStartKey: start } = input;
  return page(store.all(table, start && keyOf(start, table.key)), input, bindings, [table.key]);
}

/** @param keys whose attributes make up the key that the next page starts from. */
function page(
  rows: Iterable<Row>,
  input: Input,
  bindings: Bindings,
  keys: readonly KeyNames[],
): string {
  const { Limit = Number.POSITIVE_INFINITY } = input;
  const items: string[] = [];
  let scanned = 0;
  let bytes = 0;
  let last: string | undefined;
  let goesOn = false;
  for (const { json } of rows) {
    // Of what is left there may be nothing, as on AWS; of a page that is full of bytes there is more.
    if (bytes >= pageBytesMax) {
      goesOn = true;
      break;
    }
    scanned += 1;
    bytes += Buffer.byteLength(json);
    last = json;
    const item = selected(json, input, bindings);
    if (item !== undefined) items.push(item);
    if (scanned >= Limit) {
      goesOn = true;
      break;
    }
  }
  const parts = [
    `"Items":[${items.join()}]`,
    `"Count":${items.length}`,
    `"ScannedCount":${scanned}`,
  ];
  if (goesOn && last !== undefined) parts.push(`"LastEvaluatedKey":${startAfter(last, keys)}`);
  if (input.ReturnConsumedCapacity !== undefined && input.ReturnConsumedCapacity !== "NONE") {
    const CapacityUnits = unitsOf(items, input.ConsistentRead === true);
    parts.push(
      `"ConsumedCapacity":${JSON.stringify({ TableName: input.TableName, CapacityUnits })}`,
    );
  }
  return `{${parts.join()}}`;
}

function unitsOf(items: readonly string[], isConsistent: boolean): number {
  const bytes = items.reduce((sum, item) => sum + bytesOf(JSON.parse(item) as Attributes), 0);
  return Math.max(1, Math.ceil(bytes / 4_096)) * (isConsistent ? 1 : 0.5);
}

function startAfter(json: string, keys: readonly KeyNames[]): string {
  const item = JSON.parse(json) as Attributes;
  const names = keys.flatMap(({ pk, sk }) => [pk, sk]);
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, item[name]])));
}

/** The item, or what was asked for of it; `undefined` where a filter leaves it out. */
function selected(json: string, input: Input, bindings: Bindings): string | undefined {
  const { FilterExpression, ProjectionExpression } = input;
  if (FilterExpression === undefined && ProjectionExpression === undefined) return json;
  const item = JSON.parse(json) as Attributes;
  if (FilterExpression !== undefined) {
    if (!holds(parseCondition(FilterExpression).tree, item, bindings)) return undefined;
  }
  if (ProjectionExpression === undefined) return json;
  const names = parsePaths(ProjectionExpression).tree.map((path) => {
    const [name] = path;
    if (typeof name !== "string" || path.length > 1)
      throw invalid("Only whole attributes are read");
    return nameOf(name, bindings);
  });
  const known = names.filter((name) => item[name] !== undefined);
  return JSON.stringify(Object.fromEntries(known.map((name) => [name, item[name]])));
}

/** The end of all sort keys that begin with a prefix. */
const endOf = (prefix: string): string => `${prefix}\u{10FFFF}`;

function rangeOf(tree: Condition, names: KeyNames, bindings: Bindings, descending: boolean): Range {
  let pk: string | undefined;
  const range: Omit<Range, "pk"> = { from: "", to: null, descending };
  const text = (operand: Operand | undefined): string => {
    const value = operand?.kind === "value" ? valueOf(operand.name, bindings).S : undefined;
    if (value === undefined) throw badKey();
    return value;
  };
  const isOf = (operand: Operand | undefined, name: string): boolean =>
    operand?.kind === "path" && nameOf(String(operand.steps[0]), bindings) === name;
  for (const part of tree.kind === "and" ? tree.parts : [tree]) {
    if (part.kind === "compare" && isOf(part.left, names.pk) && part.operator === "=") {
      pk = text(part.right);
    } else if (part.kind === "compare" && isOf(part.left, names.sk)) {
      const value = text(part.right);
      if (["=", ">="].includes(part.operator)) range.from = value;
      if (["=", "<="].includes(part.operator)) range.to = value;
      if (["<", ">", "<>"].includes(part.operator)) throw badKey();
    } else if (part.kind === "between" && isOf(part.of, names.sk)) {
      range.from = text(part.from);
      range.to = text(part.to);
      if (Buffer.compare(Buffer.from(range.from), Buffer.from(range.to)) > 0) throw badKey();
    } else if (
      part.kind === "call" &&
      part.name === "begins_with" &&
      isOf(part.args[0], names.sk)
    ) {
      range.from = text(part.args[1]);
      range.to = endOf(range.from);
    } else throw badKey();
  }
  if (pk === undefined) throw badKey();
  return { pk, ...range };
}

const badKey = () => invalid("Query key condition not supported");
