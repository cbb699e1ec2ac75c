import { describe, expect, test } from "vitest";
import { behindProfile, createCatalog } from "./index.ts";

const idIn = (name: string, region?: string) => createCatalog([name], region).default.modelId;

describe("a model is asked by the profile of its Region", () => {
  test.each([
    ["claude-v4.5-haiku", undefined, "us.anthropic.claude-haiku-4-5-20251001-v1:0"],
    ["claude-v4.5-haiku", "eu-central-1", "eu.anthropic.claude-haiku-4-5-20251001-v1:0"],
    ["claude-v4.5-haiku", "ap-northeast-1", "jp.anthropic.claude-haiku-4-5-20251001-v1:0"],
    ["claude-v4.5-haiku", "sa-east-1", "global.anthropic.claude-haiku-4-5-20251001-v1:0"],
    ["amazon-nova-pro", "ap-northeast-1", "apac.amazon.nova-pro-v1:0"],
    ["claude-v3-haiku", "eu-west-3", "anthropic.claude-3-haiku-20240307-v1:0"],
    ["outlet-demo", "eu-west-3", "outlet.demo-v1"],
  ])("%s in %s is %s", (name, region, modelId) => {
    expect(idIn(name, region)).toBe(modelId);
  });

  test("where there is none, it is refused with the way out", () => {
    expect(() => idIn("amazon-nova-pro", "sa-east-1")).toThrow(
      /amazon-nova-pro.*sa-east-1.*us, eu, apac.*OUTLET_MODELS/,
    );
  });
});

test.each([
  ["us.amazon.nova-pro-v1:0", { modelId: "amazon.nova-pro-v1:0", isProfile: true }],
  ["us-gov.anthropic.x", { modelId: "anthropic.x", isProfile: true }],
  ["jp.anthropic.x", { modelId: "anthropic.x", isProfile: true }],
  ["anthropic.x", { modelId: "anthropic.x", isProfile: false }],
])("behind %s lies %o", (id, behind) => {
  expect(behindProfile(id)).toEqual(behind);
});

test("an entry of one's own says where its model cannot be offered tools", () => {
  const { models } = createCatalog([
    "claude-v4.5-haiku",
    "a=x:8b@0.1/0.2",
    "b=x:8b@0.1/0.2~no-tools",
    "c=y~no-tools",
  ]);
  expect(models.map(({ modelId, tools }) => [modelId, tools])).toEqual([
    [expect.stringContaining("claude-haiku-4-5"), true],
    ["x:8b", true],
    ["x:8b", false],
    ["y", false],
  ]);
  expect(models[2]?.price).toMatchObject({ input: 100_000, output: 200_000 });
});
