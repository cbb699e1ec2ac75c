import type { StackSpec } from "@outlet/core/ports";
import { describe, expect, it } from "vitest";
import { checkTemplate } from "./check.ts";
import { createTemplate, type Platform, type Template } from "./template.ts";

const platform: Platform = {
  partition: "aws",
  region: "us-east-1",
  accountId: "123456789012",
  cell: "123456789012/us-east-1",
  publishedApiFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:api",
  authorizerFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:authorizer",
  webAclArn: "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/b",
  accessLogRetentionDays: 30,
};
const spec: StackSpec = {
  botId: "01JD8Z6V9K3QW5X7Y2B4C6D8E0",
  stackName: "outlet-a",
  stage: "api",
  throttle: { burstLimit: 10, rateLimit: 5 },
  quota: { limit: 10, period: "DAY" },
  allowedOrigins: ["https://a.example"],
  ownerId: "o",
};

/** The template with every `from` in its text made `to`. */
function altered(from: string | RegExp, to: string): Template {
  const text = JSON.stringify(createTemplate(spec, platform));
  const changed = text.replaceAll(from, to);
  expect(changed).not.toBe(text);
  return JSON.parse(changed);
}

describe("our own checks of a template", () => {
  it.each<[string, string | RegExp, string, RegExp]>([
    ["an unknown quota period", '"Period":"DAY"', '"Period":"YEAR"', /period is YEAR/],
    ["a buffered integration", '"STREAM"', '"BUFFERED"', /GET \/ does not stream/],
    [
      "a buffered URI under STREAM",
      "2021-11-15/functions/arn:aws:lambda:us-east-1:123456789012:function:api/response-streaming-invocations",
      "2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:api/invocations",
      /GET \/ does not invoke a function with response streaming/,
    ],
    ["a route without authorizer", '{"authorizer":[]},{"key":[]}', '{"key":[]}', /authorizer$/m],
    ["a route without key", '{"authorizer":[]},{"key":[]}', '{"authorizer":[]}', /usage plan$/m],
    ["a route without security", '[{"authorizer":[]},{"key":[]}]', "[]", /authorizer$/m],
    [
      "both in one object",
      '[{"authorizer":[]},{"key":[]}]',
      '[{"authorizer":[],"key":[]}]',
      /objects of their own/,
    ],
    ["a preflight with a key", '"security":[]', '"security":[{"key":[]}]', /OPTIONS .* asks/],
    ["keys in the access log", "$context.identity.apiKeyId", "$context.identity.apiKey", /keys/],
    [
      "a cached authorizer",
      '"authorizerResultTtlInSeconds":0',
      '"authorizerResultTtlInSeconds":300',
      /caches/,
    ],
    ["a bad stage name", '"StageName":"api"', '"StageName":"a.b"', /stage's name/],
    ["a bad stage variable", '"cell":"123456789012/us-east-1"', '"cell":"a b"', /variable cell/],
    [
      "a key from the header",
      '"ApiKeySourceType":"AUTHORIZER"',
      '"ApiKeySourceType":"HEADER"',
      /key source/,
    ],
    [
      "a status code on a default",
      '"DEFAULT_4XX":{',
      '"DEFAULT_4XX":{"statusCode":"400",',
      /overwrites/,
    ],
    ["a body the deployment does not know", '"openapi":"3.0.1"', '"openapi":"3.0.0"', /hash/],
    ["a metric with default and dimensions", '"Unit":"Count"', '"DefaultValue":0', /default value/],
    ["a name outside ASCII", '"Name":"outlet-', '"Name":"ö-', /ASCII/],
    ["no allow list", "AWS::WAFv2::WebACLAssociation", "AWS::WAFv2::IPSet", /0 resources/],
  ])("find %s", (_, from, to, finding) => {
    expect(checkTemplate(altered(from, to)).join("\n")).toMatch(finding);
  });

  it("find nothing in the template as it is", () => {
    expect(checkTemplate(createTemplate(spec, platform))).toEqual([]);
  });
});
