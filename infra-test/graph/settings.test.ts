import { describe, expect, test } from "vitest";
import { s3VectorsRights } from "../../packages/aws/src/s3-vectors-rights.ts";
import { handlerOf } from "../handler.ts";
import { environment, program } from "../program.ts";
import type { Graph, Statement } from "../sst/graph.ts";
import { fn, handlers, prod, readable } from "./app.ts";

describe("the firewall of published bots", () => {
  const rules = (graph: Graph) => graph.one("aws:wafv2/webAcl:WebAcl").inputs;

  test("refuses everybody who is on no list", () => {
    expect(rules(prod)).toMatchObject({ scope: "REGIONAL", defaultAction: { block: {} } });
    expect(rules(prod).rules.map((rule: { name: string }) => rule.name)).toEqual([
      "MarkKeyless",
      "RateLimitKeyless",
      "AllowedIpV4",
    ]);
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
      ["MarkKeyless", 2, "count"],
      ["RateLimitKeyless", 3, "block"],
      ["AllowedIpV6", 5, "allow"],
    ]);
  });

  test("limits what comes without a key, and preflights, unless that is switched off", async () => {
    const [mark, rule] = rules(prod).rules;
    expect(mark.ruleLabels).toEqual([{ name: "keyless" }]);
    expect(JSON.stringify(mark.statement)).toMatch(/OPTIONS.*x-api-key.*authorization/);
    expect(rule.statement.rateBasedStatement).toMatchObject({
      limit: 1_000,
      scopeDownStatement: { labelMatchStatement: { scope: "LABEL", key: "keyless" } },
    });
    const off = await program("prod", { ...environment, OUTLET_RATE_LIMIT_KEYLESS: "off" });
    expect(rules(off).rules).toHaveLength(1);
  });

  test("nests statements no deeper than Pulumi's provider knows them, which its types don't say", () => {
    // Three levels of and, or and not in a rule, a rate rule being one of them.
    const depth = (value: unknown): number =>
      value === null || typeof value !== "object"
        ? 0
        : Math.max(
            0,
            ...Object.entries(value).map(
              ([key, item]) => Number(/^(and|or|not|rateBased)Statement$/.test(key)) + depth(item),
            ),
          );
    for (const rule of rules(prod).rules)
      expect([rule.name, depth(rule) <= 3]).toEqual([rule.name, true]);
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

test("models are those of the configuration, and a profile brings the model behind it", async () => {
  const graph = await program("prod", {
    ...environment,
    OUTLET_MODELS: "claude-v3-haiku,amazon-nova-lite",
  });
  const { statements } = graph.function(handlerOf("worker"));
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

test("a model of embeddings may be asked by whoever reads knowledge or is asked about it, and by nobody else", async () => {
  const invoke = (graph: typeof prod) =>
    handlers.filter((name) =>
      graph
        .function(handlerOf(name))
        .statements.some(({ Action }) => Action.includes("bedrock:InvokeModel")),
    );
  expect(invoke(prod)).toEqual([]);
  const model = "titan-embed-text-v2";
  const graph = await program("prod", { ...environment, OUTLET_EMBEDDING_MODEL: model });
  expect(graph.links.Installation?.embeddingModel).toBe(model);
  expect(invoke(graph)).toEqual(["control-api", "syncer", "worker"]);
  await expect(program("prod", { ...environment, OUTLET_EMBEDDING_MODEL: "ada" })).rejects.toThrow(
    /OUTLET_EMBEDDING_MODEL takes one of titan-embed-text-v2, [^]*not "ada"/,
  );
});

test("vectors lie in a bucket of their own where that is said, each function with its rights there", async () => {
  const rightsOf = (graph: typeof prod) =>
    Object.fromEntries(
      handlers.map((name) => [
        name,
        graph
          .function(handlerOf(name))
          .statements.flatMap(({ Action }) => [Action].flat())
          .filter((action) => action.startsWith("s3vectors:"))
          .map((action) => action.slice("s3vectors:".length))
          .toSorted(),
      ]),
    );
  expect(Object.values(rightsOf(prod)).flat()).toEqual([]);
  expect(prod.all("aws:s3/vectorsVectorBucket:VectorsVectorBucket")).toEqual([]);
  expect(prod.links.Installation?.vectorBucket).toBe("");
  const settings = {
    OUTLET_EMBEDDING_MODEL: "titan-embed-text-v2",
    OUTLET_VECTOR_STORE: "s3vectors",
  };
  const graph = await program("prod", { ...environment, ...settings });
  const bucket = graph.one("aws:s3/vectorsVectorBucket:VectorsVectorBucket");
  expect(String(bucket.inputs.vectorBucketName)).toMatch(/^outlet-prod-\d{12}-us-east-1$/);
  const { search, sync, remove } = s3VectorsRights;
  const { "control-api": controlApi, syncer, worker, deployer, ...others } = rightsOf(graph);
  expect(controlApi).toEqual([...search, ...remove].toSorted());
  expect(worker).toEqual(search);
  expect(syncer).toEqual(sync.toSorted());
  expect(deployer).toEqual(remove.toSorted());
  expect(Object.values(others).flat()).toEqual([]);
  const without = { ...environment, OUTLET_VECTOR_STORE: "s3vectors" };
  await expect(program("prod", without)).rejects.toThrow(/needs OUTLET_EMBEDDING_MODEL/);
  const other = { ...environment, OUTLET_VECTOR_STORE: "pinecone" };
  await expect(program("prod", other)).rejects.toThrow(/takes index or s3vectors, not "pinecone"/);
});

test("template upgrades are on unless they are switched off by name", async () => {
  expect(prod.links.Publishing?.templateUpgrades).toBe("on");
  const off = await program("prod", { ...environment, OUTLET_TEMPLATE_UPGRADES: "off" });
  expect(off.links.Publishing?.templateUpgrades).toBe("off");
  const other = program("prod", { ...environment, OUTLET_TEMPLATE_UPGRADES: "maybe" });
  await expect(other).rejects.toThrow(/takes on or off, not "maybe"/);
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

test("concurrency is reserved for who lets callers in and who answers them, where that is said", async () => {
  const reserved = (graph: Graph) =>
    ["authorizer", "published-api"].map(
      (name) => graph.function(handlerOf(name)).lambda.reservedConcurrentExecutions,
    );
  expect(reserved(prod)).toEqual([undefined, undefined]);
  const graph = await program("prod", {
    ...environment,
    OUTLET_AUTHORIZER_CONCURRENCY: "50",
    OUTLET_PUBLISHED_API_CONCURRENCY: "200",
  });
  expect(reserved(graph)).toEqual([50, 200]);
});
