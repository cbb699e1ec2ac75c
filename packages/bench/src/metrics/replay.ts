import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createAccessLogFormat } from "@outlet/aws/published-stack/access-log-format";
import { Ledger } from "@outlet/core/records/ledger";
import { formatLine } from "@outlet/local/edge/access-log";
import { makeEntry, type Recorded } from "./entries.ts";
import { createRandom, type Random } from "./random.ts";
import type { Bot, Stores } from "./stack.ts";

export interface Request {
  at: number;
  status: number;
  latencyMs: number;
  errorType: string | null;
}

export interface Replay {
  bot: Bot;
  from: number;
  to: number;
  requests: Request[];
  recorded: Recorded[];
}

const hour = 3_600_000;

/** Requests over the last day: lognormal latencies, and every outcome the gateway counts. */
export function makeReplay(bot: Bot, count: number, seed: number, now: number): Replay {
  const random = createRandom(seed);
  const to = Math.floor(now / hour) * hour;
  const from = to - 24 * hour;
  const requests: Request[] = [];
  const recorded: Recorded[] = [];
  for (let i = 0; i < count; i++) {
    const request = makeRequest(random, from + Math.floor(random.uniform() * (to - from)));
    requests.push(request);
    if (request.status === 202) recorded.push(...makeRun(random, bot.botId, i, request.at, to));
  }
  return { bot, from, to, requests, recorded };
}

/** In a hundred requests, how many of each outcome; the rest are the last. */
const outcomes: [percent: number, status: number, errorType: string | null][] = [
  [55, 202, null],
  [30, 200, null],
  [2, 400, null],
  [1, 401, "UNAUTHORIZED"],
  [1, 403, "WAF_FILTERED"],
  [1, 403, "INVALID_API_KEY"],
  [1, 404, null],
  [0.5, 409, null],
  [0.5, 413, "REQUEST_TOO_LARGE"],
  [3, 429, "THROTTLED"],
  [2, 429, "QUOTA_EXCEEDED"],
  // Of our own function, not of the usage plan: neither throttled nor over quota.
  [0.5, 429, null],
  [0.5, 500, null],
  [1, 502, "INTEGRATION_FAILURE"],
  [0.5, 503, null],
];

function makeRequest(random: Random, at: number): Request {
  const latencyMs = Math.round(Math.exp(5 + random.normal()));
  let dice = random.uniform() * 100;
  for (const [percent, status, errorType] of outcomes) {
    dice -= percent;
    if (dice < 0) return { at, latencyMs, status, errorType };
  }
  return { at, latencyMs, status: 504, errorType: "INTEGRATION_TIMEOUT" };
}

/** A run's entry; now and then with an overtaken attempt that was paid for, or an owner's redrive. */
function makeRun(
  random: Random,
  botId: string,
  n: number,
  acceptedAt: number,
  end: number,
): Recorded[] {
  const endOf = () => Math.min(acceptedAt + random.below(20_000), end - 1);
  const entry = makeEntry(random, botId, n, endOf());
  const all: Recorded[] = [{ entry }];
  if (random.below(40) === 0) {
    const lost = { ...makeEntry(random, botId, n, endOf()), keyId: entry.keyId, abandoned: true };
    all.push({ entry: lost, suffix: 1 + random.below(5) });
  }
  if (entry.status === "failed" && random.below(4) === 0) {
    const again = { ...makeEntry(random, botId, n, endOf()), keyId: entry.keyId };
    all.push({ entry: again, suffix: `redrive-${n}` });
  }
  return all;
}

/** Into the log that the edge writes and the ledger that workers write; some entries twice. */
export async function storeReplay(stores: Stores, { bot, requests, recorded }: Replay) {
  const format = createAccessLogFormat(bot.botId);
  const path = join(stores.dataDir, "access-logs", `${bot.restApiId}.log`);
  for (let begin = 0; begin < requests.length; begin += 10_000) {
    const lines = requests
      .slice(begin, begin + 10_000)
      .map((request) =>
        formatLine(
          format,
          new Map([
            ["requestTimeEpoch", String(request.at)],
            ["status", String(request.status)],
            ["responseLatency", String(request.latencyMs)],
            ...(request.errorType ? [["error.responseType", request.errorType] as const] : []),
          ]),
        ),
      );
    appendFileSync(path, `${lines.join("\n")}\n`);
  }
  await stores.record(recorded);
  const again = recorded.filter((_, i) => i % 100 === 0);
  let writtenTwice = 0;
  for (const { entry, suffix } of again) {
    const clock = { now: () => entry.finishedAt, sleep: async () => undefined };
    if (await Ledger.record({ table: stores.table, clock }, entry, suffix)) writtenTwice += 1;
  }
  return { redelivered: again.length, writtenTwice };
}
