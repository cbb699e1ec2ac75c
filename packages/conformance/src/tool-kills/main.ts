/**
 * `npm run test:tool-kills [-- --seeds N] [--seed S]`: processes die, or stand still, at any of their
 * awaits while a bot calls tools. Of each plan every call of a port is tried as the place of the first
 * stop where `--every` is given; else the seed chooses.
 */
import { parseArgs } from "node:util";
import { runSeeds } from "./campaign.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "500" },
    seed: { type: "string" },
    every: { type: "boolean", default: false },
  },
});
const seeds =
  values.seed === undefined
    ? Array.from({ length: Number(values.seeds) }, (_, at) => String(at))
    : [values.seed];
const report = await runSeeds(seeds, { every: values.every });
for (const { seed, wrong } of report.failures) {
  process.stdout.write(`seed ${seed}: ${wrong.join("; ")}\n`);
}
const { episodes, stops, calls, unknown, statuses } = report;
process.stdout.write(
  `${episodes} episodes, ${stops} stops, ${calls} calls carried out, ${unknown} unknown, ended ${JSON.stringify(statuses)}\n`,
);
process.stdout.write(
  `${episodes - report.failures.length} passed, ${report.failures.length} failed\n`,
);
process.exitCode = report.failures.length === 0 && stops > 0 ? 0 : 1;
