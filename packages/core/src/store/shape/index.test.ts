import * as v from "valibot";
import { expect, test } from "vitest";
import { type Item, reportingTable, silentLog, type UnreadableItem } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Shape } from "./index.ts";

const shape = Shape.of(
  "thing",
  v.object({ id: v.string(), tokens: v.number(), note: v.string() }),
  {
    older: ({ remark, ...item }) => ({
      ...(remark === undefined ? {} : { note: remark }),
      ...item,
    }),
    mend: { tokens: 0 },
  },
);
const item = (over: object = {}): Item => ({
  ...{ pk: "P", sk: "S", id: "1", tokens: 1, note: "n" },
  ...over,
});

function listener() {
  const heard: UnreadableItem[] = [];
  return { heard, report: (error: UnreadableItem) => void heard.push(error) };
}

test("what is written is what can be read", () => {
  expect(shape.read({}, { ...item(), ...shape.check({ id: "1", tokens: 2, note: "" }) })).toEqual({
    id: "1",
    tokens: 2,
    note: "",
  });
  expect(() => shape.check({ id: "1", tokens: Number.NaN, note: "" })).toThrow(Shape.Unwritable);
  expect(() => shape.checkPart({ note: 7 })).toThrow(Shape.Unwritable);
  expect(shape.checkPart({ note: "new" })).toEqual({ note: "new" });
});

test("an item of an older version is read as one of today", () => {
  const old: Item = { pk: "P", sk: "S", id: "1", tokens: 1, remark: "once" };
  expect(shape.read({}, old).note).toBe("once");
});

test("one unreadable item of a list is reported by its place, and the rest goes on", () => {
  const table = listener();
  const items = [item(), item({ sk: "BAD", note: { secret: "hush" } }), item({ sk: "S2" })];
  expect(shape.readAll(table, items)).toHaveLength(2);
  expect(table.heard).toMatchObject([{ name: "Unreadable", pk: "P", sk: "BAD" }]);
  expect(table.heard[0]?.message).toContain("note");
  expect(JSON.stringify(table.heard.map(String))).not.toContain("hush");
  expect(() => shape.read(table, items[1] ?? item())).toThrow(Shape.Unreadable);
});

test("a member that can be done without is mended, and reported", () => {
  const table = listener();
  expect(shape.read(table, item({ tokens: "many" }))).toEqual({ id: "1", tokens: 0, note: "n" });
  expect(table.heard).toHaveLength(1);
});

test("the same trouble gets into the log once", () => {
  const logged: unknown[] = [];
  const log = { ...silentLog, error: (_: string, fields?: object) => void logged.push(fields) };
  const table = reportingTable(createMemoryTable(), log);
  for (let times = 0; times < 3; times++) shape.readAll(table, [item({ id: 7 })]);
  expect(logged).toEqual([{ pk: "P", sk: "S", cause: expect.stringContaining("id") }]);
});
