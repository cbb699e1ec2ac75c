import { tableDefinition } from "@outlet/aws/table-schema";
import { defaultPolicy } from "@outlet/functions/policy";
import { beforeAll, describe, expect, test } from "vitest";
import type { Graph, Statement } from "../sst/graph.ts";
import { handlerOf } from "./handler.ts";
import { environment, program } from "./program.ts";

let prod: Graph;
let dev: Graph;
beforeAll(async () => {
  prod = await program("prod");
  dev = await program("ann", environment, { dev: true });
});

const handlers = [
  "authorizer",
  "control-api",
  "dead-letters",
  "deployer",
  "published-api",
  "sweeper",
  "syncer",
  "worker",
];
const fn = (name: string) => prod.function(handlerOf(name));

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
      "aws:cloudwatch/dashboard:Dashboard": 1,
      "aws:cloudwatch/logGroup:LogGroup": 9,
      "aws:cloudwatch/metricAlarm:MetricAlarm": 12,
      "aws:cognito/userGroup:UserGroup": 2,
      "aws:cognito/userPool:UserPool": 1,
      "aws:cognito/userPoolClient:UserPoolClient": 2,
      "aws:cognito/userPoolDomain:UserPoolDomain": 1,
      "aws:dynamodb/table:Table": 1,
      "aws:iam/role:Role": 11,
      "aws:lambda/eventSourceMapping:EventSourceMapping": 4,
      "aws:lambda/function:Function": 8,
      "aws:lambda/permission:Permission": 3,
      "aws:s3/bucket:Bucket": 2,
      "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": 1,
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 1,
      "aws:s3/bucketObjectv2:BucketObjectv2": 8,
      "aws:s3/bucketPolicy:BucketPolicy": 2,
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 2,
      "aws:scheduler/schedule:Schedule": 1,
      "aws:sns/topic:Topic": 1,
      "aws:sqs/queue:Queue": 6,
      "aws:wafv2/ipSet:IpSet": 1,
      "aws:wafv2/webAcl:WebAcl": 1,
      "command:local:Command": 1,
      "pulumi-nodejs:dynamic:Resource": 7,
      "random:index/randomBytes:RandomBytes": 1,
    }
  `);
});

describe("functions", () => {
  test("are these and no others", () => {
    const built = Object.values(prod.data.functions).map(({ handler }) => handler);
    expect(built.toSorted()).toEqual(handlers.map(handlerOf));
  });

  test.each(handlers)(
    "%s runs on Node 24 for ARM, minified, and keeps its logs a month",
    (name) => {
      const { lambda, build, id } = fn(name);
      expect(lambda).toMatchObject({ runtime: "nodejs24.x", architectures: ["arm64"] });
      expect(build.properties).toMatchObject({ minify: true, splitting: true });
      expect(lambda.loggingConfig.logFormat).toBe("JSON");
      const group = prod.one("aws:cloudwatch/logGroup:LogGroup", `${id}LogGroup`);
      expect(group.inputs.retentionInDays).toBe(30);
    },
  );

  test("and the control API leave no log that is kept for ever", () => {
    const groups = prod.all("aws:cloudwatch/logGroup:LogGroup");
    expect(groups.map(({ inputs }) => inputs.retentionInDays)).toEqual(
      Array(handlers.length + 1).fill(30),
    );
  });

  test("have no URL of their own that strangers could call", () => {
    expect(prod.all("aws:lambda/functionUrl:FunctionUrl")).toEqual([]);
  });

  test("may be invoked by API Gateway alone, through one statement for all bots", () => {
    const permissions = prod.all("aws:lambda/permission:Permission");
    expect(permissions.map(({ inputs }) => inputs.principal)).toEqual(
      Array(3).fill("apigateway.amazonaws.com"),
    );
    const everyBot = permissions.filter(({ name }) => name.endsWith("FromEveryBot"));
    expect(everyBot.map(({ inputs }) => inputs.sourceArn).toSorted()).toEqual([
      "arn:aws:execute-api:us-east-1:111122223333:*/*/*/*",
      "arn:aws:execute-api:us-east-1:111122223333:*/authorizers/*",
    ]);
  });

  test("of HTTP stream their answers", () => {
    const { inputs } = prod.one("aws:apigateway/integration:Integration");
    expect(inputs.responseTransferMode).toBe("STREAM");
    expect(fn("published-api").build.properties).toBeDefined();
  });
});

describe("rights", () => {
  test.each(handlers)("of %s are exactly those written down", (name) => {
    const { statements, managedPolicies } = fn(name);
    expect(managedPolicies).toEqual([
      "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    ]);
    expect(statements.map(readable)).toMatchSnapshot();
  });

  test("name no wildcard action and no wildcard resource", () => {
    const all = handlers.flatMap((name) => fn(name).statements);
    const roles = prod
      .all("aws:iam/role:Role", "StackRole")
      .flatMap((role) => prod.statements(role));
    for (const { Action, Resource, Effect } of [...all, ...roles]) {
      expect(Effect).toBe("Allow");
      for (const action of [Action].flat()) expect(action).not.toContain("*");
      // CloudWatch takes no resource for it.
      if ([Action].flat().join() === "cloudwatch:GetMetricData") continue;
      for (const resource of [Resource].flat()) expect(resource).not.toBe("*");
    }
  });

  test("of the stack role are exactly those written down, and CloudFormation alone takes it", () => {
    const role = prod.one("aws:iam/role:Role", "StackRole");
    expect(prod.statements(role).map(readable)).toMatchSnapshot();
    const { Statement } = JSON.parse(role.inputs.assumeRolePolicy) as { Statement: unknown };
    expect(Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["sts:AssumeRole"],
        Principal: { Service: ["cloudformation.amazonaws.com"] },
      },
    ]);
  });

  test("to pass a role are those of the deployer, to CloudFormation", () => {
    const passing = handlers.filter((name) =>
      fn(name).statements.some(({ Action }) => [Action].flat().includes("iam:PassRole")),
    );
    expect(passing).toEqual(["deployer"]);
    const [statement] = fn("deployer").statements.filter(({ Action }) =>
      [Action].flat().includes("iam:PassRole"),
    );
    expect(statement?.Condition).toEqual({
      StringEquals: { "iam:PassedToService": ["cloudformation.amazonaws.com"] },
    });
  });
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
    for (const name of ["Run", "Deploy", "Sync"]) {
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

  test("every alarm tells the same topic", () => {
    const topic = prod.links.Alarms?.arn as string;
    for (const { inputs } of prod.all("aws:cloudwatch/metricAlarm:MetricAlarm")) {
      expect(inputs.alarmActions).toEqual([topic]);
    }
  });
});

describe("the firewall of published bots", () => {
  const rules = (graph: Graph) => graph.one("aws:wafv2/webAcl:WebAcl").inputs;

  test("refuses everybody who is on no list", () => {
    expect(rules(prod)).toMatchObject({ scope: "REGIONAL", defaultAction: { block: {} } });
    expect(rules(prod).rules.map((rule: { name: string }) => rule.name)).toEqual(["AllowedIpV4"]);
    expect(prod.one("aws:wafv2/ipSet:IpSet").inputs).toMatchObject({
      ipAddressVersion: "IPV4",
      addresses: ["203.0.113.0/24", "198.51.100.0/24"],
    });
  });

  test("takes IPv6 ranges and a limit for each address, which comes first", async () => {
    const graph = await program("prod", {
      OUTLET_PUBLISHED_API_ALLOWED_IPV6: "2001:db8::/32",
      OUTLET_RATE_LIMIT_PER_IP: "2000",
    });
    expect(
      rules(graph).rules.map((rule: { name: string; priority: number; action: object }) => [
        rule.name,
        rule.priority,
        Object.keys(rule.action)[0],
      ]),
    ).toEqual([
      ["RateLimitPerIp", 0, "block"],
      ["AllowedIpV6", 2, "allow"],
    ]);
  });

  test.each([
    [{}, /Say who may call published bots/],
    [{ OUTLET_PUBLISHED_API_ALLOWED_IPV4: "0.0.0.0/0" }, /AWS WAF refuses \/0/],
    [{ OUTLET_PUBLISHED_API_ALLOWED_IPV4: "203.0.113.7" }, /takes IPv4 ranges such as/],
    [
      { ...environment, OUTLET_RATE_LIMIT_PER_IP: "5", OUTLET_INFERENCE_PROFILES: "yes" },
      /10 or more[^]*OUTLET_INFERENCE_PROFILES takes on or off, not "yes"/,
    ],
  ])("is refused as %o", async (env, message) => {
    await expect(program("prod", env)).rejects.toThrow(message);
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

test("models are those of the configuration, and a profile brings the model behind it", async () => {
  const graph = await program("prod", {
    ...environment,
    OUTLET_MODELS: "claude-v3-haiku,amazon-nova-lite",
  });
  const { statements } = graph.function("packages/functions/src/workers/worker/lambda.handler");
  const bedrock = statements.filter(({ Action }) =>
    [Action].flat().some((a) => a.startsWith("bedrock:")),
  );
  expect(bedrock.map(readable)).toEqual([
    [
      "bedrock:InvokeModelWithResponseStream",
      "arn:aws:bedrock:*::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
      "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
      "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0",
    ].join(" "),
  ]);
});

describe("inference profiles", () => {
  const bedrockOf = (statements: Statement[]) =>
    statements.filter(({ Action }) => Action.some((a) => a.startsWith("bedrock:")));
  const models = { ...environment, OUTLET_MODELS: "claude-v3-haiku,amazon-nova-lite" };
  const profiles = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/*";
  const modelArns = [
    "arn:aws:bedrock:*::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
    "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0",
  ];

  test("where configured may be made by the stack role and called by the worker, and nobody else", async () => {
    const graph = await program("prod", { ...models, OUTLET_INFERENCE_PROFILES: "on" });
    const role = graph.statements(graph.one("aws:iam/role:Role", "StackRole"));
    expect(bedrockOf(role).map(readable)).toEqual([
      ["bedrock:CreateInferenceProfile", ...modelArns, profiles].join(" "),
      [
        "bedrock:GetInferenceProfile,bedrock:DeleteInferenceProfile,bedrock:TagResource,bedrock:UntagResource,bedrock:ListTagsForResource",
        profiles,
      ].join(" "),
    ]);
    const rights = handlers.flatMap((name) => {
      const { statements } = graph.function(handlerOf(name));
      return bedrockOf(statements).map((statement) => `${name}: ${readable(statement)}`);
    });
    expect(rights).toEqual([
      `control-api: ${["bedrock:InvokeModelWithResponseStream", ...modelArns].join(" ")}`,
      `worker: ${["bedrock:InvokeModelWithResponseStream", ...modelArns, profiles].join(" ")}`,
    ]);
  });

  test("are not anybody's where they are not configured", () => {
    expect(bedrockOf(prod.statements(prod.one("aws:iam/role:Role", "StackRole")))).toEqual([]);
    for (const name of handlers) {
      expect(JSON.stringify(fn(name).statements)).not.toContain("application-inference-profile");
    }
  });
});

test("template upgrades are on unless they are switched off by name", async () => {
  expect(prod.links.Publishing?.templateUpgrades).toBe("on");
  const off = await program("prod", { ...environment, OUTLET_TEMPLATE_UPGRADES: "off" });
  expect(off.links.Publishing?.templateUpgrades).toBe("off");
  const other = program("prod", { ...environment, OUTLET_TEMPLATE_UPGRADES: "maybe" });
  await expect(other).rejects.toThrow(/takes on or off, not "maybe"/);
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

describe("a domain of published APIs", () => {
  const name = "bots.example.com";

  test("is one regional name with a certificate, known to the deployer; without one there is nothing", async () => {
    const graph = await program("prod", { ...environment, OUTLET_API_DOMAIN: name });
    expect(graph.one("aws:apigateway/domainName:DomainName").inputs).toMatchObject({
      domainName: name,
      endpointConfiguration: { types: "REGIONAL" },
      securityPolicy: "TLS_1_2",
    });
    expect(graph.one("aws:acm/certificate:Certificate").inputs).toMatchObject({
      domainName: name,
      validationMethod: "DNS",
    });
    const records = graph.all("aws:route53/record:Record").map(({ inputs }) => inputs);
    const aliases = records.filter((record) => record.name === name);
    expect(aliases.map(({ type }) => type).toSorted()).toEqual(["A", "AAAA"]);
    expect(graph.links.Publishing?.apiDomain).toBe(name);
    const [statement] = graph.statements(graph.one("aws:iam/role:Role", "StackRole"));
    expect([statement?.Resource].flat()).toEqual(
      expect.arrayContaining([
        `arn:aws:apigateway:us-east-1::/domainnames/${name}/basepathmappings`,
        `arn:aws:apigateway:us-east-1::/domainnames/${name}/basepathmappings/*`,
      ]),
    );
    expect(prod.all("aws:apigateway/domainName:DomainName")).toEqual([]);
    expect(prod.links.Publishing?.apiDomain).toBe("");
  });

  test.each([
    [{ OUTLET_API_DOMAIN: "https://bots.example.com" }, /takes a domain name such as/],
    [{ OUTLET_API_DOMAIN: name, OUTLET_DOMAIN: name }, /take a name below it/],
  ])("is refused as %o", async (env, message) => {
    await expect(program("prod", { ...environment, ...env })).rejects.toThrow(message);
  });
});

/** Names without what SST appends to them. */
function readable({ Action, Resource }: { Action: string[]; Resource: string[] }): string {
  const resources = [Resource].flat().map((arn) => arn.replace(/-[a-z]{8}(?=$|\/)/, ""));
  return [[Action].flat().join(","), ...resources].join(" ");
}
