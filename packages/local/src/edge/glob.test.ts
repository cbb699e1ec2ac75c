import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesGlob } from "./glob.ts";

test.each([
  ["*", "", true],
  ["*", "anything/at\nall", true],
  ["a*c", "abbc", true],
  ["a*c", "abcb", false],
  ["a*b*c", "aXbXbXc", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["a", "ab", false],
  ["", "", true],
  ["", "a", false],
  ["a.c", "abc", false],
  ["*/GET/*", "arn:aws:execute-api:us-east-1:0:id/stage/GET/health", true],
])("%j and %j: %j", (pattern, text, holds) => {
  expect(matchesGlob(pattern, text)).toBe(holds);
});

test("it is what a regular expression of short patterns says", () => {
  const character = fc.constantFrom("a", "b", "/", ".");
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*", "?"), maxLength: 7 });
  fc.assert(
    fc.property(pattern, fc.string({ unit: character, maxLength: 10 }), (glob, text) => {
      const expression = glob.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".");
      expect(matchesGlob(glob, text)).toBe(new RegExp(`^${expression}$`).test(text));
    }),
    { numRuns: 2_000 },
  );
});

test("a path of stars matched against itself ends", () => {
  const path = "*a".repeat(5_000);
  expect(matchesGlob(path, path)).toBe(true);
  expect(matchesGlob(`${path}b`, path)).toBe(false);
});
