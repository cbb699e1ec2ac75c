import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createAccessLogFormat } from "@outlet/aws/published-stack/access-log-format";
import { Usage } from "@outlet/core/usage";
import { formatLine } from "@outlet/local/edge/access-log";
import type { Client } from "@outlet/local/runtime/runtime-fixture";
import { createRandom, type Random } from "./random.ts";
import type { Bot, Clients, Stores } from "./stack.ts";

interface Request {
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
  entries: Usage.Entry[];
}

const minute = 60_000;
const hour = 60 * minute;
const version = "2026-11-22";
/** Micro-USD for a million tokens, from the price list and not from our catalog. */
const prices: Record<string, [input: number, output: number, read: number, write: number]> = {
  "claude-v4.5-haiku": [1_000_000, 5_000_000, 100_000, 1_250_000],
  "claude-v4.5-sonnet": [3_000_000, 15_000_000, 300_000, 3_750_000],
};

/** Requests over the last day: lognormal latencies, and every outcome the gateway counts. */
export function makeReplay(bot: Bot, count: number, now: number): Replay {
  const random = createRandom(7);
  const to = Math.floor(now / hour) * hour;
  const from = to - 24 * hour;
  const requests: Request[] = [];
  const entries: Usage.Entry[] = [];
  for (let i = 0; i < count; i++) {
    const request = makeRequest(random, from + Math.floor(random.uniform() * (to - from)));
    requests.push(request);
    if (request.status === 200 && random.uniform() < 0.6) {
      entries.push(makeEntry(random, bot.botId, i, request.at));
    }
  }
  return { bot, from, to, requests, entries };
}

function makeRequest(random: Random, at: number): Request {
  const latencyMs = Math.round(Math.exp(5 + random.normal()));
  const dice = random.uniform();
  if (dice < 0.9) return { at, latencyMs, status: 200, errorType: null };
  if (dice < 0.93) return { at, latencyMs, status: 404, errorType: null };
  if (dice < 0.96) return { at, latencyMs, status: 429, errorType: "THROTTLED" };
  if (dice < 0.98) return { at, latencyMs, status: 429, errorType: "QUOTA_EXCEEDED" };
  return { at, latencyMs, status: 502, errorType: "INTEGRATION_FAILURE" };
}

export function makeEntry(random: Random, botId: string, n: number, at: number): Usage.Entry {
  const model = random.uniform() < 0.7 ? "claude-v4.5-haiku" : "claude-v4.5-sonnet";
  const tokens = {
    inputTokens: random.below(4_000),
    outputTokens: random.below(1_500),
    cacheReadInputTokens: random.below(3) === 0 ? random.below(20_000) : 0,
    cacheWriteInputTokens: random.below(5) === 0 ? random.below(5_000) : 0,
  };
  const failed = random.below(50) === 0;
  const [input, output, cacheRead, cacheWrite] = prices[model] ?? [0, 0, 0, 0];
  return {
    ...tokens,
    botId,
    runId: `01RUN${String(n).padStart(21, "0")}`,
    keyId: `01KEY${String(random.below(8)).padStart(21, "0")}`,
    clientId: "client",
    model,
    status: failed ? "failed" : "completed",
    finishedAt: at,
    costMicroUsd: Usage.cost({ input, output, cacheRead, cacheWrite }, tokens),
    priceVersion: version,
    queueMs: random.below(200),
    firstTokenMs: 100 + random.below(900),
    runMs: 500 + random.below(9_000),
    errorCode: failed ? "model_error" : null,
    abandoned: false,
  };
}

/** Into the log that the edge writes and the ledger that workers write; some entries twice. */
export async function storeReplay(stores: Stores, { bot, requests, entries }: Replay) {
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
  await stores.record(entries);
  const again = entries.filter((_, i) => i % 100 === 0);
  let written = 0;
  for (const entry of again) {
    const clock = { now: () => entry.finishedAt, sleep: async () => undefined };
    if (await Usage.record({ table: stores.table, clock }, entry)) written += 1;
  }
  const faults = written > 0 ? [`${written} redelivered runs were written twice.`] : [];
  return { redelivered: again.length, faults };
}

export async function checkReplay({ owner, admin }: Clients, replay: Replay) {
  const { bot, from, to } = replay;
  const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  const path = `/bots/${bot.botId}/publication`;
  const ask = async (client: Client, target: string) => {
    const reply = await client("GET", target);
    if (reply.status !== 200) throw new Error(`${target}: ${reply.text}`);
    return reply.json;
  };
  const metrics = await ask(owner, `${path}/metrics?${range}&period=60`);
  const usage = await ask(owner, `${path}/usage?${range}&by=hour`);
  const costs = await ask(admin, `/admin/costs?${range}&by=key`);
  const truth = summarize(replay);
  const faults: string[] = [];
  const expect = (name: string, found: unknown, wanted: unknown) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      faults.push(`${name}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
    }
  };
  for (const [name, wanted] of Object.entries(truth.counts))
    expect(name, metrics.totals[name], wanted);
  const perMinute = metrics.points.flatMap((p: { at: string; requests: number | null }) =>
    p.requests === null ? [] : [[Date.parse(p.at), p.requests]],
  );
  expect("requests by the minute", perMinute, truth.perMinute);
  const quantiles = truth.quantiles.map(({ name, exact }) => {
    const found: number = metrics.totals[name];
    const error = Math.abs(found / exact - 1);
    if (error > 0.01) faults.push(`${name}: ${found}, not within 1 % of ${exact}`);
    return { name, exact, found, errorPercent: Math.round(error * 1e5) / 1e3 };
  });
  expect("runs", usage.total.runs, replay.entries.length);
  expect(
    "failed runs",
    usage.total.failed,
    replay.entries.filter((e) => e.status === "failed").length,
  );
  expect("cost", usage.total.costMicroUsd, truth.costMicroUsd);
  const sum = (groups: { costMicroUsd: number }[]) =>
    groups.reduce((total, { costMicroUsd }) => total + costMicroUsd, 0);
  expect("sum of the hours' cost", sum(usage.groups), truth.costMicroUsd);
  expect("sum of the keys' cost", sum(costs.groups), costs.totalMicroUsd);
  expect("cost over all bots", costs.totalMicroUsd, truth.costMicroUsd);
  const shares = costs.groups.map((g: { shareBasisPoints: number }) => g.shareBasisPoints);
  expect(
    "shares",
    shares.reduce((a: number, b: number) => a + b, 0),
    10_000,
  );
  const figures = { counts: truth.counts, quantiles, costMicroUsd: truth.costMicroUsd };
  return { faults, figures };
}

/** What the figures have to be, from the requests themselves. */
function summarize({ requests, entries }: Replay) {
  const count = (holds: (request: Request) => boolean) => requests.filter(holds).length;
  const latencies = requests.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const minutes = new Map<number, number>();
  for (const { at } of requests) {
    const begin = at - (at % minute);
    minutes.set(begin, (minutes.get(begin) ?? 0) + 1);
  }
  return {
    counts: {
      requests: requests.length,
      clientErrors: count(({ status }) => status >= 400 && status < 500),
      serverErrors: count(({ status }) => status >= 500),
      throttled: count(({ errorType }) => errorType === "THROTTLED"),
      quotaExceeded: count(({ errorType }) => errorType === "QUOTA_EXCEEDED"),
    },
    quantiles: [50, 90, 99].map((percent) => ({
      name: `p${percent}`,
      exact: latencies[Math.floor((percent / 100) * (latencies.length - 1))] ?? 0,
    })),
    perMinute: [...minutes].sort(([a], [b]) => a - b),
    costMicroUsd: Number(entries.reduce((sum, entry) => sum + exactCost(entry), 0n)),
  };
}

/** In whole numbers throughout: a millionth of a micro-USD is the unit, rounded once at the end. */
function exactCost(entry: Usage.Entry): bigint {
  const [input, output, read, write] = (prices[entry.model] ?? [0, 0, 0, 0]).map(BigInt);
  const units =
    BigInt(entry.inputTokens) * (input ?? 0n) +
    BigInt(entry.outputTokens) * (output ?? 0n) +
    BigInt(entry.cacheReadInputTokens) * (read ?? 0n) +
    BigInt(entry.cacheWriteInputTokens) * (write ?? 0n);
  return (units + 500_000n) / 1_000_000n;
}
