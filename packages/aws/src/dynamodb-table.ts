import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Table } from "@outlet/core/ports";
import { reachStore } from "./store-error.ts";
import { createTable, type DynamoCalls, type Operation } from "./table-calls.ts";

/**
 * The table port on DynamoDB, by the SDK.
 *
 * The SDK repeats a write whose answer was lost. A put or an update on a condition that it makes
 * false itself may thus report that the condition did not hold although the first try wrote; an
 * unconditional `add` or `append` may count twice.
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
  const calls: DynamoCalls = {
    call: (operation, input) => reachStore("DynamoDB", send[operation](client, input as never)),
    reasonsOf: (error) =>
      error instanceof TransactionCanceledException
        ? (error.CancellationReasons ?? []).map(({ Code = "None" }) => Code)
        : undefined,
  };
  return createTable(calls, tableName);
}

type Send = (client: DynamoDBClient, input: never) => ReturnType<DynamoCalls["call"]>;

const send: Record<Operation, Send> = {
  GetItem: (client, input) => client.send(new GetItemCommand(input)) as ReturnType<Send>,
  BatchGetItem: (client, input) => client.send(new BatchGetItemCommand(input)) as ReturnType<Send>,
  PutItem: (client, input) => client.send(new PutItemCommand(input)) as ReturnType<Send>,
  UpdateItem: (client, input) => client.send(new UpdateItemCommand(input)) as ReturnType<Send>,
  DeleteItem: (client, input) => client.send(new DeleteItemCommand(input)) as ReturnType<Send>,
  TransactWriteItems: (client, input) =>
    client.send(new TransactWriteItemsCommand(input)) as ReturnType<Send>,
  Query: (client, input) => client.send(new QueryCommand(input)) as ReturnType<Send>,
};
