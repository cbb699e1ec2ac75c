import {
  type Clock,
  type QueryRange,
  StoreUnavailable,
  systemClock,
  type Table,
} from "@outlet/core/ports";
import { UsageReport } from "@outlet/core/observability/usage-report";
import { askedDays } from "./scale.ts";
import type { Bot, Stores } from "./stack.ts";

const day = 86_400_000;
const minute = 60_000;

/** What reading usage takes of the table: queries, items, and units as the table itself bills them. */
export interface ReadCost {
  queries: number;
  items: number;
  readUnits: number;
  /** Items that lie outside of the range that was asked for. */
  outside: number;
}

/** As the sweeper does, so that no reader has to; like it, again after a failure. */
export async function sumUp({ table }: Stores): Promise<void> {
  for (;;) {
    try {
      if ((await UsageReport.closeHours({ table, clock: systemClock })) === 0) return;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      process.stderr.write(`${error.message}\n`);
    }
  }
}

/**
 * The cost of each question about the days before `now`.
 * @param now where the runs end. It is asked as soon as the last hour is closed.
 */
export async function readCosts(stores: Stores, { botId }: Bot, now: number) {
  const clock: Clock = { ...systemClock, now: () => now + 11 * minute };
  const costs: Record<string, ReadCost> = {};
  const ranges = { day: 1, week: 7, month: askedDays };
  for (const [name, days] of Object.entries(ranges)) {
    const range = { from: now - days * day, to: now };
    for (const by of ["hour", "day", "key", "model"] as const) {
      const cost: ReadCost = { queries: 0, items: 0, readUnits: 0, outside: 0 };
      const table = counting(stores.table, range, cost);
      stores.takeReadUnits();
      await UsageReport.query({ table, clock }, { botId, by, ...range });
      cost.readUnits = stores.takeReadUnits();
      costs[`${name} by ${by}`] = cost;
    }
  }
  return costs;
}

function counting(table: Table, { from, to }: UsageReport.Range, cost: ReadCost): Table {
  return {
    ...table,
    async query(asked: QueryRange) {
      const page = await table.query(asked);
      cost.queries += 1;
      cost.items += page.items.length;
      cost.outside += page.items.filter((item) => {
        const at = timeOf(item);
        return at < from || at >= to;
      }).length;
      return page;
    },
  };
}

/** Of a run's end, or where the hour or day of a head begins. */
function timeOf({ sk, finishedAt }: { sk: string; [name: string]: unknown }): number {
  if (typeof finishedAt === "number") return finishedAt;
  const text = sk.slice(2);
  return Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text}:00Z`);
}
