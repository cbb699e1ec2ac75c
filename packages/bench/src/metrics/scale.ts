import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "./random.ts";
import { makeEntry } from "./replay.ts";
import type { Bot, Stores } from "./stack.ts";

const day = 86_400_000;
/** What is asked about, the same at every size. */
export const askedDays = 7;
const runsAsked = 5_000;
/** Where the runs outside of that lie: each growth has days of its own, so that none reopens an hour. */
const older = [
  { upTo: 10_000, fromDay: 10, days: 10 },
  { upTo: 100_000, fromDay: 21, days: 29 },
  { upTo: Number.POSITIVE_INFINITY, fromDay: 51, days: 59 },
];

let written = 0;

/**
 * Grows the table to so many runs of one bot, and its access log to as many requests: once some
 * within the days that are asked about, the present hour too, and all others before them.
 */
export async function growTo(stores: Stores, bot: Bot, runs: number, dataDir: string) {
  const random = createRandom(runs);
  const now = Date.now();
  const logPath = join(dataDir, "access-logs", `${bot.restApiId}.log`);
  const endOf = (n: number): number => {
    if (n < runsAsked) return now - Math.floor(random.uniform() * (askedDays - 1) * day);
    const place = older.find(({ upTo }) => n < upTo);
    if (!place) throw new RangeError(`No place for run ${n}`);
    return now - Math.floor((place.fromDay + random.uniform() * place.days) * day);
  };
  while (written < runs) {
    const lines: string[] = [];
    const entries = Array.from({ length: Math.min(20_000, runs - written) }, () => {
      const n = written++;
      const finishedAt = endOf(n);
      lines.push(lineOf(bot.botId, finishedAt, 20 + random.below(2_000)));
      return makeEntry(random, bot.botId, n, finishedAt);
    });
    await stores.record(entries);
    appendFileSync(logPath, `${lines.join("\n")}\n`);
  }
}

/** As the edge writes it, without what metrics do not look at. */
const lineOf = (botId: string, at: number, latencyMs: number): string =>
  JSON.stringify({
    botId,
    requestTimeEpoch: String(at),
    status: "200",
    responseLatency: String(latencyMs),
    errorType: "-",
  });
