import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { ClientOptions } from "./client-settings.ts";
import { createDynamoDbClient } from "./dynamodb-client.ts";
import { createS3Client } from "./s3-client.ts";
import { createSqsClient } from "./sqs-client.ts";

export type { ClientOptions } from "./client-settings.ts";
export { createPollingClient } from "./sqs-client.ts";

export interface Clients {
  dynamodb: DynamoDBClient;
  sqs: SQSClient;
  s3: S3Client;
}

/**
 * The SDK clients of a process: make them once. A service that is gone surfaces after about 3 s
 * (6 s for S3, whose requests carry megabytes), at once where the connection is refused.
 *
 * Call them without per-call options: one call with options empties the client's middleware cache.
 */
export function createClients(options: ClientOptions): Clients {
  return {
    dynamodb: createDynamoDbClient(options),
    sqs: createSqsClient(options),
    s3: createS3Client(options),
  };
}
