import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import {
  CreateTableCommand,
  ResourceInUseException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { type ClientOptions, createClients, createPollingClient } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createJsonClient, type LeanOptions } from "@outlet/aws/lean/json-client";
import { createLeanQueue } from "@outlet/aws/lean/queue";
import { createLeanTable } from "@outlet/aws/lean/table";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { createS3VectorStore } from "@outlet/aws/s3-vector-store";
import { createSqsQueue } from "@outlet/aws/sqs-queue";
import { createSsmClient } from "@outlet/aws/ssm-client";
import { createSsmSecretStore } from "@outlet/aws/ssm-secret-store";
import { tableDefinition } from "@outlet/aws/table-schema";
import type { ObjectStoreSubject } from "./object-store-contract.ts";
import type { QueueSubject } from "./queue-contract.ts";
import type { SecretStoreSubject } from "./secret-store-contract.ts";
import type { TableSubject } from "./table-contract.ts";
import type { VectorStoreSubject } from "./vector-store-contract.ts";

/** A contract is about answers, and a busy machine is slow with them. */
const patient = { requestTimeoutMs: 60_000 };

/** Which client calls. */
export type By = "sdk" | "lean";

/** The adapters against a store at these endpoints, with resources of their own. */
export async function makeTableSubject(
  options: ClientOptions,
  by: By = "sdk",
): Promise<TableSubject> {
  const { dynamodb } = createClients({ ...patient, ...options });
  const dead = await deadEndpoint();
  const gone = createClients({ ...options, endpoints: { dynamodb: dead } }).dynamodb;
  const tableName = `contract-${randomUUID()}`;
  await dynamodb
    .send(new CreateTableCommand(tableDefinition(tableName)))
    .catch((error: unknown) => {
      // The SDK repeats a call that took too long, and the name is nobody else's.
      if (!(error instanceof ResourceInUseException)) throw error;
    });
  await waitUntilTableExists(
    { client: dynamodb, maxWaitTime: 20, minDelay: 0.02, maxDelay: 1 },
    { TableName: tableName },
  );
  const close = async () => {
    dynamodb.destroy();
    gone.destroy();
  };
  if (by === "lean") {
    const over = (endpoint: string | undefined) => {
      const client = createJsonClient("dynamodb", { ...patient, ...options, endpoint });
      return createLeanTable({ client, tableName });
    };
    return { table: over(options.endpoints?.dynamodb), unreachable: over(dead), close };
  }
  return {
    table: createDynamoTable({ client: dynamodb, tableName }),
    unreachable: createDynamoTable({ client: gone, tableName }),
    close,
  };
}

export async function makeQueueSubject(
  options: ClientOptions,
  by: By = "sdk",
): Promise<QueueSubject> {
  const client = createPollingClient({ ...patient, ...options });
  const sqs = await deadEndpoint();
  const gone = createClients({ ...options, endpoints: { sqs } }).sqs;
  const goneUrl = `${sqs}/000000000000/gone`;
  const lean = (endpoint: string | undefined) =>
    createJsonClient("sqs", { ...patient, ...options, endpoint });
  const [known, unknown] = [lean(options.endpoints?.sqs), lean(sqs)];
  return {
    client,
    queue: (queueUrl) =>
      by === "lean"
        ? createLeanQueue({ client: known, queueUrl })
        : createSqsQueue({ client, queueUrl }),
    unreachable:
      by === "lean"
        ? createLeanQueue({ client: unknown, queueUrl: goneUrl })
        : createSqsQueue({ client: gone, queueUrl: goneUrl }),
    close: async () => {
      client.destroy();
      gone.destroy();
    },
  };
}

export async function makeObjectStoreSubject(options: ClientOptions): Promise<ObjectStoreSubject> {
  const { s3 } = createClients({ ...patient, ...options });
  const gone = createClients({ ...options, endpoints: { s3: await deadEndpoint() } }).s3;
  const bucket = `contract-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    store: createS3ObjectStore({ client: s3, bucket }),
    misconfigured: createS3ObjectStore({ client: s3, bucket: `${bucket}-gone` }),
    unreachable: createS3ObjectStore({ client: gone, bucket }),
    contentTypeOf: async (path) =>
      (await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: path }))).ContentType,
    close: async () => {
      s3.destroy();
      gone.destroy();
    },
  };
}

export async function makeSecretStoreSubject(options: ClientOptions): Promise<SecretStoreSubject> {
  const client = createSsmClient({ ...patient, ...options });
  const path = `/contract/${randomUUID()}/bots`;
  return { store: createSsmSecretStore({ client, path }), close: () => client.destroy() };
}

/** S3 Vectors at an endpoint, with a vector bucket of its own. */
export async function makeVectorStoreSubject(
  options: Pick<LeanOptions, "region" | "endpoint" | "credentials" | "local">,
): Promise<VectorStoreSubject> {
  const bucket = `contract-${randomUUID()}`;
  const client = createJsonClient("s3vectors", { ...patient, ...options });
  await client.call("/CreateVectorBucket", { vectorBucketName: bucket });
  const endpoint = await deadEndpoint();
  const gone = createJsonClient("s3vectors", { ...options, endpoint, triesMax: 1 });
  return {
    store: createS3VectorStore({ client, bucket }),
    unreachable: createS3VectorStore({ client: gone, bucket }),
    close() {
      client.close();
      gone.close();
    },
  };
}

/** A port of this machine on which nobody listens any more. */
export async function deadEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port to be had");
  return `http://127.0.0.1:${address.port}`;
}
