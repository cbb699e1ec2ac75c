import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createCloudFormationProvisioner } from "@outlet/aws/cloudformation-provisioner";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { createControlPlaneClients } from "@outlet/aws/provisioner/control-plane-clients";
import { unpaced } from "@outlet/aws/provisioner/pace";
import type { Platform } from "@outlet/aws/published-stack/template";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { tableDefinition } from "@outlet/aws/table-schema";
import { silentLog } from "@outlet/core/ports";
import { startMiniStack } from "../emulator/ministack.ts";
import { deployFunction, settings } from "./deploy-function.ts";
import { forMiniStack } from "./for-ministack.ts";

export const owner = { userId: "owner", username: "owner", groups: ["PublishAllowed"] };
const region = "us-east-1";
const account = "111122223333";
export const cell = `${account}/${region}`;
export const pepper = Buffer.alloc(32, 7);

export type Ground = Awaited<ReturnType<typeof startGround>>;

/** MiniStack with what all published bots share: table, queue and the two functions. */
export async function startGround() {
  const emulator = await startMiniStack({ region, account });
  const dynamodb = new DynamoDBClient(settings(emulator));
  await dynamodb.send(new CreateTableCommand(tableDefinition("outlet")));
  const table = createDynamoTable({ client: dynamodb, tableName: "outlet" });
  const sqs = new SQSClient(settings(emulator));
  const queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: "runs" }))).QueueUrl ?? "";
  const s3 = new S3Client({ ...settings(emulator), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "payloads" }));
  const objects = createS3ObjectStore({ client: s3, bucket: "payloads" });
  const resources = {
    Installation: { accountId: account, cell, models: "outlet-demo", partition: "aws", region },
    Table: { name: "outlet" },
    Payloads: { name: "payloads" },
    RunQueue: { url: queueUrl },
    KeyPepper: { value: pepper.toString("base64") },
  };
  const [publishedApiFunctionArn, authorizerFunctionArn] = await Promise.all([
    deployFunction(emulator, "buffered-published-api", resources),
    deployFunction(emulator, "header-authorizer", resources),
  ]);
  const platform: Platform = {
    partition: "aws",
    region,
    accountId: account,
    cell,
    publishedApiFunctionArn,
    authorizerFunctionArn,
    webAclArn: `arn:aws:wafv2:${region}:${account}:regional/webacl/outlet/1`,
    accessLogRetentionDays: 30,
  };
  /** As a release deploys that differs in these. */
  const provisionerOf = (changes: Partial<Platform> = {}) =>
    createCloudFormationProvisioner({
      ...createControlPlaneClients(settings(emulator)),
      platform: { ...platform, ...changes },
      serviceRoleArn: `arn:aws:iam::${account}:role/stacks`,
      pace: unpaced,
      adapt: forMiniStack,
      log: silentLog,
    });
  return { emulator, table, objects, sqs, queueUrl, platform, provisionerOf };
}
