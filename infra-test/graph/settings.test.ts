import { describe, expect, test } from "vitest";
import { s3VectorsRights } from "../../packages/aws/src/s3-vectors-rights.ts";
import { handlerOf } from "../handler.ts";
import { program } from "../program.ts";
import type { Graph, Statement } from "../sst/graph.ts";
import { fn, full, handlers, prod, readable } from "./app.ts";

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

  test("takes IPv6 ranges and a limit for each address, which comes first", () => {
    const ordered = (graph: Graph) =>
      rules(graph).rules.map((rule: { name: string; priority: number; action: object }) => [
        rule.name,
        rule.priority,
        Object.keys(rule.action)[0],
      ]);
    expect(ordered(prod)).toEqual([
      ["MarkKeyless", 2, "count"],
      ["RateLimitKeyless", 3, "block"],
      ["AllowedIpV4", 4, "allow"],
    ]);
    expect(ordered(full)).toEqual([
      ["RateLimitPerIp", 0, "block"],
      ["AllowedIpV6", 5, "allow"],
    ]);
  });

  test("limits what comes without a key, and preflights, unless that is switched off", () => {
    const [mark, rule] = rules(prod).rules;
    expect(mark.ruleLabels).toEqual([{ name: "keyless" }]);
    expect(JSON.stringify(mark.statement)).toMatch(/OPTIONS.*x-api-key.*authorization/);
    expect(rule.statement.rateBasedStatement).toMatchObject({
      limit: 1_000,
      scopeDownStatement: { labelMatchStatement: { scope: "LABEL", key: "keyless" } },
    });
    expect(JSON.stringify(rules(full).rules)).not.toContain("keyless");
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
    for (const rule of [...rules(prod).rules, ...rules(full).rules])
      expect([rule.name, depth(rule) <= 3]).toEqual([rule.name, true]);
  });
});

test("what is wrong is said at once, before anything is made", async () => {
  const wrong = program("prod", {
    OUTLET_RATE_LIMIT_PER_IP: "5",
    OUTLET_INFERENCE_PROFILES: "yes",
  });
  await expect(wrong).rejects.toThrow(
    /Say who may call[^]*10 or more[^]*OUTLET_INFERENCE_PROFILES takes on or off, not "yes"/,
  );
});

describe("models", () => {
  const bedrockOf = (statements: Statement[]) =>
    statements.filter(({ Action }) => Action.some((a) => a.startsWith("bedrock:Invoke")));
  const ofWorker = (graph: Graph) =>
    bedrockOf(graph.function(handlerOf("worker")).statements)
      .filter(({ Action }) => Action.includes("bedrock:InvokeModelWithResponseStream"))
      .map(readable);
  const profiles = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/*";
  const modelArns = [
    "arn:aws:bedrock:*::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
    "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0",
  ];

  test("are those of the configuration, and a profile brings the model behind it", () => {
    const [byDefault = ""] = ofWorker(prod);
    expect(byDefault).toContain("inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0");
    expect(byDefault).toContain("::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0");
    expect(byDefault).not.toContain("claude-3-haiku");
    expect(ofWorker(full)).toEqual([
      ["bedrock:InvokeModelWithResponseStream", ...modelArns, profiles].join(" "),
    ]);
  });

  test("have profiles for each bot where configured, made by the stack role, called by the worker, and by nobody else", () => {
    const role = full.statements(full.one("aws:iam/role:Role", "StackRole"));
    const ofRole = role.filter(({ Action }) => Action.some((a) => a.startsWith("bedrock:")));
    expect(ofRole.map(readable)).toEqual([
      ["bedrock:CreateInferenceProfile", ...modelArns, profiles].join(" "),
      [
        "bedrock:GetInferenceProfile,bedrock:DeleteInferenceProfile,bedrock:TagResource,bedrock:UntagResource,bedrock:ListTagsForResource",
        profiles,
      ].join(" "),
    ]);
    const streaming = handlers.flatMap((name) =>
      bedrockOf(full.function(handlerOf(name)).statements)
        .filter(({ Action }) => Action.includes("bedrock:InvokeModelWithResponseStream"))
        .map((statement) => `${name}: ${readable(statement)}`),
    );
    expect(streaming).toEqual([
      `control-api: ${["bedrock:InvokeModelWithResponseStream", ...modelArns].join(" ")}`,
      `worker: ${["bedrock:InvokeModelWithResponseStream", ...modelArns, profiles].join(" ")}`,
    ]);
  });

  test("have none where that is not configured", () => {
    const role = prod.statements(prod.one("aws:iam/role:Role", "StackRole"));
    expect(JSON.stringify(role)).not.toContain("bedrock");
    for (const name of handlers) {
      expect(JSON.stringify(fn(name).statements)).not.toContain("application-inference-profile");
    }
  });
});

test("a model of embeddings may be asked by whoever reads knowledge or is asked about it, and by nobody else", () => {
  const invoke = (graph: Graph) =>
    handlers.filter((name) =>
      graph
        .function(handlerOf(name))
        .statements.some(({ Action }) => Action.includes("bedrock:InvokeModel")),
    );
  expect(invoke(prod)).toEqual([]);
  expect(full.links.Installation?.embeddingModel).toBe("titan-embed-text-v2");
  expect(invoke(full)).toEqual(["control-api", "syncer", "worker"]);
});

test("the knowledge bases that are named may be asked by whoever is asked about knowledge, and no other base by anybody", () => {
  const rightsOf = (graph: Graph) =>
    handlers.flatMap((name) =>
      graph
        .function(handlerOf(name))
        .statements.filter(({ Action }) => [Action].flat().includes("bedrock:Retrieve"))
        .map(({ Action, Resource }) => [name, [Action].flat(), [Resource].flat()]),
    );
  expect(rightsOf(prod)).toEqual([]);
  expect(prod.links.Installation?.knowledgeBases).toBe("");
  const bases = ["ABCDEFGHIJ", "KLMNOPQRST"].map((id) =>
    expect.stringMatching(new RegExp(`^arn:aws:bedrock:us-east-1:\\d{12}:knowledge-base/${id}$`)),
  );
  expect(rightsOf(full)).toEqual([
    ["control-api", ["bedrock:Retrieve"], bases],
    ["worker", ["bedrock:Retrieve"], bases],
  ]);
});

test("a model that reranks may be asked by whoever is asked about knowledge, where one is chosen", () => {
  const model = "foundation-model/cohere.rerank-v3-5:0";
  const rightsOf = (graph: Graph) =>
    handlers.filter((name) => {
      const { statements } = graph.function(handlerOf(name));
      const rerank = statements.some(({ Action }) => [Action].flat().includes("bedrock:Rerank"));
      const invoke = statements.some(({ Resource }) => JSON.stringify(Resource).includes(model));
      expect([name, rerank]).toEqual([name, invoke]);
      return rerank;
    });
  expect(rightsOf(prod)).toEqual([]);
  expect(full.links.Installation?.rerankModel).toBe("cohere-rerank-v3-5");
  expect(rightsOf(full)).toEqual(["control-api", "worker"]);
});

test("vectors lie in a bucket of their own where that is said, each function with its rights there", () => {
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
  const bucket = full.one("aws:s3/vectorsVectorBucket:VectorsVectorBucket");
  expect(String(bucket.inputs.vectorBucketName)).toMatch(/^outlet-prod-\d{12}-us-east-1$/);
  const { search, sync, remove } = s3VectorsRights;
  const { "control-api": controlApi, syncer, worker, deployer, ...others } = rightsOf(full);
  expect(controlApi).toEqual([...search, ...remove].toSorted());
  expect(worker).toEqual(search);
  expect(syncer).toEqual(sync.toSorted());
  expect(deployer).toEqual(remove.toSorted());
  expect(Object.values(others).flat()).toEqual([]);
});

test("template upgrades are on unless they are switched off by name", () => {
  expect(prod.links.Publishing?.templateUpgrades).toBe("on");
  expect(full.links.Publishing?.templateUpgrades).toBe("off");
});

test("a domain of published APIs is one regional name with a certificate, known to the deployer; without one there is nothing", () => {
  const name = "bots.example.com";
  expect(full.one("aws:apigateway/domainName:DomainName").inputs).toMatchObject({
    domainName: name,
    endpointConfiguration: { types: "REGIONAL" },
    securityPolicy: "TLS_1_2",
  });
  expect(full.one("aws:acm/certificate:Certificate").inputs).toMatchObject({
    domainName: name,
    validationMethod: "DNS",
  });
  const records = full.all("aws:route53/record:Record").map(({ inputs }) => inputs);
  const aliases = records.filter((record) => record.name === name);
  expect(aliases.map(({ type }) => type).toSorted()).toEqual(["A", "AAAA"]);
  expect(full.links.Publishing?.apiDomain).toBe(name);
  const [statement] = full.statements(full.one("aws:iam/role:Role", "StackRole"));
  expect([statement?.Resource].flat()).toEqual(
    expect.arrayContaining([
      `arn:aws:apigateway:us-east-1::/domainnames/${name}/basepathmappings`,
      `arn:aws:apigateway:us-east-1::/domainnames/${name}/basepathmappings/*`,
    ]),
  );
  expect(prod.all("aws:apigateway/domainName:DomainName")).toEqual([]);
  expect(prod.links.Publishing?.apiDomain).toBe("");
});

test("concurrency is reserved for who lets callers in and who answers them, where that is said", () => {
  const reserved = (graph: Graph) =>
    ["authorizer", "published-api"].map(
      (name) => graph.function(handlerOf(name)).lambda.reservedConcurrentExecutions,
    );
  expect(reserved(prod)).toEqual([undefined, undefined]);
  expect(reserved(full)).toEqual([50, 200]);
});
