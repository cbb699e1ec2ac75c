import { type Attributes, fromAttributes, toAttributes } from "./lean/attributes.ts";
import type { Item, Key, QueryRange, Table } from "@outlet/core/ports";
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
  /** Whether an error says that the condition of a write did not hold. */
  isUnmet(error: unknown): boolean;
}

export type Operation =
  | "GetItem"
  | "BatchGetItem"
  | "PutItem"
  | "UpdateItem"
  | "DeleteItem"
  | "Query";

/** The table port on DynamoDB, by whoever calls it. An item above 400 KB is a ValidationException. */
export function createTable(calls: DynamoCalls, TableName: string): Table {
  const whereHeld = async (operation: Operation, input: object): Promise<Output | undefined> => {
    try {
      return await calls.call(operation, input);
    } catch (error) {
      if (calls.isUnmet(error)) return undefined;
      throw error;
    }
  };
  return {
    async get(key) {
      if (!isKey(key)) return undefined;
      const input = { TableName, Key: toKey(key), ConsistentRead: true };
      const { Item } = await calls.call("GetItem", input);
      return Item && toItem(Item);
    },

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

    async query(range) {
      if (bytesOf(range.pk) > partitionKeyMax) return { items: [] };
      const input = { TableName, ...toQuery(range) };
      const { Items = [], LastEvaluatedKey } = await calls.call("Query", input);
      return {
        items: Items.map(toItem),
        ...(LastEvaluatedKey && { cursor: encodeCursor(fromAttributes(LastEvaluatedKey), range) }),
      };
    },
  };
}

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
