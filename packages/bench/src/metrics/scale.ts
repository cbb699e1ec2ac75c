import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "./random.ts";
import { makeEntry } from "./replay.ts";
import type { Bot, Stores } from "./stack.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** What is asked about, the same at every size. */
export const askedDays = 7;
const runsAsked = 5_000;
const otherBots = 20;

let written = 0;

/**
 * Grows the table to so many runs, and the access log to as many requests: once some within the
 * days that are asked about, the present hour too, and all others before them or of other bots.
 */
export async function growTo(stores: Stores, bot: Bot, runs: number, dataDir: string) {
  const random = createRandom(runs);
  const now = Date.now();
  const asked = now - askedDays * day;
  const older = () => asked - day - Math.floor(random.uniform() * 400 * day);
  const lines: string[] = [];
  const flush = () => {
    if (lines.length > 0) {
      appendFileSync(
        join(dataDir, "access-logs", `${bot.restApiId}.log`),
        `${lines.splice(0).join("\n")}\n`,
      );
    }
  };
  while (written < runs) {
    const entries = Array.from({ length: Math.min(20_000, runs - written) }, () => {
      const n = written++;
      const within = n < runsAsked;
      const finishedAt = within
        ? asked + day + Math.floor(random.uniform() * (now - asked - day))
        : older();
      const botId = within || n % 2 === 0 ? bot.botId : `01OTHER${n % otherBots}`;
      lines.push(lineOf(botId, finishedAt, 20 + random.below(2_000)));
      return makeEntry(random, botId, n, finishedAt);
    });
    await stores.record(entries);
    flush();
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
