import type { Table } from "@outlet/core/ports";
import { createTable } from "../table-calls.ts";
import type { JsonClient } from "./json-client.ts";
import { reachStore } from "./reach-store.ts";
import { ServiceError } from "./service-error.ts";

/**
 * The table port on DynamoDB, by the lean client, which repeats a write whose answer was lost as the
 * SDK does: see `createDynamoTable`.
 *
 * @example createLeanTable({ client: createJsonClient("dynamodb", { region }), tableName: "outlet" })
 */
export function createLeanTable({
  client,
  tableName,
}: {
  client: JsonClient;
  tableName: string;
}): Table {
  return createTable(
    {
      call: (operation, input) => reachStore("DynamoDB", client.call(operation, input)),
      reasonsOf: (error) =>
        error instanceof ServiceError && error.name === "TransactionCanceledException"
          ? error.reasons
          : undefined,
    },
    tableName,
  );
}
