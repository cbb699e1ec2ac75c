/**
 * Looks for a way to break the run protocol: `npm run test:faults -- --seed S --runs N`.
 *
 * Plays episodes of the real handlers against real stores, in which everything goes wrong that may,
 * until N messages have been accepted, and checks all of them. The same seed repeats the same
 * episodes. `--episode E` plays one of them, `--mutants` takes out one condition of the protocol
 * after the other and fails unless each is missed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { judgeMutants } from "./judge-mutants.ts";
import { playCampaign } from "./campaign.ts";
import { createMemoryStores } from "./memory-stores.ts";
import { startEmbeddedStores, type Stores } from "./stores.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 100_000) },
    runs: { type: "string", default: "2000" },
    episode: { type: "string" },
    lanes: { type: "string", default: "4" },
    "random-only": { type: "boolean", default: false },
    backend: { type: "string" },
    mutants: { type: "boolean", default: false },
    mutant: { type: "string" },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);

if (values.mutants || values.mutant !== undefined) {
  const missed = await judgeMutants({
    seed: values.seed,
    backend: values.backend ?? "memory",
    only: values.mutant,
    say,
  });
  process.exit(missed === 0 ? 0 : 1);
}

const dataDir = await mkdtemp(join(tmpdir(), "outlet-faults-"));
const stores = await startStores();
try {
  const report = await playCampaign({
    seed: values.seed,
    runs: Number(values.runs),
    lanes: Number(values.lanes),
    episode: values.episode,
    stores,
    randomOnly: values["random-only"],
    say,
  });
  process.exitCode = report.failures.length === 0 ? 0 : 1;
} finally {
  await stores.close();
  await rm(dataDir, { recursive: true, force: true });
}

/** `--backend ministack`: an independent emulator, behind a proxy that injects AWS-shaped faults. */
async function startStores(): Promise<Stores> {
  if ((values.backend ?? "embedded") === "embedded") return startEmbeddedStores(dataDir);
  if (values.backend === "memory") return createMemoryStores();
  if (values.backend !== "ministack") {
    throw new Error("--backend is embedded, ministack or memory.");
  }
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
