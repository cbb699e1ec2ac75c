import { beforeEach, expect, test } from "vitest";
import { Id } from "../../foundation/id/index.ts";
import type { Item, Table } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Audit } from "./index.ts";

const caller = { userId: "u-1", username: "ada", groups: [] };
let now = Date.parse("2026-11-27T23:00:00Z");
const clock = { now: () => now, sleep: async () => undefined };
const range = { from: "2026-11-01", to: "2026-11-30" };
let table: Table;
beforeEach(async () => {
  table = createMemoryTable(() => new Promise((go) => setTimeout(go, Math.random() * 2)));
  now = Date.parse("2026-11-27T23:00:00Z");
  const deps = { table, clock, ids: Id.createIds(clock) };
  const act = async (botId: string | null) => {
    const entry = await Audit.begin(deps, caller, { action: "bot.update", botId, targetId: null });
    await Audit.end(deps, entry, { outcome: "done" });
  };
  // At once, on one bot, on another and on none.
  await Promise.all([...Array.from({ length: 8 }, () => act("a")), act("b"), act(null)]);
  now += 3_600_000;
  await act("a");
  now += 3_600_000;
});

const verified = () => Audit.verify({ table, clock }, range);
const kinds = async () => (await verified()).faults.map(({ kind }) => kind);
const entriesOf = async () => (await table.query({ pk: "AUDIT#2026-11" })).items;
const chainOf = async () => (await table.query({ pk: "AUDITCHAIN#2026-11-27#a" })).items;
const first = (items: Item[]): Item => {
  const [item] = items;
  if (!item) throw new RangeError("Nothing was written");
  return item;
};

test("what comes at once is chained one after the other, each bot and day by itself", async () => {
  expect(await verified()).toEqual({
    chains: 4,
    records: 22,
    entries: 11,
    faults: [],
    faultCount: 0,
  });
});

test("a changed entry is told", async () => {
  await table.put({ ...first(await entriesOf()), actor: { userId: "u-2", username: "eve" } });
  expect(await kinds()).toEqual(["entry_changed"]);
});

test("a removed entry is told", async () => {
  await table.remove(first(await entriesOf()));
  expect(await kinds()).toEqual(["entry_missing"]);
});

test("an entry that was smuggled in is told", async () => {
  const entry = first(await entriesOf());
  await table.put({ ...entry, sk: `${entry.sk}X`, auditId: `${String(entry.auditId)}X` });
  expect(await kinds()).toEqual(["unchained"]);
});

test("a changed record is told, and one that was made to fit by those behind it", async () => {
  const record = first(await chainOf());
  const line = String(record.line).replace("ada", "eve");
  await table.put({ ...record, line });
  expect(await kinds()).toContain("hash");
  await table.put({ ...record, line, hash: Audit.hashOf(String(record.prev), line) });
  expect(await kinds()).toContain("hash");
});

test("a removed record is told", async () => {
  await table.remove(first((await chainOf()).slice(3)));
  expect(await kinds()).toContain("gap");
});

test("an act whose process was lost in the middle is no fault", async () => {
  const deps = { table, clock, ids: Id.createIds(clock) };
  await Audit.begin(deps, caller, { action: "bot.update", botId: "a", targetId: null });
  now += 3_600_000;
  expect((await verified()).faultCount).toBe(0);
});
