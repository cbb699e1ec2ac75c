import { expect, test } from "vitest";
import { makeSandbox } from "./lint/sandbox.test-support.ts";

const { lintSource } = makeSandbox();

/** Whether the linter, as configured, wants this source to have a Map. */
const complains = (source: string, place = "packages/core/src/bots/reading"): boolean =>
  lintSource(place, source).includes("Make it a Map");

const table = 'const signs: Record<string, string> = { tab: "\\t" };\n';
const asks = "export const signOf = (name: string) => signs[name];";

test.each([
  table + asks,
  `${table}export const isSign = (name: string) => name in signs;`,
  `const signs: Readonly<Partial<Record<string, string>>> = { tab: "" };\n${asks}`,
  `export ${table}`,
])("an object that is asked for names from outside is to be a Map: %s", (source) => {
  expect(complains(source)).toBe(true);
});

test.each([
  `const signs = new Map(Object.entries({ tab: "" }));\nexport const signOf = (name: string) => signs.get(name);`,
  `${table}export const signOf = (name: string) =>\n  Object.hasOwn(signs, name) ? signs[name] : undefined;`,
  `${table}export const tab = signs["tab"];`,
  `const signs: Record<"tab", string> = { tab: "" };\nexport const signOf = (name: "tab") => signs[name];`,
])("and nothing else is: %s", (source) => {
  expect(complains(source)).toBe(false);
});

test("tests know what they ask for", () => {
  expect(complains(table + asks, "packages/bench/src")).toBe(false);
});
