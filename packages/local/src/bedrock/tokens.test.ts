import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countTokens, tokenise } from "./tokens.ts";

test.each([
  ["", []],
  ["Hello, world!", ["Hello", ",", " world", "!"]],
  ["a  b\n", ["a", "  b", "\n"]],
  ["café 3.5", ["café", " 3", ".", "5"]],
  ["東京タワー", ["東", "京", "タ", "ワ", "ー"]],
  ["ok👍🏽", ["ok", "👍", "🏽"]],
])("%j is made of the tokens %j", (text, tokens) => {
  expect(tokenise(text)).toEqual(tokens);
});

test("a word of megabytes is many tokens", () => {
  expect(countTokens("a".repeat(6_400_000))).toBe(100_000);
});

test("tokens put together are the text, and none holds half a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const tokens = tokenise(text);
      expect(tokens.join("")).toBe(text);
      expect(tokens.every((token) => token.isWellFormed())).toBe(true);
    }),
  );
});

test("the first n tokens of a text are n tokens", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(20), (text, n) => {
      const kept = tokenise(text).slice(0, n);
      expect(countTokens(kept.join(""))).toBe(kept.length);
    }),
  );
});
