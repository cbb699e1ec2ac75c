import { expect, test } from "vitest";
import { chainUpTo } from "./chain.ts";

const runs = (...rows: [runId: string, parent: string, ...formerParents: string[]][]) =>
  new Map(
    rows.map(([runId, parent, ...formerParents]) => [runId, { runId, parent, formerParents }]),
  );
const ids = (chain: { runId: string }[]) => chain.map((run) => run.runId).join("");

test("a chain begins at the root and ends with the run popped last", () => {
  const all = runs(["a", "system"], ["b", "a"], ["c", "b"], ["waits", "system"]);
  expect(ids(chainUpTo(all, "c"))).toBe("abc");
  expect(ids(chainUpTo(all, null))).toBe("");
});

test("a chain reaches back only as far as its runs are known", () => {
  expect(ids(chainUpTo(runs(["b", "a"], ["c", "b"]), "c"))).toBe("bc");
});

test("a redriven run stands where it was answered last, and what was before its old place stays", () => {
  const all = runs(["a", "system"], ["b", "d", "a"], ["c", "b"], ["d", "c"], ["e", "b"]);
  expect(ids(chainUpTo(all, "e"))).toBe("acdbe");
});

test("a run redriven again and again is met once", () => {
  const alone = runs(["a", "a", "system", "a", "a"]);
  expect(ids(chainUpTo(alone, "a"))).toBe("a");
  const twice = runs(["a", "system"], ["b", "d", "a", "c"], ["c", "b"], ["d", "b"]);
  expect(ids(chainUpTo(twice, "b"))).toBe("acdb");
});
