import { expect, test } from "vitest";
import { makeSandbox } from "./lint/sandbox.test-support.ts";

const { lintSource } = makeSandbox();

/** Whether the linter, as configured, finds fault with how this expression cuts text. */
const complains = (expression: string, place = "packages/core/src/bots/bot"): boolean =>
  lintSource(place, `export const probe = (a: never) => ${expression};`).includes(
    "Cut text by Text.cut",
  );

test.each([
  "title.slice(0, 80)",
  "bot.title?.slice(0, 80)",
  "message.trim().slice(0, causeMax)",
  "text.slice(0, messageLengthMax)",
  "title.substring(3)",
  "title.substr(0, 3)",
  "names.join().slice(0, 500)",
  "`${a}`.slice(0, 9)",
  "address.slice(0, 9)",
])("%s cuts text for people, and the linter says so", (expression) => {
  expect(complains(expression)).toBe(true);
});

test.each([
  "issues.slice(0, 20)",
  "bots.toSorted().slice(0, max)",
  "date.toISOString().slice(0, 10)",
  "secretHash.slice(0, 8)",
  "source.slice(start, end)",
  "path.slice(prefix.length)",
  "Text.cut(title, 80)",
])("%s cuts none", (expression) => {
  expect(complains(expression)).toBe(false);
});

test("whoever cuts text by another measure than people's is let alone", () => {
  expect(complains("word.slice(0, lengthMax)", "packages/core/src/bots/retrieval")).toBe(false);
});
