import { type Attributes, fromAttributes, toAttributes } from "./lean/attributes.ts";
import {
  type Item,
  type Key,
  keyIndexes,
  nodeCrypto,
  type QueryRange,
  StoreUnavailable,
  systemClock,
  type Table,
  type Write,
} from "@outlet/core/ports";
import { decodeCursor, encodeCursor, keyOf } from "./dynamodb-cursor.ts";
import {
  conditionExpression,
  type Expression,
  keyExpression,
  updateExpression,
} from "./dynamodb-expressions.ts";

interface Output {
  Item?: Attributes | undefined;
  Attributes?: Attributes | undefined;
  Items?: Attributes[] | undefined;
  LastEvaluatedKey?: Attributes | undefined;
  Responses?: Record<string, Attributes[]> | undefined;
  UnprocessedKeys?: Record<string, { Keys?: Attributes[] | undefined }> | undefined;
}

/** What DynamoDB is asked; inputs and outputs as its API reference has them. */
export interface DynamoCalls {
  /** @throws StoreUnavailable where there was no answer, else what DynamoDB refused it with. */
  call(operation: Operation, input: object): Promise<Output>;
  /** The codes of why each write of a transaction was refused; absent where it is no such error. */
  reasonsOf(error: unknown): readonly string[] | undefined;
}

export type Operation =
  | "GetItem"
  | "BatchGetItem"
  | "PutItem"
  | "UpdateItem"
  | "DeleteItem"
  | "TransactWriteItems"
  | "Query";

/** The table port on DynamoDB, by whoever calls it. An item above 400 KB is a ValidationException. */
export function createTable(calls: DynamoCalls, TableName: string): Table {
  const whereHeld = async (operation: Operation, input: object): Promise<Output | undefined> => {
    for (let tries = 1; ; tries++) {
      try {
        return await calls.call(operation, input);
      } catch (error) {
        if (isNamed(error, "ConditionalCheckFailedException")) return undefined;
        // A transaction is at the item, and gone in a moment: neither client tries again for that.
        if (!isNamed(error, "TransactionConflictException")) throw error;
        if (tries === conflictsMax) {
          throw new StoreUnavailable("DynamoDB: the item is in a transaction", { cause: error });
        }
        await systemClock.sleep(Math.random() * 20 * 2 ** tries);
      }
    }
  };
  const get = async (key: Key): Promise<Item | undefined> => {
    if (!isKey(key)) return undefined;
    const input = { TableName, Key: toKey(key), ConsistentRead: true };
    const { Item } = await calls.call("GetItem", input);
    return Item && toItem(Item);
  };
  /** What an index has the keys of, as it is, unless it has left its place there meanwhile. */
  const wholeOf = async (found: readonly Item[], { pk, sk }: Key): Promise<Item[]> => {
    const items: Item[] = [];
    for (let i = 0; i < found.length; i += getsAtOnce) {
      const some = found.slice(i, i + getsAtOnce);
      const read = await Promise.all(some.map(get));
      for (const [j, item] of read.entries()) {
        if (item && item[pk] === some[j]?.[pk] && item[sk] === some[j]?.[sk]) items.push(item);
      }
    }
    return items;
  };
  return {
    get,

    async getMany(keys) {
      const found = new Map<string, Item>();
      let left: object[] = keys.filter(isKey).map(toKey);
      // What is left over for lack of capacity is asked for again, as DynamoDB's guide says.
      while (left.length > 0) {
        const RequestItems = { [TableName]: { Keys: left, ConsistentRead: true } };
        const { Responses, UnprocessedKeys } = await calls.call("BatchGetItem", { RequestItems });
        for (const attributes of Responses?.[TableName] ?? []) {
          const item = toItem(attributes);
          found.set(nameOf(item), item);
        }
        left = UnprocessedKeys?.[TableName]?.Keys ?? [];
      }
      return keys.map((key) => found.get(nameOf(key)));
    },

    async put(item, condition) {
      const input = {
        TableName,
        Item: toAttributes(item),
        ...toInput(conditionExpression(condition)),
      };
      return (await whereHeld("PutItem", input)) !== undefined;
    },

    async update(key, change, condition) {
      const input = {
        TableName,
        Key: toKey(key),
        ReturnValues: "ALL_NEW",
        ...toInput(updateExpression(change, condition)),
      };
      const output = await whereHeld("UpdateItem", input);
      return output && toItem(output.Attributes ?? toKey(key));
    },

    async remove(key, condition) {
      const input = { TableName, Key: toKey(key), ...toInput(conditionExpression(condition)) };
      return (await whereHeld("DeleteItem", input)) !== undefined;
    },

    async transact(writes) {
      const input = {
        TransactItems: writes.map((write) => toWrite(TableName, write)),
        // What the client sends again, because the answer was lost, is carried out once.
        ClientRequestToken: nodeCrypto().randomUUID(),
      };
      try {
        await calls.call("TransactWriteItems", input);
        return true;
      } catch (error) {
        const reasons = calls.reasonsOf(error);
        // An item too large is refused like any other.
        if (!reasons || reasons.includes("ValidationError")) throw error;
        return false;
      }
    },

    async query(range) {
      if (bytesOf(range.pk) > partitionKeyMax) return { items: [] };
      const input = { TableName, ...toQuery(range) };
      const { Items = [], LastEvaluatedKey } = await calls.call("Query", input);
      const found = Items.map(toItem);
      const holdsKeys =
        !range.keysOnly && range.index !== undefined && keyIndexes.includes(range.index);
      return {
        items: holdsKeys ? await wholeOf(found, keyOf(range)) : found,
        ...(LastEvaluatedKey && { cursor: encodeCursor(fromAttributes(LastEvaluatedKey), range) }),
      };
    },
  };
}

const isNamed = (error: unknown, name: string): boolean =>
  error instanceof Error && error.name === name;

/** Tries of a write that meets transactions. */
const conflictsMax = 6;

function toWrite(TableName: string, write: Write) {
  if ("item" in write) {
    const condition = toInput(conditionExpression(write.condition));
    return { Put: { TableName, Item: toAttributes(write.item), ...condition } };
  }
  const { key, change, condition } = write;
  const update = toInput(updateExpression(change, condition));
  return { Update: { TableName, Key: toKey(key), ...update } };
}

/** Reads of items that an index names, side by side. */
const getsAtOnce = 25;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const partitionKeyMax = 2_048;
const sortKeyMax = 1_024;
const bytesOf = (text: string): number => Buffer.byteLength(text);

/** Nothing lies under a key that DynamoDB would not take: an id from an address may be of any length. */
const isKey = ({ pk, sk }: Key): boolean =>
  bytesOf(pk) <= partitionKeyMax && bytesOf(sk) <= sortKeyMax;

function toQuery(range: QueryRange) {
  return {
    ...(range.index ? { IndexName: range.index } : { ConsistentRead: true }),
    ...(range.descending && { ScanIndexForward: false }),
    ...(range.limit !== undefined && { Limit: range.limit }),
    ...(range.cursor !== undefined && {
      ExclusiveStartKey: toAttributes(decodeCursor(range.cursor, range)),
    }),
    ...toInput(keyExpression(range, keyOf(range))),
  };
}

function toInput({ values, ...expression }: Expression) {
  return { ...expression, ...(values && { ExpressionAttributeValues: toAttributes(values) }) };
}

/** An item is a key too, but DynamoDB refuses its other attributes. */
function toKey({ pk, sk }: Key): Attributes {
  return toAttributes({ pk, sk });
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** Whatever is in the table was written through this adapter, under string keys. */
const toItem = (attributes: Attributes): Item => fromAttributes(attributes) as Item;
