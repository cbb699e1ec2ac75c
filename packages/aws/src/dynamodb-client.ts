import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type ClientOptions, settings } from "./client-settings.ts";

/** In a module of its own, so that a bundle need not carry the other clients. */
export function createDynamoDbClient(options: ClientOptions): DynamoDBClient {
  const endpoint = options.endpoints?.dynamodb;
  return new DynamoDBClient({
    ...settings(options, endpoint, { requestTimeout: options.requestTimeoutMs ?? 1_000 }),
    // Local endpoints have no account in their host name: do not look one up on every call.
    ...(endpoint && { accountIdEndpointMode: "disabled" as const }),
  });
}
