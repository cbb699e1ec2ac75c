import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Item, Key, QueryRange, Table } from "@outlet/core/ports";
import { decodeCursor, encodeCursor, keyOf } from "./dynamodb-cursor.ts";
import {
  conditionExpression,
  type Expression,
  keyExpression,
  updateExpression,
} from "./dynamodb-expressions.ts";
import { reachStore } from "./store-error.ts";

/**
 * The table port on DynamoDB.
 *
 * The SDK repeats a write whose answer was lost. A put or an update on a condition that it makes
 * false itself may thus report that the condition did not hold although the first try wrote; an
 * unconditional `add` or `append` may count twice.
 *
 * An item above 400 KB DynamoDB's own ValidationException.
 *
 * @example createDynamoTable({ client: createClients({ region }).dynamodb, tableName: "outlet" })
 */
export function createDynamoTable({
  client,
  tableName,
}: {
  client: DynamoDBClient;
  tableName: string;
}): Table {
  // The plain client, as the document client refuses `cacheMiddleware`.
  const reach = <T>(call: Promise<T>) => reachStore("DynamoDB", call);
  return {
    async get(key) {
      if (!isKey(key)) return undefined;
      const { Item } = await reach(
        client.send(
          new GetItemCommand({
            TableName: tableName,
            Key: toKey(key),
            ConsistentRead: true,
          }),
        ),
      );
      return Item && fromAttributes(Item);
    },

    async put(item, condition) {
      const command = new PutItemCommand({
        TableName: tableName,
        Item: toAttributes(item),
        ...toInput(conditionExpression(condition)),
      });
      return (await whereHeld(reach(client.send(command)))) !== undefined;
    },

    async update(key, change, condition) {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: toKey(key),
        ReturnValues: "ALL_NEW",
        ...toInput(updateExpression(change, condition)),
      });
      const output = await whereHeld(reach(client.send(command)));
      return output && fromAttributes(output.Attributes ?? toKey(key));
    },

    async remove(key, condition) {
      const command = new DeleteItemCommand({
        TableName: tableName,
        Key: toKey(key),
        ...toInput(conditionExpression(condition)),
      });
      return (await whereHeld(reach(client.send(command)))) !== undefined;
    },

    async query(range) {
      if (bytesOf(range.pk) > partitionKeyMax) return { items: [] };
      const { Items = [], LastEvaluatedKey } = await reach(
        client.send(new QueryCommand({ TableName: tableName, ...toQuery(range) })),
      );
      return {
        items: Items.map(fromAttributes),
        ...(LastEvaluatedKey && { cursor: encodeCursor(unmarshall(LastEvaluatedKey), range) }),
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

function toQuery(range: QueryRange): Omit<QueryCommandInput, "TableName"> {
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

async function whereHeld<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

function toInput({ values, ...expression }: Expression) {
  return { ...expression, ...(values && { ExpressionAttributeValues: toAttributes(values) }) };
}

/** An item is a key too, but DynamoDB refuses its other attributes. */
function toKey({ pk, sk }: Key): Attributes {
  return toAttributes({ pk, sk });
}

type Attributes = Record<string, AttributeValue>;

function toAttributes(values: object): Attributes {
  return marshall(values, { removeUndefinedValues: true });
}

function fromAttributes(attributes: Attributes): Item {
  // Whatever is in the table was written through this adapter, as plain values under string keys.
  return unmarshall(attributes) as Item;
}
