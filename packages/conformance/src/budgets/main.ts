import { runProgram, wholeNumber } from "../command-line.ts";
import { playSeed } from "./seeds.ts";
import { createMemoryStores } from "../faults/memory-stores.ts";

const usage = `Looks for a way to spend more than a budget, or to lose what is held in one.

  npm run test:budgets -- [--seeds N] [--from N]

For each seed, 200 clients at once against a budget of 100 runs, then episodes of the real handlers
with bots whose budgets hardly suffice, in which everything goes wrong that may. Ends with a line
"N passed, N failed", and non-zero if anything failed.

  --seeds N  so many, 1 to 100000 (100)
  --from N   the first of them (1)`;

await runProgram(
  usage,
  { seeds: { type: "string", default: "100" }, from: { type: "string", default: "1" } },
  async (values) => {
    const seeds = wholeNumber("--seeds", values.seeds, [1, 100_000]);
    const from = wholeNumber("--from", values.from, [0, 100_000_000]);
    const stores = createMemoryStores();
    let failed = 0;
    for (let seed = from; seed < from + seeds; seed++) {
      const { problems, storm, runs, refused } = await playSeed(stores, seed);
      const said = `${storm} of 200 accepted, then ${runs} runs and ${refused} refused`;
      process.stdout.write(
        `${problems.length === 0 ? "ok    " : "FAILED"} seed ${seed}: ${said}\n`,
      );
      for (const problem of problems) process.stdout.write(`       ${problem}\n`);
      if (problems.length > 0) failed += 1;
    }
    process.stdout.write(`${seeds - failed} passed, ${failed} failed\n`);
    process.exitCode = failed === 0 ? 0 : 1;
  },
);
