import { beforeEach, describe, expect, test } from "vitest";
import { Id } from "../../foundation/id/index.ts";
import type { Table } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Audit } from "./index.ts";

const caller = { userId: "u-1", username: "ada", groups: [] };
let now: number;
let table: Table;
const clock = { now: () => now, sleep: async () => undefined };
const deps = () => ({ table, clock, ids: Id.createIds(clock) });

beforeEach(() => {
  table = createMemoryTable();
  now = Date.parse("2026-01-31T23:59:00Z");
});

const act = { action: "bot.update", botId: "bot-1", targetId: null } as const;

describe("an audit entry", () => {
  test("is there before the act, and ends once", async () => {
    const entry = await Audit.begin(deps(), caller, act);
    const [begun] = (await Audit.list(deps(), {}, { limit: 10 })).entries;
    expect(begun).toMatchObject({ outcome: "begun", action: "bot.update", botId: "bot-1" });
    const result = {
      outcome: "done",
      before: { title: "A", x: 1 },
      after: { title: "B", x: 1 },
    } as const;
    await Audit.end(deps(), entry, result);
    await Audit.end(deps(), entry, { outcome: "failed" });
    const [ended] = (await Audit.list(deps(), {}, { limit: 10 })).entries;
    expect(ended).toMatchObject({ outcome: "done", before: { title: "A" }, after: { title: "B" } });
    expect(Object.keys(ended?.after ?? {})).toEqual(["title"]);
  });

  test("keeps all of what was deleted", async () => {
    const entry = await Audit.begin(deps(), caller, { ...act, action: "bot.delete" });
    await Audit.end(deps(), entry, { outcome: "done", before: { title: "A" }, after: null });
    const [ended] = (await Audit.list(deps(), {}, { limit: 10 })).entries;
    expect([ended?.before, ended?.after]).toEqual([{ title: "A" }, null]);
  });
});

describe("the audit log", () => {
  test("is read newest first, over the turn of months, in pages of any size", async () => {
    for (let i = 0; i < 25; i++) {
      await Audit.begin(deps(), caller, { ...act, targetId: `t${i}` });
      now += 3 * 86_400_000;
    }
    for (const limit of [1, 7, 100]) {
      const seen: (string | null)[] = [];
      let cursor: string | undefined;
      do {
        const page = await Audit.list(deps(), {}, { limit, cursor });
        seen.push(...page.entries.map(({ targetId }) => targetId));
        cursor = page.cursor ?? undefined;
      } while (cursor);
      expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `t${24 - i}`));
    }
  });

  test("is filtered by actor, bot, action and time", async () => {
    const others = { ...caller, userId: "u-2", username: "bob" };
    await Audit.begin(deps(), caller, act);
    now += 1_000;
    await Audit.begin(deps(), others, { ...act, botId: "bot-2" });
    now += 1_000;
    await Audit.begin(deps(), others, { ...act, action: "bot.share" });
    const count = async (filter: Audit.Filter) =>
      (await Audit.list(deps(), filter, { limit: 10 })).entries.length;
    expect(await count({})).toBe(3);
    expect(await count({ actor: "u-2" })).toBe(2);
    expect(await count({ actor: "ada" })).toBe(1);
    expect(await count({ botId: "bot-2" })).toBe(1);
    expect(await count({ action: "bot.share" })).toBe(1);
    expect(await count({ from: now - 1_000 })).toBe(2);
    expect(await count({ from: now - 2_000, to: now })).toBe(2);
    expect(await count({ to: now - 5_000 })).toBe(0);
  });
});
