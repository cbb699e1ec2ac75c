import type { APIGatewayProxyEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { asRequested, withoutBasePath } from "./base-path.ts";

const pathOf = (path: string, basePath?: string) =>
  withoutBasePath({
    path,
    stageVariables: basePath === undefined ? null : { basePath },
  } as unknown as APIGatewayProxyEvent).path;

describe("the path of a request", () => {
  test.each([
    ["/01BOT/health", "01BOT", "/health"],
    ["/01BOT", "01BOT", "/"],
    ["/01BOT/", "01BOT", "/"],
    ["/01BOT/01BOT/x", "01BOT", "/01BOT/x"],
    ["/01BOT/conversation/a%2Fb", "01BOT", "/conversation/a%2Fb"],
    // At the API's own address there is no base path before it.
    ["/health", "01BOT", "/health"],
    ["/01BOTTLE/health", "01BOT", "/01BOTTLE/health"],
    ["/01BOT/health", undefined, "/01BOT/health"],
  ])("%s with the base path %s is %s", (path, basePath, expected) => {
    expect(pathOf(path, basePath)).toBe(expected);
  });
});

test.each([
  ["GET", "//health", null, "/health"],
  ["HEAD", "/health", null, "/health"],
  ["POST", "/a//b%2F%2Fc/", "{}", "/a/b%2F%2Fc/"],
])("%s %s is a request with the body %s to %s", (httpMethod, path, body, to) => {
  const event = { httpMethod, path, body: "{}", isBase64Encoded: false };
  expect(asRequested(event as APIGatewayProxyEvent)).toMatchObject({ path: to, body });
});
