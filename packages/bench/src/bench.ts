/**
 * All measurements of what a request costs: `npm run bench [-- --only accept,health] [--rounds N]
 * [--seconds N] [--bots N] [--turns N] [--hour N]`. Prints JSON, and tables of it on the standard error; what counts are
 * the ratios, of contestants that take turns on one machine. Exits non-zero where something grows that must not.
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { costOfCalls } from "./cost.ts";
import { initOfFunctions, waiting } from "./programs.ts";
import { memory } from "./memory.ts";
import { startHono } from "./paths/hono.ts";
import { manyBots } from "./paths/many-bots.ts";
import { startNaive } from "./paths/naive.ts";
import { startOutlet } from "./paths/outlet.ts";
import { accepting, answering, chatting, health } from "./paths/orders.ts";
import { installPortkey, startPortkey } from "./paths/portkey.ts";
import { compare, type Contestant, ratio } from "./paths/rounds.ts";
import { startSilentModel } from "./paths/silent-model.ts";
import { startUpstream } from "./paths/upstream.ts";
import { tableOf } from "./table.ts";
import { costOfTurns } from "./turns.ts";

const { values } = parseArgs({
  options: {
    only: {
      type: "string",
      default: "accept,answer,health,wait,gateway,bots,turns,cost,memory,init",
    },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    connections: { type: "string", default: "32" },
    bots: { type: "string", default: "300" },
    turns: { type: "string", default: "1000" },
    /** Requests a second that the part on memory makes an hour's worth of. */
    hour: { type: "string", default: "2" },
  },
});
const load = {
  rounds: Number(values.rounds),
  connections: Number(values.connections),
  // Until what is called all the time is compiled, on a busy machine too.
  warmUpMs: 4_000,
  durationMs: Number(values.seconds) * 1_000,
};
const withModel = (base: string) => ["--model-backend", "openai", "--openai-base-url", base];

async function against(title: string, contestants: Contestant[]) {
  const figures = await compare(contestants, load);
  process.stderr.write(`${title}\n${tableOf(figures)}\n`);
  const [first] = contestants;
  return { figures, ratio: ratio(figures["outlet"], figures[first?.name ?? ""]) };
}

async function accept() {
  const model = await startSilentModel();
  try {
    return await against("Accepting, a silent model holding the workers", [
      { name: "naive", start: startNaive, order: accepting },
      { name: "bare hono", start: () => startHono(), order: accepting },
      {
        name: "outlet",
        start: () => startOutlet({ args: withModel(model.url) }),
        order: accepting,
      },
    ]);
  } finally {
    model.stop();
  }
}

const answer = () =>
  against("POST with its answer from the demo model", [
    { name: "naive accept", start: startNaive, order: accepting },
    { name: "outlet", start: () => startOutlet({}), order: answering },
  ]);

const healthOf = () =>
  against("/health", [
    { name: "naive accept", start: startNaive, order: accepting },
    { name: "bare hono", start: () => startHono(), order: health },
    { name: "outlet", start: () => startOutlet({}), order: health },
  ]);

/** Chat completions with their answers, of a model that answers at once. */
async function gateway() {
  await installPortkey();
  const { base, stop } = await startUpstream();
  try {
    return await against("Chat completions of a model that answers at once", [
      { name: "portkey", start: () => startPortkey(base), order: chatting },
      { name: "bare hono", start: () => startHono(base), order: chatting },
      { name: "outlet", start: () => startOutlet({ args: withModel(base) }), order: chatting },
    ]);
  } finally {
    await stop();
  }
}

async function bots() {
  const model = await startSilentModel();
  try {
    return await manyBots(Number(values.bots), withModel(model.url), load);
  } finally {
    model.stop();
  }
}

const parts = {
  accept,
  answer,
  health: healthOf,
  wait: waiting,
  gateway,
  bots,
  turns: () => costOfTurns(Number(values.turns)),
  cost: costOfCalls,
  memory: () => memory(Number(values.hour), load.connections),
  init: initOfFunctions,
};
const only = values.only.split(",");
const unknown = only.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  throw new Error(`There is no part ${unknown.join(", ")}: ${Object.keys(parts).join(", ")}.`);
}
const machine = {
  date: new Date().toISOString(),
  node: process.version,
  cores: cpus().length,
  model: cpus()[0]?.model,
  loadAverageBefore: loadavg()[0],
};
const results: Record<string, object> = {};
for (const [name, run] of Object.entries(parts)) {
  if (only.includes(name)) results[name] = await run();
}
process.stdout.write(
  `${JSON.stringify({ ...machine, loadAverageAfter: loadavg()[0], results }, null, 2)}\n`,
);
if (Object.values(results).some((part) => "good" in part && !part.good)) process.exitCode = 1;
