import { beforeEach, describe, expect, test } from "vitest";
import type { Table } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Ledger } from "../../records/ledger/index.ts";
import {
  createClock,
  day,
  entryOf,
  hour,
  minute,
  newBot,
  start,
  watched,
} from "./fixture.test-support.ts";
import { UsageReport } from "./index.ts";
import { Tally } from "./tally.ts";

describe("the usage of a bot", () => {
  let table: Table;
  beforeEach(() => {
    table = createMemoryTable();
  });

  test("is the sum of its ledger by key, model, hour and day", async () => {
    const clock = createClock(start + 2 * day);
    const deps = { table, clock };
    const botId = newBot();
    const at = (h: number) => start + h * hour + 5 * minute;
    const entries = [
      entryOf(botId, "r1", at(1)),
      entryOf(botId, "r2", at(1), { keyId: "key-2", costMicroUsd: 1_000, queueMs: 40 }),
      entryOf(botId, "r3", at(30), { model: "sonnet", status: "failed", errorCode: "model_error" }),
      entryOf(botId, "r4", at(47), { status: "cancelled", firstTokenMs: null }),
    ];
    for (const entry of entries) await Ledger.record(deps, entry);
    await Ledger.record(deps, { ...entryOf(botId, "r4", at(47)), abandoned: true }, 7);
    const range = { botId, from: start, to: start + 2 * day };
    const groups = async (by: UsageReport.By) =>
      (await UsageReport.query(deps, { ...range, by })).groups.map((g) => [
        g.group,
        g.runs,
        g.costMicroUsd,
      ]);
    expect(await groups("key")).toEqual([
      ["key-2", 1, 1_000],
      ["key-1", 3, 600],
    ]);
    expect(await groups("model")).toEqual([
      ["haiku", 3, 1_450],
      ["sonnet", 1, 150],
    ]);
    expect(await groups("day")).toEqual([
      ["2026-03-02T00:00:00.000Z", 2, 1_150],
      ["2026-03-03T00:00:00.000Z", 2, 450],
    ]);
    expect((await groups("hour")).map(([group]) => String(group).slice(5, 13))).toEqual([
      "03-02T01",
      "03-03T06",
      "03-03T23",
    ]);
    const { total } = await UsageReport.query(deps, { ...range, by: "day" });
    expect(total).toMatchObject({
      runs: 4,
      completed: 2,
      failed: 1,
      cancelled: 1,
      abandonedAttempts: 1,
      inputTokens: 500,
      costMicroUsd: 1_600,
      priceVersions: ["2026-11-22"],
      errors: { model_error: 1 },
      queueMs: { count: 4, averageMs: 25, maxMs: 40 },
      firstTokenMs: { count: 3 },
    });
    const ofKey = await UsageReport.query(deps, { ...range, by: "hour", keyId: "key-2" });
    expect([ofKey.total.runs, ofKey.groups.length]).toEqual([1, 1]);
  });

  test("tells what a chat window's titles and tags were, of the runs and of the cost", async () => {
    const clock = createClock(start + 2 * day);
    const deps = { table, clock };
    const botId = newBot();
    const at = start + hour;
    await Ledger.record(deps, entryOf(botId, "r1", at));
    const title = { utility: true, costMicroUsd: 7 };
    await Ledger.record(deps, entryOf(botId, "r2", at, title));
    await Ledger.record(deps, { ...entryOf(botId, "r2", at, title), abandoned: true }, 3);
    const range = { botId, from: start, to: start + day };
    const wanted = { runs: 2, utilityRuns: 1, costMicroUsd: 164, utilityCostMicroUsd: 14 };
    // Summed as it is read, then from what was stored.
    for (const by of ["key", "day"] as const) {
      expect((await UsageReport.query(deps, { ...range, by })).total).toMatchObject(wanted);
    }
  });

  test("reads sums that were stored before utility calls were counted apart", () => {
    const tally = new Tally();
    const none: [number, number, number, null] = [0, 0, 0, null];
    tally.merge([[2, 2, 0, 0, 0, 0, 100, 10, 0, 0, 150], {}, none, none, none]);
    expect(tally.counts).toMatchObject({ runs: 2, costMicroUsd: 150, utilityRuns: 0 });
  });

  test("counts a run once however often its end is recorded", async () => {
    const clock = createClock(start + 2 * hour);
    const deps = { table, clock };
    const botId = newBot();
    const entry = entryOf(botId, "r1", start + hour + minute);
    const news = [];
    for (let i = 0; i < 3; i++) news.push(await Ledger.record(deps, entry));
    clock.move(5 * hour);
    news.push(await Ledger.record(deps, entry));
    expect(news).toEqual([true, false, false, false]);
    const query = { botId, by: "day", from: start, to: start + day } as const;
    expect((await UsageReport.query(deps, query)).total.runs).toBe(1);
  });

  test("costs the same to read however much lies outside of the range", async () => {
    const clock = createClock(start + 10 * day);
    const botId = newBot();
    const plain = { table, clock };
    const record = (d: number, n: number) =>
      Ledger.record(plain, entryOf(botId, `r-${d}-${n}`, start + d * day + n * 11 * minute));
    for (let n = 0; n < 20; n++) await record(8, n);
    const query = { botId, by: "model", from: start + 8 * day, to: start + 9 * day } as const;
    // The late entries have to settle before anybody sums them up for good.
    clock.move(hour);
    await UsageReport.query(plain, query);
    const measure = async () => {
      const { table: counted, seen } = watched(table);
      expect((await UsageReport.query({ table: counted, clock }, query)).total.runs).toBe(20);
      return seen;
    };
    const before = await measure();
    expect(before).toEqual({ queries: 1, items: 1, writes: 0 });
    for (let d = 0; d < 8; d++) for (let n = 0; n < 60; n++) await record(d, n);
    expect(await measure()).toEqual(before);
  });

  test("of closed hours is summed once, ahead of any reader", async () => {
    const clock = createClock(start + hour);
    const plain = { table, clock };
    const botId = newBot();
    for (let h = 0; h < 3; h++) {
      await Ledger.record(plain, entryOf(botId, `r${h}`, clock.now()));
      clock.move(hour);
    }
    clock.move(15 * minute);
    expect(await UsageReport.closeHours(plain)).toBeGreaterThanOrEqual(3);
    const { table: counted, seen } = watched(table);
    const query = { botId, by: "hour", from: start, to: start + day } as const;
    const report = await UsageReport.query({ table: counted, clock }, query);
    expect([report.total.runs, seen.items, seen.writes]).toEqual([3, 3, 0]);
  });

  test("of an hour that a late entry has reopened is left alone until that has settled", async () => {
    const clock = createClock(start + day);
    const plain = { table, clock };
    await Ledger.record(plain, entryOf(newBot(), "r1", start + hour));
    expect(await UsageReport.closeHours(plain)).toBe(0);
    clock.move(11 * minute);
    expect([await UsageReport.closeHours(plain), await UsageReport.closeHours(plain)]).toEqual([
      1, 0,
    ]);
  });

  test("can be rebuilt from the ledger", async () => {
    const clock = createClock(start + 3 * day);
    const plain = { table, clock };
    const botId = newBot();
    await Ledger.record(plain, entryOf(botId, "r1", start + hour));
    clock.move(hour);
    const query = { botId, by: "day", from: start, to: start + day } as const;
    await UsageReport.query(plain, query);
    // As if a row had been lost and came back by other means than the ledger's own.
    const entry = entryOf(botId, "r2", start + hour);
    await table.put({ ...entry, pk: Ledger.partition(botId, start + hour), sk: "r2" });
    expect((await UsageReport.query(plain, query)).total.runs).toBe(1);
    await UsageReport.rebuild(plain, botId, { from: start, to: start + day });
    expect((await UsageReport.query(plain, query)).total.runs).toBe(2);
    expect((await UsageReport.query(plain, query)).total.runs).toBe(2);
  });

  test("of more keys than fit into one item is summed as it is read", async () => {
    const clock = createClock(start + 3 * day);
    const plain = { table, clock };
    const botId = newBot();
    for (let i = 0; i < 2_600; i++) {
      const keyId = `01KEYKEYKEYKEYKEYKEYKE${i}`;
      await Ledger.record(plain, entryOf(botId, `r-${keyId}`, start + hour, { keyId }));
    }
    clock.move(hour);
    const query = { botId, by: "key", from: start, to: start + day } as const;
    for (let i = 0; i < 2; i++) {
      const report = await UsageReport.query(plain, query);
      expect([report.groups.length, report.total.costMicroUsd]).toEqual([2_600, 390_000]);
    }
    // Whoever sums up closed hours does not come back to it again and again.
    expect(await UsageReport.closeHours(plain)).toBe(0);
  });
});
