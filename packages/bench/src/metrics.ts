/**
 * `npm run bench:metrics [-- --runs 1000000] [--seed 7] [--skip-replay]`: whether the figures are
 * right, and whether reading them stays cheap (docs/metrics.md).
 *
 * First a replay of 100,000 requests of known distribution, held against a recomputation that shares
 * no code with the product. Then the same questions to a table that grows to `--runs` runs (100,000
 * where absent), almost all outside of what is asked for. Prints JSON with every round, then a line
 * `N passed, N failed`; exits non-zero where a bound is broken.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Checks } from "./metrics/checks.ts";
import { measurePages, type Pages } from "./metrics/page.ts";
import { type ReadCost, readCosts, sumUp } from "./metrics/read-cost.ts";
import { makeReplay, storeReplay } from "./metrics/replay.ts";
import { checkReplay } from "./metrics/replay-checks.ts";
import { grow, sizes, startOfGrowth } from "./metrics/scale.ts";
import { type Bot, createPublishedBot, openStores, withRuntime } from "./metrics/stack.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: "7" },
    "skip-replay": { type: "boolean", default: false },
  },
});
const runsMax = whole("runs", values.runs, 10_000);
const seed = whole("seed", values.seed, 0);

const requests = 100_000;
const rounds = 100;
const pageP95MaxMs = 200;

interface Scale extends Pages {
  runs: number;
  writeSeconds: number;
  sumUpSeconds: number;
  /** Of this machine while the page was measured. */
  load: number;
  readCosts: Record<string, ReadCost>;
}

const checks = new Checks();
const dataDir = await mkdtemp(join(tmpdir(), "outlet-bench-metrics-"));
const beganAt = performance.now();
const say = (line: string) => process.stderr.write(`${seconds(beganAt)} s: ${line}\n`);
try {
  const replay = values["skip-replay"] ? null : await replayRequests();
  const scales = await measureScales();
  process.stdout.write(`${JSON.stringify({ seed, replay, scales }, null, 1)}\n`);
  for (const { name, fault } of checks.failed) process.stdout.write(`FAILED ${name}: ${fault}\n`);
  const failed = checks.failed.length;
  process.stdout.write(`\n${checks.all.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function replayRequests() {
  say(`replaying ${requests.toLocaleString("en")} requests, seed ${seed}`);
  const replay = makeReplay(await createPublishedBot(dataDir), requests, seed, Date.now());
  const stored = await openStores(dataDir, (stores) => storeReplay(stores, replay));
  checks.equal("redelivered runs that were written twice", stored.writtenTwice, 0);
  const figures = await withRuntime(dataDir, (clients) => checkReplay(clients, replay, checks));
  return { ...figures, redelivered: stored.redelivered };
}

async function measureScales(): Promise<Scale[]> {
  const bot = await createPublishedBot(dataDir);
  const now = startOfGrowth(Date.now());
  const scales: Scale[] = [];
  for (const [size, { runs }] of sizes.entries()) {
    if (runs > runsMax) break;
    const scale = await measureAt(bot, size, now);
    const { page, readCosts, load } = scale;
    for (const [name, { p50Ms, p95Ms, cpuMs, failed }] of Object.entries(page)) {
      say(`page of a ${name}: p50 ${p50Ms} ms, p95 ${p95Ms} ms, CPU ${cpuMs} ms (load ${load})`);
      checks.equal(`refusals of the page of a ${name} at ${runs} runs`, failed, 0);
      checks.atMost(`p95 of the page of a ${name} at ${runs} runs, ms`, p95Ms, pageP95MaxMs);
    }
    for (const [name, cost] of Object.entries(readCosts)) {
      checks.equal(`items read outside of the range, ${name}, at ${runs} runs`, cost.outside, 0);
      const first = scales[0]?.readCosts[name];
      if (first) checks.equal(`cost of reading, ${name}, at ${runs} runs`, cost, first);
    }
    scales.push(scale);
  }
  return scales;
}

async function measureAt(bot: Bot, size: number, now: number): Promise<Scale> {
  const runs = sizes[size]?.runs ?? 0;
  say(`growing the table to ${runs.toLocaleString("en")} runs`);
  const read = await openStores(dataDir, async (stores) => {
    const growingAt = performance.now();
    await grow(stores, bot, size, now);
    const writeSeconds = seconds(growingAt);
    say("summing up closed hours");
    const summingAt = performance.now();
    await sumUp(stores);
    const sumUpSeconds = seconds(summingAt);
    return { writeSeconds, sumUpSeconds, readCosts: await readCosts(stores, bot, now) };
  });
  say("asking for the page");
  const pages = await withRuntime(dataDir, (clients) => measurePages(clients, bot, rounds));
  return { runs, ...read, load: Math.round((loadavg()[0] ?? 0) * 10) / 10, ...pages };
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1000);
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new RangeError(`--${name} takes a whole number of ${least} or more, not "${text}".`);
}
