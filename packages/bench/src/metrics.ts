/**
 * `npm run bench:metrics [-- --runs 1000000] [--skip-replay]`: whether the figures are right, and whether reading
 * them stays cheap.
 *
 * First a replay of 100,000 requests of known distribution: counts exact, quantiles within 1 %, cost
 * equal to a recomputation that shares no code with the product. Then the same questions to a table
 * that grows to `--runs` runs (100,000 where absent), almost all outside of what is asked for.
 * Prints JSON and exits non-zero where a bound is broken.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkReplay, makeReplay, storeReplay } from "./metrics/replay.ts";
import { growTo } from "./metrics/scale.ts";
import { type Bot, createPublishedBot, openStores, withRuntime } from "./metrics/stack.ts";
import { measurePage, readCost } from "./metrics/measure.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    "skip-replay": { type: "boolean", default: false },
  },
});
const runsMax = Number(values.runs);
if (!Number.isInteger(runsMax) || runsMax < 10_000)
  throw new RangeError("--runs is 10000 at least");

type Page = Awaited<ReturnType<typeof measurePage>>;
type Read = Awaited<ReturnType<typeof readCost>>;
interface Scale extends Page, Read {
  runs: number;
  writeSeconds: number;
}

const pageP95MaxMs = 200;
const dataDir = await mkdtemp(join(tmpdir(), "outlet-bench-metrics-"));
const say = (line: string) => process.stderr.write(`${line}\n`);
try {
  const faults: string[] = [];
  const bot = await createPublishedBot(dataDir);
  const replayed = values["skip-replay"] ? null : await replayRequests(bot, faults);

  const scaled = await createPublishedBot(dataDir);
  const scales: Scale[] = [];
  for (const runs of [10_000, 100_000, 1_000_000].filter((n) => n <= runsMax)) {
    say(`Growing the table to ${runs.toLocaleString("en")} runs …`);
    const beganAt = performance.now();
    let writeSeconds = 0;
    const read = await openStores(dataDir, async (stores) => {
      await growTo(stores, scaled, runs, dataDir);
      writeSeconds = Math.round((performance.now() - beganAt) / 1000);
      return readCost(stores, scaled);
    });
    const page = await withRuntime(dataDir, (clients) => measurePage(clients, scaled));
    say(JSON.stringify({ runs, writeSeconds, ...read, page: page.page }));
    scales.push({ runs, writeSeconds, ...read, ...page });
    if (page.page.p95Ms > pageP95MaxMs) {
      faults.push(
        `At ${runs} runs the page takes ${page.page.p95Ms} ms (p95), not ${pageP95MaxMs}.`,
      );
    }
  }
  const reads = new Set(scales.map(({ itemsRead }) => JSON.stringify(itemsRead)));
  if (reads.size > 1) faults.push(`The items read grow with the table: ${[...reads].join(", ")}`);
  const report = { replay: replayed, scales, faults };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function replayRequests(bot: Bot, faults: string[]) {
  say("Replaying 100,000 requests …");
  const replay = makeReplay(bot, 100_000, Date.now());
  const stored = await openStores(dataDir, (stores) => storeReplay(stores, replay));
  const checked = await withRuntime(dataDir, (clients) => checkReplay(clients, replay));
  faults.push(...checked.faults, ...stored.faults);
  return { ...checked.figures, redelivered: stored.redelivered };
}
