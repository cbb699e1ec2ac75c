import { type QueryRange, systemClock, type Table } from "@outlet/core/ports";
import { UsageReport } from "@outlet/core/usage-report";
import { askedDays } from "./scale.ts";
import type { Bot, Clients, Stores } from "./stack.ts";

const rounds = 60;
const day = 86_400_000;

/** Items that one usage query reads, once closed hours have been summed up. */
export async function readCost({ table }: Stores, { botId }: Bot) {
  // As the sweeper does, so that no reader has to.
  while ((await UsageReport.closeHours({ table, clock: systemClock })) > 0);
  const itemsRead: Record<string, number> = {};
  for (const by of ["day", "key", "hour"] as const) {
    let items = 0;
    const counted: Table = {
      ...table,
      async query(range: QueryRange) {
        const page = await table.query(range);
        // The hours that are still open hold what they hold; what is closed must not grow.
        if (!range.pk.startsWith("USAGE#")) items += page.items.length;
        return page;
      },
    };
    const now = systemClock.now();
    const range = UsageReport.toRange({ from: now - askedDays * day }, by, now);
    const query = { botId, by, ...range };
    await UsageReport.query({ table, clock: systemClock }, query);
    await UsageReport.query({ table: counted, clock: systemClock }, query);
    itemsRead[by] = items;
  }
  return { itemsRead };
}

/** What the metrics page asks for, as the browser does: all at once. */
export async function measurePage({ owner }: Clients, { botId }: Bot) {
  const from = new Date(Date.now() - askedDays * day).toISOString();
  const path = `/bots/${botId}/publication`;
  const questions = {
    metricsDay: `${path}/metrics`,
    metricsWeek: `${path}/metrics?from=${from}&period=3600`,
    usageByDay: `${path}/usage?from=${from}&by=day`,
    usageByKey: `${path}/usage?from=${from}&by=key`,
    usageByHour: `${path}/usage?from=${from}&by=hour`,
  };
  const ask = async (target: string) => {
    const reply = await owner("GET", target);
    if (reply.status !== 200) throw new Error(`${target}: ${reply.text}`);
  };
  const time = async (call: () => Promise<unknown>) => {
    await call();
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const beganAt = performance.now();
      await call();
      times.push(performance.now() - beganAt);
    }
    times.sort((a, b) => a - b);
    const at = (quantile: number) =>
      Math.round((times[Math.ceil(quantile * rounds) - 1] ?? 0) * 10) / 10;
    return { p50Ms: at(0.5), p95Ms: at(0.95) };
  };
  const each: Record<string, { p50Ms: number; p95Ms: number }> = {};
  for (const [name, target] of Object.entries(questions))
    each[name] = await time(() => ask(target));
  const { metricsDay, usageByDay, usageByKey } = questions;
  const page = await time(() => Promise.all([metricsDay, usageByDay, usageByKey].map(ask)));
  return { page, each };
}
