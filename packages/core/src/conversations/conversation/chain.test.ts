import { expect, test } from "vitest";
import { chainUpTo, walkUpTo } from "./chain.ts";

const runs = (...rows: [runId: string, parent: string | null, ...formerParents: string[]][]) =>
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

test("a run that waits to be answered once more stands nowhere, and what was before it stays", () => {
  const all = runs(["a", "system"], ["b", null, "a"], ["c", "b"], ["d", "c"]);
  expect(ids(chainUpTo(all, "d"))).toBe("acd");
  const alone = runs(["a", "system"], ["b", null, "a"]);
  expect(ids(chainUpTo(alone, "b"))).toBe("a");
  const again = runs(["a", "system"], ["b", null, "a", "c"], ["c", "b"], ["d", "b"]);
  expect(ids(chainUpTo(again, "d"))).toBe("acd");
});

test("what a chain wants next is told, also at an older place of a redriven run", () => {
  const missing = (all: ReturnType<typeof runs>, last: string) => walkUpTo(all, last).missing;
  expect(missing(runs(["b", "a"], ["c", "b"]), "c")).toBe("a");
  expect(missing(runs(["b", "c", "a"], ["c", "b"]), "b")).toBe("a");
  expect(missing(runs(["b", "c", "system"], ["c", "b"]), "b")).toBeUndefined();
});

test("a run redriven again and again is met once", () => {
  const alone = runs(["a", "a", "system", "a", "a"]);
  expect(ids(chainUpTo(alone, "a"))).toBe("a");
  const twice = runs(["a", "system"], ["b", "d", "a", "c"], ["c", "b"], ["d", "b"]);
  expect(ids(chainUpTo(twice, "b"))).toBe("acdb");
});
