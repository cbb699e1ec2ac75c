import { describe, expect, test } from "vitest";
import { ModelCatalog } from "../../models/catalog/index.ts";
import { Ledger } from "./index.ts";

describe("the cost of a run", () => {
  const price = { input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000 };

  test("is what its tokens cost, in whole micro-USD", () => {
    const tokens = {
      inputTokens: 1_000,
      outputTokens: 500,
      cacheReadInputTokens: 10_000,
      cacheWriteInputTokens: 100,
    };
    // 0.003 + 0.0075 + 0.003 + 0.000375 USD
    expect(Ledger.cost(price, tokens)).toBe(13_875);
  });

  test("is rounded once, not for each kind of token", () => {
    const one = { ...Ledger.noTokens, inputTokens: 1, outputTokens: 1 };
    const cheap = { input: 400_000, output: 400_000, cacheRead: 0, cacheWrite: 0 };
    expect(Ledger.cost(cheap, one)).toBe(1);
  });
});

describe("the catalog", () => {
  test("allows what is configured, by short name and by Bedrock id", () => {
    const catalog = ModelCatalog.createCatalog(["claude-v4.5-haiku", "mine=my.model@1/2"]);
    expect(catalog.default.name).toBe("claude-v4.5-haiku");
    expect(catalog.find("my.model")?.price?.output).toBe(2_000_000);
    expect(catalog.find("claude-v4.5-sonnet")).toBeUndefined();
    expect(() => catalog.require("claude-v4.5-sonnet", "model")).toThrow(
      "Allowed: claude-v4.5-haiku, mine.",
    );
  });

  test("knows no price of a model that is given without one", () => {
    expect(ModelCatalog.createCatalog(["mine=my.model:1"]).default.price).toBeNull();
  });

  test("refuses an unknown name and an empty list", () => {
    expect(() => ModelCatalog.createCatalog(["gpt-9"])).toThrow('Unknown model "gpt-9"');
    expect(() => ModelCatalog.createCatalog([])).toThrow(RangeError);
  });
});
