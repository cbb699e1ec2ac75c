import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "./random.ts";
import { makeEntry } from "./entries.ts";
import type { Bot, Stores } from "./stack.ts";

const day = 86_400_000;
const hour = 3_600_000;
const minute = 60_000;
/** The longest range that is asked about; so many runs lie within it at every size. */
export const askedDays = 30;
const runsAsked = 5_000;

/**
 * Stretches of time with so many runs in each, the older ones for tables that grow larger: each growth
 * has days of its own, so that none reopens an hour.
 */
const stretches = [
  { runs: runsAsked / 2, fromDay: 0, days: 1 },
  { runs: runsAsked / 2, fromDay: 1, days: askedDays - 1 },
  { runs: 5_000, fromDay: 35, days: 10 },
  { runs: 90_000, fromDay: 46, days: 29 },
  { runs: 900_000, fromDay: 76, days: 60 },
];
/** Runs in the table after each growth, and how many of the stretches that takes. */
export const sizes = [
  { runs: 10_000, stretches: 3 },
  { runs: 100_000, stretches: 4 },
  { runs: 1_000_000, stretches: 5 },
];

/**
 * Puts runs of one bot, and as many requests into its access log, in order of time as they would
 * have come.
 * @param size a member of {@link sizes}; those before it have to be there.
 * @param now the same for all growths of one bot.
 */
export async function grow(stores: Stores, bot: Bot, size: number, now: number): Promise<void> {
  const random = createRandom(size);
  const logPath = join(stores.dataDir, "access-logs", `${bot.restApiId}.log`);
  const begin = sizes[size - 1]?.stretches ?? 0;
  let n = sizes[size - 1]?.runs ?? 0;
  for (const { runs, fromDay, days } of stretches
    .slice(begin, sizes[size]?.stretches)
    .toReversed()) {
    const start = now - (fromDay + days) * day;
    for (let done = 0; done < runs; ) {
      const lines: string[] = [];
      const recorded = Array.from({ length: Math.min(20_000, runs - done) }, () => {
        const finishedAt = start + Math.floor(((done + random.uniform()) / runs) * days * day);
        done += 1;
        lines.push(lineOf(bot.botId, finishedAt, 20 + random.below(2_000)));
        return { entry: makeEntry(random, bot.botId, n++, finishedAt) };
      });
      await stores.record(recorded);
      appendFileSync(logPath, `${lines.join("\n")}\n`);
    }
  }
}

/**
 * A whole hour, the last before it closed by now: what is asked about, and how it is kept, is then the
 * same at every size.
 */
export const startOfGrowth = (now: number): number => {
  const closed = now - 11 * minute;
  return closed - (closed % hour);
};

/** As the edge writes it, without what metrics do not look at. */
const lineOf = (botId: string, at: number, latencyMs: number): string =>
  JSON.stringify({
    botId,
    requestTimeEpoch: String(at),
    status: "200",
    responseLatency: String(latencyMs),
    errorType: "-",
  });
