import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Clock, Table } from "../../ports/index.ts";
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

describe("roll-ups", () => {
  test("of a reader that slept while a late entry came are not kept", async () => {
    const table = createMemoryTable();
    const clock = createClock(start + hour);
    const botId = newBot();
    await Ledger.record({ table, clock }, entryOf(botId, "r1", start + minute));
    clock.move(day);
    const slow: Table = {
      ...table,
      async query(range) {
        const page = await table.query(range);
        if (range.pk === Ledger.partition(botId, start)) {
          await Ledger.record({ table, clock }, entryOf(botId, "r2", start + minute));
          clock.move(hour);
        }
        return page;
      },
    };
    const query = { botId, by: "hour", from: start, to: start + hour } as const;
    expect((await UsageReport.query({ table: slow, clock }, query)).total.runs).toBe(1);
    expect((await UsageReport.query({ table, clock }, query)).total.runs).toBe(2);
  });

  test("of an hour that closes while its entries are read are not made", async () => {
    const table = createMemoryTable();
    const clock = createClock(start + 50 * minute);
    const botId = newBot();
    await Ledger.record({ table, clock }, entryOf(botId, "r1", start + minute));
    const slow: Table = {
      ...table,
      async query(range) {
        const page = await table.query(range);
        if (range.pk === Ledger.partition(botId, start)) {
          await Ledger.record({ table, clock }, entryOf(botId, "r2", start + 2 * minute));
          clock.move(hour);
        }
        return page;
      },
    };
    const query = { botId, by: "hour", from: start, to: start + hour } as const;
    expect((await UsageReport.query({ table: slow, clock }, query)).total.runs).toBe(1);
    expect((await UsageReport.query({ table, clock }, query)).total.runs).toBe(2);
  });

  /**
   * Alone: a run's end is recorded, sums are read, closed hours are summed, sums are forgotten, time
   * goes by. At once: recorded and read; recorded and summed by two; forgotten, summed and recorded.
   */
  const kinds = [
    "record",
    "read",
    "close",
    "rebuild",
    "wait",
    "recordAndRead",
    "recordAndClose",
    "recordAndRebuild",
  ] as const;

  interface Step {
    kind: (typeof kinds)[number];
    runId: number;
    /** An attempt of the run that was paid for and overtaken; 0 is the run's own end. */
    attempt: number;
    /** How long before now the run ended. */
    lateMs: number;
    waitMs: number;
    /** How far the clock of the machine that records is behind all others. */
    skewMs: number;
    cost: number;
    keyId: string;
  }
  const steps = fc.array(
    fc.record<Step>({
      kind: fc.constantFrom("record" as const, ...kinds),
      runId: fc.nat(15),
      attempt: fc.constantFrom(0, 0, 0, 1, 2),
      lateMs: fc.oneof(
        fc.integer({ min: 0, max: 20 * minute }),
        fc.integer({ min: 0, max: 40 * hour }),
      ),
      waitMs: fc.oneof(
        fc.integer({ min: 1, max: 12 * minute }),
        fc.integer({ min: 1, max: 10 * hour }),
      ),
      skewMs: fc.constantFrom(0, 0, 4.9 * minute),
      cost: fc.integer({ min: 0, max: 1_000_000 }),
      keyId: fc.constantFrom("k1", "k2", "k3"),
    }),
    { minLength: 5, maxLength: 40 },
  );
  const faults = fc.infiniteStream(
    fc.constantFrom<("before" | "after" | undefined)[]>(
      ...([undefined, undefined, undefined, undefined, "before", "after"] as const),
    ),
  );

  const settles = (call: Promise<unknown>) =>
    call.then(
      () => true,
      () => false,
    );

  const breathe = async (turns: number) => {
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  };

  /** How many turns others get before a call takes effect. */
  const pauses = fc.infiniteStream(fc.nat(12));

  test("equal the sum of the ledger, whatever fails, however late an entry is", async () => {
    await fc.assert(
      fc.asyncProperty(steps, faults, pauses, async (plan, outcomes, pauses) => {
        const botId = newBot();
        const clock = createClock(start + 2 * day);
        const table = createMemoryTable(async () => {
          await breathe(pauses.next().value);
        });
        const faulty = { clock, table: watched(table, () => outcomes.next().value).table };
        const ends = new Map<string, number>();
        const record = ({ runId, attempt, lateMs, cost, keyId, skewMs }: Step) => {
          const behind = { ...clock, now: () => clock.now() - skewMs };
          // A run ends once, and so does each attempt at it; what is repeated is its record.
          const name = `${runId}#${attempt}`;
          const finishedAt = ends.get(name) ?? behind.now() - lateMs;
          ends.set(name, finishedAt);
          const more = { costMicroUsd: cost, keyId, abandoned: attempt > 0 };
          const entry = entryOf(botId, `r${runId}`, finishedAt, more);
          return Ledger.record(
            { ...faulty, clock: behind },
            entry,
            attempt > 0 ? attempt : undefined,
          );
        };
        const read = (by: UsageReport.By) =>
          // Until the end of the day: one that is not over yet must not be summed up for good.
          UsageReport.query(faulty, { botId, by, from: start, to: nextMidnight(clock) });
        const acting = (step: Step): Promise<unknown>[] => {
          const { kind } = step;
          if (kind === "wait") clock.move(step.waitMs);
          const acts: Promise<unknown>[] = kind.startsWith("record") ? [record(step)] : [];
          if (kind === "read" || kind === "recordAndRead") acts.push(read("day"), read("hour"));
          if (kind === "rebuild" || kind === "recordAndRebuild") {
            acts.push(UsageReport.rebuild(faulty, botId, { from: start, to: untilNow(clock) }));
          }
          const closers = { close: 1, recordAndClose: 2, recordAndRebuild: 1 } as const;
          const times = kind in closers ? closers[kind as keyof typeof closers] : 0;
          for (let i = 0; i < times; i++) acts.push(UsageReport.closeHours(faulty));
          return acts;
        };
        for (const step of plan) {
          const acts = acting(step);
          // A machine that sleeps in the middle of it all.
          const sleeps = step.kind.startsWith("recordAnd") && step.runId % 3 === 0;
          if (sleeps) {
            acts.push(breathe(step.runId).then(() => clock.move(step.waitMs)));
          }
          // A process that fails is gone: nothing is repeated for it.
          const [recorded] = await Promise.allSettled(acts);
          // Two mishaps at once, sleep and failure, only the run's next reader mends.
          if (sleeps && recorded?.status === "rejected") {
            while (!(await settles(record(step)))) clock.move(1);
          }
        }
        for (const wait of [0, 11 * minute, 2 * day]) {
          clock.move(wait);
          const truth = await sumOfLedger(table, botId, clock.now());
          for (const by of ["key", "day", "hour", "model"] as const) {
            const query = { botId, by, from: start, to: untilNow(clock) };
            const { total, groups } = await UsageReport.query({ table, clock }, query);
            expect([total.runs, total.abandonedAttempts, total.costMicroUsd]).toEqual([
              truth.runs,
              truth.attempts,
              truth.cost,
            ]);
            expect(groups.reduce((sum, g) => sum + g.costMicroUsd, 0)).toBe(truth.cost);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  const nextMidnight = (clock: Clock) => Math.ceil((clock.now() + 1) / day) * day;
  const untilNow = (clock: Clock) => Math.ceil((clock.now() + 1) / hour) * hour;

  async function sumOfLedger(table: Table, botId: string, now: number) {
    let runs = 0;
    let attempts = 0;
    let cost = 0;
    for (let at = start; at <= now; at += hour) {
      for (const entry of await Ledger.listHour(table, botId, Ledger.hourOf(at))) {
        if (entry.abandoned) attempts += 1;
        else runs += 1;
        cost += entry.costMicroUsd;
      }
    }
    return { runs, attempts, cost };
  }
});
