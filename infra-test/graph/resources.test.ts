import { tableDefinition } from "@outlet/aws/table-schema";
import { defaultPolicy } from "@outlet/functions/policy";
import { describe, expect, test } from "vitest";
import { dev, fn, handlers, prod } from "./app.ts";

test("the app holds exactly these resources", () => {
  expect(prod.counts()).toMatchInlineSnapshot(`
    {
      "aws:apigateway/account:Account": 1,
      "aws:apigateway/deployment:Deployment": 1,
      "aws:apigateway/integration:Integration": 1,
      "aws:apigateway/method:Method": 1,
      "aws:apigateway/resource:Resource": 2,
      "aws:apigateway/restApi:RestApi": 1,
      "aws:apigateway/stage:Stage": 1,
      "aws:cloudfront/cachePolicy:CachePolicy": 1,
      "aws:cloudfront/distribution:Distribution": 1,
      "aws:cloudfront/function:Function": 1,
      "aws:cloudfront/keyValueStore:KeyValueStore": 1,
      "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": 1,
      "aws:cloudwatch/dashboard:Dashboard": 1,
      "aws:cloudwatch/eventRule:EventRule": 1,
      "aws:cloudwatch/eventTarget:EventTarget": 1,
      "aws:cloudwatch/logGroup:LogGroup": 10,
      "aws:cloudwatch/metricAlarm:MetricAlarm": 14,
      "aws:cognito/userGroup:UserGroup": 2,
      "aws:cognito/userPool:UserPool": 1,
      "aws:cognito/userPoolClient:UserPoolClient": 2,
      "aws:cognito/userPoolDomain:UserPoolDomain": 1,
      "aws:dynamodb/table:Table": 1,
      "aws:iam/role:Role": 12,
      "aws:lambda/eventSourceMapping:EventSourceMapping": 8,
      "aws:lambda/function:Function": 9,
      "aws:lambda/functionRecursionConfig:FunctionRecursionConfig": 4,
      "aws:lambda/permission:Permission": 3,
      "aws:s3/bucket:Bucket": 2,
      "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": 2,
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 1,
      "aws:s3/bucketObjectv2:BucketObjectv2": 9,
      "aws:s3/bucketPolicy:BucketPolicy": 2,
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 2,
      "aws:scheduler/schedule:Schedule": 1,
      "aws:sns/topic:Topic": 1,
      "aws:sqs/queue:Queue": 8,
      "aws:sqs/queuePolicy:QueuePolicy": 1,
      "aws:wafv2/ipSet:IpSet": 1,
      "aws:wafv2/webAcl:WebAcl": 1,
      "command:local:Command": 1,
      "pulumi-nodejs:dynamic:Resource": 7,
      "random:index/randomBytes:RandomBytes": 1,
    }
  `);
});

describe("the table", () => {
  const inputs = () => prod.one("aws:dynamodb/table:Table").inputs;

  test("has the keys and indexes that the adapters expect", () => {
    const expected = tableDefinition("t");
    const keysOf = (schema: { AttributeName?: string | undefined }[] = []) =>
      schema.map(({ AttributeName }) => AttributeName);
    expect([inputs().hashKey, inputs().rangeKey]).toEqual(keysOf(expected.KeySchema));
    const indexes = (inputs().globalSecondaryIndexes as Index[]).map((index) => ({
      name: index.name,
      keys: index.keySchemas?.map((k) => k.attributeName) ?? [index.hashKey, index.rangeKey],
      projection: index.projectionType,
    }));
    expect(indexes.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(
      (expected.GlobalSecondaryIndexes ?? [])
        .map(({ IndexName, KeySchema, Projection }) => ({
          name: IndexName ?? "",
          keys: keysOf(KeySchema),
          projection: Projection?.ProjectionType,
        }))
        .toSorted((a, b) => a.name.localeCompare(b.name)),
    );
  });

  test("can be restored to a point in time, ends old items, and is protected in prod only", () => {
    expect(inputs()).toMatchObject({
      billingMode: "PAY_PER_REQUEST",
      pointInTimeRecovery: { enabled: true },
      ttl: { attributeName: "expiresAt", enabled: true },
      deletionProtectionEnabled: true,
    });
    expect(dev.one("aws:dynamodb/table:Table").inputs.deletionProtectionEnabled).not.toBe(true);
  });
});

interface Index {
  name: string;
  hashKey?: string;
  rangeKey?: string;
  keySchemas?: { attributeName: string }[];
  projectionType: string;
}

describe("queues", () => {
  test.each([
    ["RunQueue", "worker", 10, 50],
    ["DeployQueue", "deployer", 1, 2],
    ["SyncQueue", "syncer", 1, 4],
    ["WebhookQueue", "webhooks", 10, 10],
  ])(
    "%s waits six times the %s's time limit and reports single failures",
    (name, handler, batchSize, concurrency) => {
      const queue = prod.one("aws:sqs/queue:Queue", `${name}Queue`).inputs;
      const { lambda, eventSources } = fn(handler);
      expect(queue.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * lambda.timeout);
      expect(queue.fifoQueue ?? false).toBe(false);
      expect(eventSources).toMatchObject([
        {
          batchSize,
          functionResponseTypes: ["ReportBatchItemFailures"],
          scalingConfig: { maximumConcurrency: concurrency },
        },
      ]);
      const redrive = JSON.parse(queue.redrivePolicy) as Record<string, unknown>;
      expect(redrive).toMatchObject({ maxReceiveCount: 5 });
      expect(redrive.deadLetterTargetArn).toContain(`${name.replace("Queue", "")}DeadLetters`);
    },
  );

  test("give a look at a publication less time than its lease lasts", () => {
    expect(defaultPolicy.deployLeaseMs).toBeGreaterThan(fn("deployer").lambda.timeout * 1000);
  });

  test("that are dead keep their letters for two weeks, and somebody is told", () => {
    for (const name of ["Run", "Deploy", "Sync", "Webhook"]) {
      const queue = prod.one("aws:sqs/queue:Queue", `${name}DeadLettersQueue`);
      expect(queue.inputs.messageRetentionSeconds).toBe(14 * 86_400);
      const alarm = prod.one("aws:cloudwatch/metricAlarm:MetricAlarm", `${name}QueueDeadLetters`);
      expect(alarm.inputs).toMatchObject({
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: queue.inputs.name },
        threshold: 0,
      });
    }
  });

  test("that are dead are drained, so that the alarm for them ends", () => {
    const { eventSources, lambda } = fn("dead-letters");
    const dead = prod.all("aws:sqs/queue:Queue", /DeadLetters/);
    expect(eventSources.map(({ eventSourceArn }) => eventSourceArn.split(":").at(-1))).toEqual(
      ["Run", "Deploy", "Sync", "Webhook"].map(
        (name) => dead.find((queue) => queue.name.startsWith(name))?.inputs.name,
      ),
    );
    expect(eventSources).toHaveLength(dead.length);
    for (const { inputs } of dead)
      expect(inputs.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * lambda.timeout);
    for (const source of eventSources)
      expect(source.functionResponseTypes).toEqual(["ReportBatchItemFailures"]);
  });

  test("every alarm tells the same topic", () => {
    const topic = prod.links.Alarms?.arn as string;
    for (const { inputs } of prod.all("aws:cloudwatch/metricAlarm:MetricAlarm")) {
      expect(inputs.alarmActions).toEqual([topic]);
    }
  });
});

describe("sign-in", () => {
  test("is for users that an administrator made", () => {
    expect(prod.one("aws:cognito/userPool:UserPool").inputs).toMatchObject({
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email" }] },
      passwordPolicy: { minimumLength: 12 },
    });
  });

  test("is by code flow alone, for clients without secrets", () => {
    for (const { inputs } of prod.all("aws:cognito/userPoolClient:UserPoolClient")) {
      expect(inputs).toMatchObject({
        generateSecret: false,
        allowedOauthFlows: ["code"],
        explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
        preventUserExistenceErrors: "ENABLED",
      });
      expect(inputs.callbackUrls).not.toContain("https://example.com");
    }
  });

  test("knows the groups that rights hang on", () => {
    const groups = prod.all("aws:cognito/userGroup:UserGroup").map(({ inputs }) => inputs.name);
    expect(groups.toSorted()).toEqual(["Admin", "PublishAllowed"]);
  });
});

test("payloads are private, and end a day after the runs they belong to", () => {
  expect(
    prod.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", /^Payloads/).inputs,
  ).toMatchObject({
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const { rules } = prod.one(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  ).inputs;
  const rule30 = rules.find(
    (rule: { filter?: { prefix?: string } }) => rule.filter?.prefix === "runs/30d/",
  );
  expect(rule30).toMatchObject({ status: "Enabled", expiration: { days: 31 } });
});

test("API Gateway may write access logs, by the one role an account has for it", () => {
  expect(prod.one("aws:apigateway/account:Account")).toBeDefined();
});

test("prod keeps what it made, other stages take everything with them", () => {
  expect(prod.app).toMatchObject({ removal: "retain", protect: true });
  expect(dev.app).toMatchObject({ removal: "remove", protect: false });
});

test("the pepper is a secret, and nothing tells it in the clear", () => {
  const env = handlers.flatMap((name) => Object.values(fn(name).env));
  expect(env.join()).not.toContain(Buffer.alloc(32, 7).toString("base64"));
  expect(env.length).toBeGreaterThan(20);
});
