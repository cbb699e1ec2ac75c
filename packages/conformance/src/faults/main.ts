import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, UsageError, wholeNumber } from "../command-line.ts";
import { isEpisode, playCampaign } from "./campaign.ts";
import { judgeMutants } from "./judge-mutants.ts";
import { createMemoryStores } from "./memory-stores.ts";
import { profiles } from "./plan.ts";
import { startEmbeddedStores, type Stores } from "./stores.ts";

const usage = `Looks for a way to break the run protocol.

  npm run test:faults -- [--seed S] [--runs N] [--backend B]

Plays episodes of the real handlers against real stores, in which everything goes wrong that may,
until N messages have been accepted, and checks all of them. The same seed repeats the same episodes.
Ends with a line "N passed, N failed", and non-zero if anything failed.

  --seed S       any text; chosen and printed where absent
  --runs N       messages accepted at least, 1 to 1000000 (2000)
  --backend B    embedded (the default): the stores of the embedded runtime, over the wire
                 memory: many runs in little time
                 ministack: an independent emulator behind a proxy that throttles, resets and
                 loses replies; installed into .tools/ where it is not there
  --episode E    only this one, as a failure names it
  --lanes N      episodes played side by side, 1 to 32 (4); changes nothing in any of them
  --profile P    what goes wrong in all episodes that the seed chooses, such as "workers die"
  --budgets      every bot has a budget that hardly suffices
  --random-only  without the deaths at each await point, which come first
  --mutants      takes each load-bearing condition out of the code, one at a time, and fails unless
                 each is missed; in memory unless --backend says otherwise
  --mutant TEXT  only those with this in their name`;

const say = (line: string) => process.stdout.write(`${line}\n`);
const backends = ["embedded", "memory", "ministack"];

await runProgram(
  usage,
  {
    seed: { type: "string", default: String(Date.now() % 100_000) },
    runs: { type: "string", default: "2000" },
    episode: { type: "string" },
    lanes: { type: "string", default: "4" },
    "random-only": { type: "boolean", default: false },
    budgets: { type: "boolean", default: false },
    backend: { type: "string" },
    profile: { type: "string" },
    mutants: { type: "boolean", default: false },
    mutant: { type: "string" },
  },
  async ({ seed, episode, backend, profile, mutants, mutant, budgets, ...others }) => {
    const { "random-only": randomOnly, ...numbers } = others;
    const runs = wholeNumber("--runs", numbers.runs, [1, 1_000_000]);
    const lanes = wholeNumber("--lanes", numbers.lanes, [1, 32]);
    if (backend !== undefined && !backends.includes(backend)) {
      throw new UsageError(`--backend must be one of ${backends.join(", ")}, not "${backend}".`);
    }
    if (profile !== undefined && !Object.hasOwn(profiles, profile)) {
      const names = Object.keys(profiles).map((name) => `"${name}"`);
      throw new UsageError(`--profile must be one of ${names.join(", ")}, not "${profile}".`);
    }
    if (episode !== undefined && !isEpisode(episode)) {
      throw new UsageError(`--episode: there is none of the name "${episode}".`);
    }
    if (mutants || mutant !== undefined) {
      const missed = await judgeMutants({ seed, backend: backend ?? "memory", only: mutant, say });
      process.exitCode = missed === 0 ? 0 : 1;
      return;
    }
    say(`seed ${seed}`);
    await withStores(backend ?? "embedded", async (stores) => {
      const chosen = { seed, runs, lanes, episode, profile, randomOnly, budgets };
      const report = await playCampaign({ ...chosen, stores, say });
      process.exitCode = report.failures.length === 0 && report.episodes > 0 ? 0 : 1;
    });
  },
);

async function withStores(backend: string, use: (stores: Stores) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-faults-"));
  const stores = await startStores(backend, dataDir);
  try {
    await use(stores);
  } finally {
    await stores.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function startStores(backend: string, dataDir: string): Promise<Stores> {
  if (backend === "memory") return createMemoryStores();
  if (backend === "embedded") return startEmbeddedStores(dataDir);
  const { installReferees } = await import("../referees/install.ts");
  const { startReferees } = await import("../referees/start.ts");
  const { startMinistackStores } = await import("./ministack.ts");
  const referees = await startReferees(await installReferees());
  const ministack = await startMinistackStores(referees.endpoints.ministack);
  return {
    ...ministack,
    async close() {
      say(`  on the wire: ${JSON.stringify(await ministack.fired())}`);
      await ministack.close();
      await referees.stop();
    },
  };
}
