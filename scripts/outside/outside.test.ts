import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { accepted, collect, type Documents } from "./collect.ts";
import { compare } from "./compare.ts";
import { digestOf, readDigest } from "./digest.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let documents: Documents;
beforeAll(async () => {
  documents = await collect(root, accepted);
}, 300_000);

describe("seen from outside", () => {
  test("nothing has changed but what was meant to", async () => {
    const hint =
      "If this was meant: npm run outside -- --accept. To see it whole: --write, --compare.";
    expect(digestOf(documents), hint).toEqual(await readDigest());
  });

  test("a bad request is never answered as if Outlet had failed", () => {
    const problems = ["apis/control-api.problems", "apis/published-api.problems"].flatMap((name) =>
      Object.entries(documents[name] as Record<string, { status: number; body?: string }>),
    );
    const failed = problems.filter(
      ([, { status, body }]) => status >= 500 && !body?.includes('"code":"bot_paused"'),
    );
    expect(failed.map(([request]) => request)).toEqual([]);
    expect(problems.length).toBeGreaterThan(500);
  });
});

describe("the comparison of two documents", () => {
  const one = { a: { x: 1, y: ["p", "q"] }, b: null };
  test("finds nothing between equal ones", () => {
    expect(compare({ one }, { one: structuredClone(one) })).toEqual([]);
  });
  test.each([
    ["a value", { ...one, a: { x: 2, y: ["p", "q"] } }, "/a/x"],
    ["a member that is gone", { a: one.a }, "/b"],
    ["a member that is new", { ...one, c: 1 }, "/c"],
    ["a text in a list", { ...one, a: { x: 1, y: ["p", "r"] } }, '/a/y["q"]'],
    ["an empty object for nothing", { ...one, b: {} }, "/b"],
    ["another order", { b: null, a: one.a }, ""],
  ])("finds %s", (_, other, place) => {
    expect(compare({ one }, { one: other }).map((found) => found.place)).toContain(place);
  });
  test("finds a document that is gone", () => {
    expect(compare({ one }, {})).not.toEqual([]);
  });
});
