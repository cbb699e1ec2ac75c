/**
 * All measurements of what a request costs: `npm run bench [-- --only accept,health] [--rounds N]
 * [--seconds N] [--bots N]`. Prints JSON and a table; what counts are the ratios, of contestants that take turns
 * on one machine.
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { manyBots } from "./paths/many-bots.ts";
import { startNaive } from "./paths/naive.ts";
import { startOutlet } from "./paths/outlet.ts";
import { accepting, answering, health } from "./paths/orders.ts";
import { compare, type Contestant, ratio } from "./paths/rounds.ts";
import { startSilentModel } from "./paths/silent-model.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "accept,answer,health,bots" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "5" },
    connections: { type: "string", default: "32" },
    bots: { type: "string", default: "300" },
  },
});
const load = {
  rounds: Number(values.rounds),
  connections: Number(values.connections),
  // Until what is called all the time is compiled, on a busy machine too.
  warmUpMs: 4_000,
  durationMs: Number(values.seconds) * 1_000,
};

async function accept() {
  const model = await startSilentModel();
  const args = ["--model-backend", "openai", "--openai-base-url", model.url];
  try {
    const figures = await compare(
      [
        { name: "naive", start: startNaive, order: accepting },
        { name: "outlet", start: () => startOutlet({ args }), order: accepting },
      ],
      load,
    );
    return { figures, ratio: ratio(figures["outlet"], figures["naive"]) };
  } finally {
    model.stop();
  }
}

async function bots() {
  const model = await startSilentModel();
  const args = ["--model-backend", "openai", "--openai-base-url", model.url];
  try {
    return await manyBots(Number(values.bots), args, load);
  } finally {
    model.stop();
  }
}

async function answer() {
  const contestants: Contestant[] = [
    { name: "naive accept", start: startNaive, order: accepting },
    { name: "outlet", start: () => startOutlet({}), order: answering },
  ];
  const figures = await compare(contestants, load);
  return { figures, ratio: ratio(figures["outlet"], figures["naive accept"]) };
}

async function healthOf() {
  const contestants: Contestant[] = [
    { name: "naive accept", start: startNaive, order: accepting },
    { name: "outlet", start: () => startOutlet({}), order: health },
  ];
  const figures = await compare(contestants, load);
  return { figures, ratio: ratio(figures["outlet"], figures["naive accept"]) };
}

const parts = { accept, answer, health: healthOf, bots };
const machine = {
  date: new Date().toISOString(),
  node: process.version,
  cores: cpus().length,
  model: cpus()[0]?.model,
  loadAverageBefore: loadavg()[0],
};
const only = values.only.split(",");
const results: Record<string, unknown> = {};
for (const [name, run] of Object.entries(parts)) {
  if (only.includes(name)) results[name] = await run();
}
process.stdout.write(
  `${JSON.stringify({ ...machine, loadAverageAfter: loadavg()[0], results }, null, 2)}\n`,
);
