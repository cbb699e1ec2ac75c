import { basename, dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { budgetsKib, bundleFunction, entries } from "./bundle.ts";

/** What a function has no use for. Each would cost its cold starts. */
const unwanted: Record<string, RegExp> = {
  authorizer: /@aws-sdk|@smithy|^hono|jose|minisearch/,
  "published-api":
    /@aws-sdk|@smithy|^jose|valibot\/to-json|hono-openapi|published-api\/(openai|mcp|openapi)\//,
  worker: /client-(dynamodb|sqs|s3|cloudformation|api-gateway)|^hono|^jose/,
  sweeper: /client-(s3|bedrock|cloudformation|api-gateway)|^hono|^jose/,
  deployer: /client-bedrock|^hono|^jose/,
};

test("every function has a budget", () => {
  const names = entries.map((entry) => basename(dirname(entry)));
  expect(names.toSorted()).toEqual(Object.keys(budgetsKib).toSorted());
});

describe.each(Object.entries(budgetsKib))("the bundle of %s", (name, budget) => {
  test(`weighs at most ${budget} KiB and holds nothing it has no use for`, async () => {
    const { bytes, packages, files, builtins } = await bundleFunction(name);
    expect(bytes / 1024).toBeLessThanOrEqual(budget);
    const pattern = unwanted[name];
    const held = [...Object.keys(packages), ...files];
    expect(held.filter((it) => pattern?.test(it))).toEqual([]);
    // An import of it reads its every property, one of which loads undici whole: 30 ms. The SDK does.
    if (!packages["@smithy/core"]) expect(builtins).not.toContain("http");
  });
});

test("the authorizer, which every request waits for, loads no module of Node's before it is asked", async () => {
  const { builtins } = await bundleFunction("authorizer");
  expect(builtins.filter((name) => name !== "sst")).toEqual([]);
});
