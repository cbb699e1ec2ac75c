import { expect, test } from "vitest";
import { makeSandbox } from "./lint/sandbox.test-support.ts";

const { lintSource } = makeSandbox();

const reading = "packages/core/src/bots/reading";
/** Whether the linter, as configured, wants this source to ask otherwise. */
const complains = (source: string, place = reading): boolean =>
  /Make it a Map|Ask a Map|Use Members\.of/.test(lintSource(place, source));

const table = 'const signs: Record<string, string> = { tab: "\\t" };\n';
const asks = "export const signOf = (name: string) => signs[name];";

test.each([
  table + asks,
  `export const isSign = (signs: object, name: string) => name in signs;`,
  `import * as v from "valibot";\nexport const Signs = v.record(v.string(), v.string());`,
  `const signs: Readonly<Partial<Record<string, string>>> = { tab: "" };\n${asks}`,
  `export ${table}`,
])("an object that is asked for names from outside is to be a Map: %s", (source) => {
  expect(complains(source)).toBe(true);
});

test.each([
  `const signs = new Map(Object.entries({ tab: "" }));\nexport const signOf = (name: string) => signs.get(name);`,
  `${table}export const signOf = (name: string) =>\n  Object.hasOwn(signs, name) ? signs[name] : undefined;`,
  `${table}export const tab = signs["tab"];`,
  `export const hasTab = (signs: object) => "tab" in signs;`,
  `const signs: Record<"tab", string> = { tab: "" };\nexport const signOf = (name: "tab") => signs[name];`,
])("and nothing else is: %s", (source) => {
  expect(complains(source)).toBe(false);
});

test("so it is in the console, and benches know what they ask for", () => {
  expect(complains(table + asks, "web/src/ui")).toBe(true);
  expect(complains(table + asks, "packages/bench/src")).toBe(false);
});
