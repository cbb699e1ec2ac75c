import { describe, expect, test } from "vitest";
import type { Table } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Problem } from "../../foundation/problem/index.ts";
import { Layout } from "../../store/layout/index.ts";
import { Budget } from "./index.ts";

const now = Date.UTC(2026, 10, 27, 12);
const clock = { now: () => now, sleep: async () => undefined };
const account = Layout.budgetOf.bot("bot");
const holder = (n: number): Budget.Holder => ({
  botId: "bot",
  clientId: "client",
  conversationId: `c${n}`,
  runId: `run${n}`,
  redrives: 0,
});
const limitOf = (limit: Partial<Budget.Limit>): Budget.Limit => ({
  period: "DAY",
  spendMicroUsd: null,
  runs: null,
  ...limit,
});
const payer = (limit: Partial<Budget.Limit>, of = account): Budget.Payer => ({
  kind: "bot",
  account: of,
  limit: limitOf(limit),
});

/** A table whose calls take effect in an order of chance. */
const shuffledTable = () =>
  createMemoryTable(() => new Promise((go) => setTimeout(go, Math.random() * 3)));

let senders = 0;
/** One try to accept the message. */
const reserve = (
  deps: Parameters<typeof Budget.reserve>[0],
  claim: Budget.Claim,
  of: Budget.Holder,
  known?: readonly Budget.Hold[],
): Promise<Budget.Hold[]> =>
  Budget.reserve(deps, claim, of, { sender: `sender${++senders}`, ...(known && { known }) });

async function outcomeOf(reserving: Promise<unknown>): Promise<string> {
  try {
    await reserving;
    return "held";
  } catch (error) {
    if (error instanceof Problem.ProblemError) return error.code;
    throw error;
  }
}

const stateOf = async (table: ReturnType<typeof createMemoryTable>, of = account) =>
  (await Budget.standing({ table, clock }, of, limitOf({ runs: 1 }))).state;

describe("a budget", () => {
  test.each([
    ["runs", payer({ runs: 100 })],
    ["money", payer({ spendMicroUsd: 1_000 })],
  ])("of 100 %s lets 100 of 200 in that come at once", async (_name, one) => {
    const deps = { table: shuffledTable(), clock };
    const claim = { payers: [one], microUsd: 10 };
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, n) => outcomeOf(reserve(deps, claim, holder(n)))),
    );
    expect(outcomes.filter((outcome) => outcome === "held")).toHaveLength(100);
    expect(outcomes.filter((outcome) => outcome === "budget_exceeded")).toHaveLength(100);
    expect(await stateOf(deps.table)).toMatchObject({ runs: 100, open: 100, microUsd: 1_000 });
  });

  test("is held once for a run, and settled once at what it cost", async () => {
    const deps = { table: createMemoryTable(), clock };
    const claim = { payers: [payer({ runs: 5, spendMicroUsd: 100 })], microUsd: 40 };
    const [holds] = await Promise.all([
      reserve(deps, claim, holder(1)),
      reserve(deps, claim, holder(1)),
    ]);
    expect(await stateOf(deps.table)).toMatchObject({ microUsd: 40, runs: 1, open: 1 });
    const ended = { ...holder(1), holds, status: "completed", costMicroUsd: 25 };
    await Promise.all([Budget.settle(deps, ended), Budget.settle(deps, ended)]);
    expect(await stateOf(deps.table)).toMatchObject({ microUsd: 25, runs: 1, open: 0 });
  });

  test("is held at what the first of a message's senders estimated, for all of them", async () => {
    const deps = { table: shuffledTable(), clock };
    const payers = [payer({ spendMicroUsd: 1_000 })];
    const reserved = await Promise.all(
      [40, 70, 55].map((microUsd) => reserve(deps, { payers, microUsd }, holder(1))),
    );
    const { microUsd } = await stateOf(deps.table);
    for (const holds of reserved) expect(holds).toMatchObject([{ account, microUsd }]);
    // Nothing but the cost is left, whichever of them put the run.
    const ended = { ...holder(1), holds: reserved[2] ?? [], status: "completed" };
    await Budget.settle(deps, { ...ended, costMicroUsd: 25 });
    expect(await stateOf(deps.table)).toMatchObject({ microUsd: 25, runs: 1, open: 0 });
  });

  test("holds nothing for a run that was settled, for whoever stood still meanwhile", async () => {
    const deps = { table: createMemoryTable(), clock };
    const claim = { payers: [payer({ runs: 1_000 })], microUsd: 40 };
    for (let n = 0; n < 400; n++) {
      const holds = await reserve(deps, claim, holder(n));
      const ended = { ...holder(n), holds, status: "completed", costMicroUsd: 1 };
      await Budget.settle(deps, ended);
      await reserve(deps, claim, holder(n), holds);
      await Budget.settle(deps, ended);
    }
    expect(await stateOf(deps.table)).toMatchObject({ microUsd: 400, runs: 400, open: 0 });
    const [item] = (await deps.table.query({ pk: "BUDGET#BOT#bot" })).items;
    expect(Object.keys(item ?? {}).length).toBeLessThan(200);
  });

  test("gets back what a run that failed or was cancelled did not cost", async () => {
    const deps = { table: createMemoryTable(), clock };
    const claim = { payers: [payer({ runs: 1 })], microUsd: 40 };
    for (const [n, status] of ["failed", "cancelled"].entries()) {
      const holds = await reserve(deps, claim, holder(n));
      expect(await outcomeOf(reserve(deps, claim, holder(9)))).toBe("budget_exceeded");
      await Budget.settle(deps, { ...holder(n), holds, status, costMicroUsd: 3 });
    }
    expect(await stateOf(deps.table)).toMatchObject({ microUsd: 6, runs: 0, open: 0 });
    await reserve(deps, claim, holder(3));
  });

  test("pays for an attempt that another overtook, once", async () => {
    const deps = { table: createMemoryTable(), clock };
    const claim = { payers: [payer({ runs: 5 })], microUsd: 40 };
    const run = { ...holder(1), holds: await reserve(deps, claim, holder(1)) };
    await Budget.charge(deps, run, 2, 7);
    await Budget.charge(deps, run, 2, 7);
    await Budget.charge(deps, run, 3, 1);
    await Budget.settle(deps, { ...run, status: "completed", costMicroUsd: 10 });
    expect(await stateOf(deps.table)).toMatchObject({ microUsd: 18, runs: 1 });
  });

  test("of one that refuses leaves nothing held in the others", async () => {
    const deps = { table: createMemoryTable(), clock };
    const other = Layout.budgetOf.owner("owner");
    const payers = [payer({ runs: 10 }), payer({ runs: 1 }, other)];
    await reserve(deps, { payers, microUsd: 0 }, holder(1));
    expect(await outcomeOf(reserve(deps, { payers, microUsd: 0 }, holder(2)))).toBe(
      "budget_exceeded",
    );
    expect(await stateOf(deps.table)).toMatchObject({ runs: 1, open: 1 });
    expect((await stateOf(deps.table, other)).refusedAt).toBe(now);
  });

  const owner = Layout.budgetOf.owner("owner");
  const twoPayers = [payer({ runs: 10 }), payer({ runs: 1 }, owner)];
  const claim = { payers: twoPayers, microUsd: 40 };

  /** A table at which `act` happens once, right after somebody has read what the owner's account holds. */
  const interrupted = (table: Table, act: () => Promise<void>): Table => {
    let isDue = true;
    return {
      ...table,
      async get(key) {
        const item = await table.get(key);
        if (isDue && key.pk === Layout.budget(owner, "").pk) {
          isDue = false;
          await act();
        }
        return item;
      },
    };
  };

  test.each([0, 2, 5])(
    "whoever is refused takes nothing from another sender of the same message, beside %i more",
    async (more) => {
      const table = createMemoryTable();
      const deps = { table, clock };
      const before = await reserve(deps, claim, holder(9));
      let relied: Budget.Hold[] = [];
      const refused = interrupted(table, async () => {
        for (let n = 0; n < more; n++) await outcomeOf(reserve(deps, claim, holder(1)));
        await Budget.settle(deps, {
          ...holder(9),
          holds: before,
          status: "failed",
          costMicroUsd: 0,
        });
        relied = await reserve(deps, claim, holder(1));
      });
      expect(await outcomeOf(reserve({ table: refused, clock }, claim, holder(1)))).toBe(
        "budget_exceeded",
      );
      expect(await stateOf(table)).toMatchObject({ runs: 1, open: 1, microUsd: 40 });
      const ended = { ...holder(1), holds: relied, status: "completed", costMicroUsd: 7 };
      await Budget.settle(deps, ended);
      expect(await stateOf(table)).toMatchObject({ runs: 1, open: 0, microUsd: 7 });
      expect(await stateOf(table, owner)).toMatchObject({ runs: 1, open: 0, microUsd: 7 });
    },
  );

  test("a second sender who is refused takes nothing from the first", async () => {
    const table = createMemoryTable();
    const deps = { table, clock };
    await reserve(deps, { ...claim, payers: twoPayers.slice(0, 1) }, holder(1));
    await reserve(deps, { ...claim, payers: twoPayers.slice(1) }, holder(9));
    expect(await outcomeOf(reserve(deps, claim, holder(1)))).toBe("budget_exceeded");
    expect(await stateOf(table)).toMatchObject({ runs: 1, open: 1 });
  });

  test("what is held is given back by the sweeper only while nobody has come to rely on it since", async () => {
    let at = now;
    const deps = { table: createMemoryTable(), clock: { ...clock, now: () => at } };
    const first = { payers: twoPayers.slice(0, 1), microUsd: 40 };
    await reserve(deps, first, holder(1));
    at += 3_600_000;
    const [seen] = await Budget.listUnsettled(deps.table, at);
    await reserve(deps, first, holder(1));
    const [hold] = seen?.holds ?? [];
    if (!hold) throw new Error("nothing is held");
    expect(await Budget.release(deps.table, hold)).toBe(false);
    expect(await stateOf(deps.table)).toMatchObject({ open: 1 });
    const [again] = await Budget.listUnsettled(deps.table, at);
    expect(again?.holds).toMatchObject([{ at }]);
  });

  test("never outgrows its item, however long the ids are that clients choose", async () => {
    const deps = { table: createMemoryTable(), clock };
    const paid = { payers: [payer({ runs: 5_000 })], microUsd: 1 };
    const long = (n: number) => ({
      ...holder(n),
      conversationId: `${"\u{1f600}".repeat(124)}${String(n).padStart(4, "0")}`,
    });
    const held: Budget.Holder[] = [];
    let last = "held";
    while (last === "held") {
      const next = long(held.length);
      for (let tries = held.length < 5 ? 3 : 1; tries > 0; tries--) {
        last = await outcomeOf(reserve(deps, paid, next));
      }
      if (last === "held") held.push(next);
    }
    expect(last).toBe("conversation_busy");
    const [item] = (await deps.table.query({ pk: "BUDGET#BOT#bot" })).items;
    expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(400_000);
    expect(held.length).toBeGreaterThan(400);
    for (const one of held) {
      const holds = [{ account, period: "DAY#2026-11-27", microUsd: 1 }];
      await Budget.settle(deps, { ...one, holds, status: "failed", costMicroUsd: 0 });
    }
    expect(await stateOf(deps.table)).toMatchObject({ open: 0, bytes: 0, microUsd: 0 });
  });

  test("less than one message may cost refuses it without being written", async () => {
    const table = createMemoryTable();
    const claim = { payers: [payer({ spendMicroUsd: 9 })], microUsd: 10 };
    expect(await outcomeOf(reserve({ table, clock }, claim, holder(1)))).toBe("budget_exceeded");
    expect((await table.query({ pk: "BUDGET#BOT#bot" })).items).toEqual([]);
  });

  test("begins anew with its period, and what was held before is settled where it was held", async () => {
    let at = now;
    const deps = { table: createMemoryTable(), clock: { ...clock, now: () => at } };
    const claim = { payers: [payer({ runs: 1 })], microUsd: 5 };
    const holds = await reserve(deps, claim, holder(1));
    at += 86_400_000;
    await reserve(deps, claim, holder(2));
    // A retry of the first keeps its hold of the day before.
    await reserve(deps, claim, holder(1), holds);
    await Budget.settle(deps, { ...holder(1), holds, status: "completed", costMicroUsd: 1 });
    expect(await stateOf(deps.table)).toMatchObject({ microUsd: 1, runs: 1, open: 0 });
  });
});

test.each([
  ["DAY", "DAY#2026-11-27", "2026-11-28"],
  ["WEEK", "WEEK#2026-11-23", "2026-11-30"],
  ["MONTH", "MONTH#2026-11-01", "2026-12-01"],
] as const)("a %s is named by its first day", (period, name, end) => {
  const { to, ...at } = Budget.periodAt(period, now);
  expect([at.name, to]).toEqual([name, Date.parse(end)]);
});

test("a total has no end, and a limit of nothing is none", () => {
  expect(Budget.periodAt("TOTAL", now)).toEqual({ name: "TOTAL", from: 0, to: null });
});
