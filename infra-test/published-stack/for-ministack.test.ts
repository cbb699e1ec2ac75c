import { testPlatform } from "@outlet/aws/published-stack/platform.test-support";
import { createTemplate, type Json } from "@outlet/aws/published-stack/template";
import { expect, test } from "vitest";
import { forMiniStack } from "./for-ministack.ts";

const template = createTemplate(
  {
    botId: "01BOT",
    stackName: "outlet-bot-01BOT",
    stage: "api",
    throttle: { burstLimit: 10, rateLimit: 5 },
    quota: { limit: 100, period: "DAY" },
    allowedOrigins: ["https://example.com"],
    ownerId: "owner",
  },
  testPlatform,
);

test("what MiniStack is given differs from the real template in these places and no others", () => {
  const changed = differences(
    template as unknown as Json,
    forMiniStack(template) as unknown as Json,
  );
  const kinds = changed.map((path) =>
    path
      .replace(/paths\.[^.]+\.(get|post|put|patch|delete|head|options)/, "paths.*.*")
      .replace(/GatewayResponse[A-Z0-9]+/, "GatewayResponse*")
      .replace(/Deployment[0-9a-f]+/, "Deployment*"),
  );
  const body = "Resources.RestApi.Properties.Body";
  expect([...new Set(kinds)].toSorted()).toEqual([
    "Resources.Deployment*.DependsOn",
    "Resources.GatewayResponse*",
    "Resources.RestApi.Properties.ApiKeySourceType",
    `${body}.paths.*.*.x-amazon-apigateway-integration.responseTransferMode`,
    `${body}.paths.*.*.x-amazon-apigateway-integration.uri`,
    `${body}.x-amazon-apigateway-api-key-source`,
    `${body}.x-amazon-apigateway-gateway-responses`,
    "Resources.WebAclAssociation",
  ]);
});

/** Paths of what is not the same in both; whole where only one has it. */
function differences(a: Json | undefined, b: Json | undefined, path: string[] = []): string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (!isObject(a) || !isObject(b)) return [path.join(".")];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].flatMap((name) => differences(a[name], b[name], [...path, name]));
}

const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
