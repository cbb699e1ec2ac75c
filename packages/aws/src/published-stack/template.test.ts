import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, RegoEngine, TemplateFile } from "@aws/cloudformation-validate";
import type { StackSpec } from "@outlet/core/ports";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkTemplate } from "./check.ts";
import { createGatewayResponses } from "./gateway-responses.ts";
import { createTemplate, type Platform, templateBody, templateVersion } from "./template.ts";

const platform: Platform = {
  partition: "aws",
  region: "eu-central-1",
  accountId: "123456789012",
  cell: "123456789012/eu-central-1",
  publishedApiFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:outlet-api",
  authorizerFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:outlet-authorizer",
  webAclArn:
    "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/outlet/0f0f0f0f-0000-4000-8000-000000000000",
  accessLogRetentionDays: 30,
};

const spec: StackSpec = {
  botId: "01JD8Z6V9K3QW5X7Y2B4C6D8E0",
  stackName: "outlet-01jd8z6v9k3qw5x7y2b4c6d8e0",
  stage: "api",
  throttle: { burstLimit: 10, rateLimit: 5 },
  quota: { limit: 1000, period: "DAY" },
  allowedOrigins: ["https://shop.example"],
  ownerId: "owner",
};

const ulid = fc.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
const origin = fc.oneof(
  fc.constantFrom(
    "*",
    "https://*.shop.example",
    "http://localhost:5173",
    "https://o'brien.example",
  ),
  fc.webUrl({ withFragments: false, withQueryParameters: false }),
);
const specs: fc.Arbitrary<StackSpec> = fc.record({
  botId: ulid,
  stackName: fc.stringMatching(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/),
  stage: fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/),
  throttle: fc.option(
    fc.record({
      burstLimit: fc.nat(5000),
      rateLimit: fc.double({ min: 0, max: 1e4, noNaN: true }),
    }),
  ),
  quota: fc.option(
    fc.record({
      limit: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      period: fc.constantFrom("DAY" as const, "WEEK" as const, "MONTH" as const),
    }),
  ),
  allowedOrigins: fc.array(origin, { maxLength: 50 }),
  ownerId: fc.string({ minLength: 1, maxLength: 300 }),
  modelIds: fc.uniqueArray(
    fc.constantFrom(
      "us.anthropic.claude-haiku-4-5-20251001-v1:0",
      "amazon.nova-pro-v1:0",
      "anthropic.claude-3-haiku-20240307-v1:0",
    ),
  ),
  alerts: fc.record({
    errorRatePercent: fc.option(fc.double({ min: 0.001, max: 100, noNaN: true })),
    p99Ms: fc.option(fc.integer({ min: 1, max: 900_000 })),
    quotaUsedPercent: fc.option(fc.integer({ min: 1, max: 100 })),
    emails: fc.array(fc.emailAddress(), { maxLength: 5 }),
  }),
});

describe("the template of a published bot", () => {
  const folder = mkdtempSync(join(tmpdir(), "outlet-template-"));
  const path = join(folder, "template.json");
  let engine: Engine;

  beforeAll(() => {
    engine = new RegoEngine();
  });
  afterAll(() => {
    engine.free();
    rmSync(folder, { recursive: true });
  });

  const faults = (body: string) => {
    writeFileSync(path, body);
    return engine
      .validateStandard(new TemplateFile(path))
      .diagnostics.filter(({ severity }) => severity === "FATAL" || severity === "ERROR")
      .map(({ ruleId, message }) => `${ruleId} ${message}`);
  };

  it("passes AWS's validator and our own checks", () => {
    const template = createTemplate(spec, platform);
    expect(faults(templateBody(template))).toEqual([]);
    expect(checkTemplate(template)).toEqual([]);
  });

  it("with a domain has a path there, its own address closed unless clients have it", () => {
    const domain = { ...platform, apiDomain: "bots.example.com" };
    const template = createTemplate(spec, domain);
    expect(faults(templateBody(template))).toEqual([]);
    expect(checkTemplate(template)).toEqual([]);
    expect(template.Resources.BasePathMapping?.Properties).toEqual({
      DomainName: "bots.example.com",
      BasePath: spec.botId,
      RestApiId: { Ref: "RestApi" },
      Stage: { Ref: "Stage" },
    });
    expect(template.Outputs.Endpoint?.Value).toBe(`https://bots.example.com/${spec.botId}`);
    expect(template.Resources.RestApi?.Properties.DisableExecuteApiEndpoint).toBe(true);
    const kept = createTemplate({ ...spec, ownAddress: true }, domain);
    expect(kept.Resources.RestApi?.Properties.DisableExecuteApiEndpoint).toBeUndefined();
    // The address is closed by the next deployment only: there has to be one.
    const without = createTemplate(spec, platform);
    const deployments = [template, without].map(({ Resources }) =>
      Object.keys(Resources).find((id) => id.startsWith("Deployment")),
    );
    expect(new Set(deployments).size).toBe(2);
    expect(without.Resources.BasePathMapping).toBeUndefined();
  });

  /** Where it fails: raise `templateNumber`, so that published bots are brought up to date, then this. */
  it("is of another version when it is another template", () => {
    const whole = { ...platform, inferenceProfiles: true, apiDomain: "bots.example.com" };
    const template = JSON.stringify(createTemplate({ ...spec, modelIds: ["m"] }, whole));
    const digest = createHash("sha256").update(template).digest("hex").slice(0, 16);
    expect([templateVersion(platform).split("-")[0], digest]).toEqual(["4", "462af9d532de6c63"]);
    expect(templateVersion(whole)).not.toBe(templateVersion(platform));
  });

  it.each([
    ["a property's name", '"Quota"', '"Qouta"'],
    ["a reference", "${AccessLog}", "${AcessLog}"],
    ["a property's type", '"FailOnWarnings":true', '"FailOnWarnings":"perhaps"'],
  ])("is refused by AWS's validator where %s is wrong", (_, from, to) => {
    const body = templateBody(createTemplate(spec, platform)).replace(from, () => to);
    expect(faults(body)).not.toEqual([]);
  });

  it("passes both for any spec, well under CloudFormation's limit", () => {
    fc.assert(
      fc.property(specs, (any) => {
        const template = createTemplate(any, {
          ...platform,
          inferenceProfiles: true,
          apiDomain: "bots.example.com",
        });
        expect(faults(templateBody(template))).toEqual([]);
        expect(checkTemplate(template)).toEqual([]);
        expect(templateBody(template).length).toBeLessThan(25_000);
      }),
      { numRuns: 60 },
    );
  });

  it("is the same to the byte for the same spec", () => {
    fc.assert(
      fc.property(specs, (any) => {
        const again = createTemplate(structuredClone(any), { ...platform });
        expect(templateBody(again)).toBe(templateBody(createTemplate(any, platform)));
      }),
      { numRuns: 50 },
    );
  });

  it("has no body over CloudFormation's limit", () => {
    const template = createTemplate({ ...spec }, platform);
    template.Description = "x".repeat(51_200);
    expect(() => templateBody(template)).toThrow(RangeError);
    expect(checkTemplate(template)[0]).toMatch(/bytes/);
  });
});

describe("a new deployment", () => {
  const deploymentOf = (any: StackSpec) =>
    Object.keys(createTemplate(any, platform).Resources).find((id) => id.startsWith("Deployment"));

  it("is made when the gateway's own answers change", () => {
    expect(deploymentOf({ ...spec, allowedOrigins: [] })).not.toBe(deploymentOf(spec));
  });

  it("is not made when only limits change", () => {
    expect(deploymentOf({ ...spec, throttle: null, quota: null })).toBe(deploymentOf(spec));
  });
});

describe("limits that are not set", () => {
  it("are absent from the usage plan", () => {
    const { UsagePlan } = createTemplate(
      { ...spec, throttle: null, quota: null },
      platform,
    ).Resources;
    expect(UsagePlan?.Properties).not.toHaveProperty("Throttle");
    expect(UsagePlan?.Properties).not.toHaveProperty("Quota");
  });
});

describe("the gateway's own answers", () => {
  const answers = (allowedOrigins: string[]) =>
    JSON.parse(
      JSON.stringify(createTemplate({ ...spec, allowedOrigins }, platform).Resources.RestApi),
    ).Properties.Body["x-amazon-apigateway-gateway-responses"];
  const allowed = "gatewayresponse.header.Access-Control-Allow-Origin";

  it("carry no CORS headers where no origin is allowed", () => {
    expect(JSON.stringify(answers([]))).not.toContain("Access-Control");
    expect(answers([])).not.toHaveProperty("DEFAULT_4XX");
  });

  it("name a single exact origin", () => {
    for (const response of Object.values<{ responseParameters: object }>(
      answers(["https://shop.example"]),
    )) {
      expect(response.responseParameters).toHaveProperty([allowed], "'https://shop.example'");
    }
  });

  it.each([
    ["a wildcard", ["https://*.shop.example"]],
    ["several origins", ["https://a.example", "https://b.example"]],
    ["an origin with a quote", ["https://o'brien.example"]],
  ])("say * for %s", (_, origins) => {
    expect(answers(origins).THROTTLED.responseParameters[allowed]).toBe("'*'");
  });

  it("tell a client what to do about each refusal", () => {
    const all = answers([]);
    expect(all.THROTTLED.responseParameters).toEqual({
      "gatewayresponse.header.Retry-After": "'1'",
    });
    const slow = createGatewayResponses([], { burstLimit: 1, rateLimit: 0.1 });
    expect(JSON.stringify(slow.THROTTLED)).toContain(`"gatewayresponse.header.Retry-After":"'10'"`);
    expect(all.QUOTA_EXCEEDED.responseParameters).toEqual({
      "gatewayresponse.header.x-should-retry": "'false'",
    });
    expect(all.WAF_FILTERED.responseParameters).toEqual({
      "gatewayresponse.header.x-outlet-refused-by": "'ip-allow-list'",
    });
    for (const failed of [all.AUTHORIZER_FAILURE, all.AUTHORIZER_CONFIGURATION_ERROR]) {
      expect(failed).toEqual({
        statusCode: "503",
        responseParameters: { "gatewayresponse.header.Retry-After": "'2'" },
        responseTemplates: { "application/json": '{"message":"Service Unavailable"}' },
      });
    }
    expect(all.ACCESS_DENIED).toMatchObject({
      statusCode: "403",
      responseTemplates: { "application/json": '{"message":"Forbidden"}' },
    });
  });
});

describe("alarms", () => {
  const alerts = {
    errorRatePercent: 5,
    p99Ms: 4_000,
    quotaUsedPercent: 80,
    emails: ["a@b.example"],
  };
  const resources = (asked: NonNullable<StackSpec["alerts"]>) =>
    createTemplate({ ...spec, alerts: asked }, platform).Resources;
  const none = { errorRatePercent: null, p99Ms: null, quotaUsedPercent: null, emails: [] };

  it("are in the stack only where its owner asked for them", () => {
    const typesOf = (asked: NonNullable<StackSpec["alerts"]>) =>
      Object.entries(resources(asked))
        .filter(([, { Type }]) => /Alarm|SNS/.test(Type))
        .map(([id]) => id);
    expect(typesOf(none)).toEqual([]);
    expect(typesOf({ ...none, emails: ["a@b.example"] })).toEqual([]);
    expect(typesOf({ ...none, p99Ms: 100 })).toEqual(["AlertTopic", "LatencyAlarm"]);
    expect(typesOf(alerts)).toEqual(["AlertTopic", "ErrorRateAlarm", "LatencyAlarm", "QuotaAlarm"]);
  });

  it("watch the bot's own metrics at the owner's thresholds, and write to whom the owner named", () => {
    const { AlertTopic, ErrorRateAlarm, LatencyAlarm, QuotaAlarm } = resources(alerts);
    expect(AlertTopic?.Properties.Subscription).toEqual([
      { Protocol: "email", Endpoint: "a@b.example" },
    ]);
    expect(ErrorRateAlarm?.Properties.Threshold).toBe(5);
    expect(JSON.stringify(ErrorRateAlarm?.Properties.Metrics)).toContain(
      `"Dimensions":[{"Name":"ApiName","Value":"outlet-${spec.botId}"}]`,
    );
    expect(LatencyAlarm?.Properties).toMatchObject({
      Threshold: 4_000,
      ExtendedStatistic: "p99",
      AlarmActions: [{ Ref: "AlertTopic" }],
    });
    expect(QuotaAlarm?.Properties.Dimensions).toEqual([{ Name: "BotId", Value: spec.botId }]);
  });

  it("need no new deployment of the API", () => {
    const ids = (asked: NonNullable<StackSpec["alerts"]>) =>
      Object.keys(resources(asked)).filter((id) => id.startsWith("Deployment"));
    expect(ids(alerts)).toEqual(ids(none));
  });
});

describe("inference profiles", () => {
  const modelIds = ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "amazon.nova-pro-v1:0"];

  it("are made for each model where configured, with the bot's tags", () => {
    const { Resources, Outputs } = createTemplate(
      { ...spec, modelIds },
      { ...platform, inferenceProfiles: true },
    );
    const profiles = Object.values(Resources).filter(
      ({ Type }) => Type === "AWS::Bedrock::ApplicationInferenceProfile",
    );
    expect(profiles.map(({ Properties }) => Properties.ModelSource)).toEqual([
      {
        CopyFrom:
          "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
      },
      { CopyFrom: "arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-pro-v1:0" },
    ]);
    expect(JSON.stringify(profiles[0]?.Properties.Tags)).toContain("outlet:bot-id");
    expect(Object.keys(Outputs).filter((name) => name.startsWith("InferenceProfile"))).toHaveLength(
      2,
    );
  });

  it("are not made elsewhere", () => {
    const { Resources } = createTemplate({ ...spec, modelIds }, platform);
    expect(JSON.stringify(Resources)).not.toContain("InferenceProfile");
  });
});
