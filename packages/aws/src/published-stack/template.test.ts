import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, RegoEngine, TemplateFile } from "@aws/cloudformation-validate";
import type { StackSpec } from "@outlet/core/ports";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkTemplate } from "./check.ts";
import { createTemplate, type Platform, templateBody } from "./template.ts";

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
        const template = createTemplate(any, platform);
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
    expect(all.QUOTA_EXCEEDED.responseParameters).toEqual({
      "gatewayresponse.header.x-should-retry": "'false'",
    });
    expect(all.WAF_FILTERED.responseParameters).toEqual({
      "gatewayresponse.header.x-outlet-refused-by": "'ip-allow-list'",
    });
    expect(all.ACCESS_DENIED).toMatchObject({
      statusCode: "403",
      responseTemplates: { "application/json": '{"message":"Forbidden"}' },
    });
  });
});
