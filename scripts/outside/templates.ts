import { pathToFileURL } from "node:url";
import { join } from "node:path";
import type * as Stack from "@outlet/aws/published-stack/template";

type Spec = Parameters<typeof Stack.createTemplate>[0];

const platform: Stack.Platform = {
  partition: "aws",
  region: "eu-central-1",
  accountId: "111122223333",
  cell: "111122223333/eu-central-1",
  publishedApiFunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:outlet-api",
  authorizerFunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:outlet-authorizer",
  webAclArn:
    "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/outlet/0f0f0f0f-0000-4000-8000-000000000000",
  accessLogRetentionDays: 30,
};

const small: Spec = {
  botId: "01JD8Z6V9K3QW5X7Y2B4C6D8E0",
  stackName: "outlet-01jd8z6v9k3qw5x7y2b4c6d8e0",
  stage: "api",
  throttle: null,
  quota: null,
  allowedOrigins: [],
  ownerId: "owner",
};

const extreme: Spec = {
  ...small,
  stage: "A_-9".repeat(32),
  throttle: { burstLimit: 5_000, rateLimit: 0.001 },
  quota: { limit: 2 ** 31 - 1, period: "MONTH" },
  allowedOrigins: [
    "*",
    "http://localhost:5173",
    ...Array.from({ length: 48 }, (_, i) => `https://*.s${i}.o'brien.example:${1024 + i}`),
  ],
  ownerId: `${"名前 <&\"'\\>".repeat(40)}\u{1f469}‍\u{1f469}‍\u{1f467}`,
  alerts: {
    errorRatePercent: 0.001,
    p99Ms: 900_000,
    quotaUsedPercent: 100,
    emails: Array.from({ length: 5 }, (_, i) => `o'brien+${i}@mail.example`),
  },
};

const modelIds = [
  "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  "amazon.nova-pro-v1:0",
  "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.amazon.nova-lite-v1:0",
];

/** Specs with every setting at its least, at its most, and with what only some platforms have. */
const cases: Record<string, [spec: Spec, platform: Stack.Platform]> = {
  small: [small, platform],
  extreme: [extreme, platform],
  domain: [small, { ...platform, apiDomain: "bots.example.com" }],
  "domain-and-own-address": [
    { ...extreme, ownAddress: true },
    { ...platform, apiDomain: "bots.example.com" },
  ],
  profiles: [
    { ...small, modelIds },
    { ...platform, inferenceProfiles: true },
  ],
  china: [small, { ...platform, partition: "aws-cn", region: "cn-north-1" }],
};

/** The stacks of a few published bots, by name, as that tree of the repository makes them. */
export async function collectTemplates(root: string): Promise<Record<string, unknown>> {
  const path = join(root, "packages/aws/src/published-stack/template.ts");
  const { createTemplate } = (await import(pathToFileURL(path).href)) as typeof Stack;
  return Object.fromEntries(
    Object.entries(cases).map(([name, [spec, place]]) => [name, createTemplate(spec, place)]),
  );
}
