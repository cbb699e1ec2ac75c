import { fileURLToPath } from "node:url";
import { UsageError } from "../command-line.ts";
import { outputOf } from "../referees/command.ts";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./mutants.ts";

/** Runs within which a missing condition has to show. */
const runsMax = 24_000;

/**
 * Takes out one condition after the other and expects the harness to miss it.
 * @returns how many were not missed.
 */
export async function judgeMutants(options: {
  seed: string;
  backend: string;
  /** Part of a name. */
  only: string | undefined;
  say: (line: string) => void;
}): Promise<number> {
  const { only, say } = options;
  const chosen = mutants.filter(({ name }) => only === undefined || name.includes(only));
  if (chosen.length === 0) throw new UsageError(`--mutant: none has "${only}" in its name.`);
  let missed = 0;
  say("| taken out of the code | caught by | after runs | seconds |\n|---|---|---|---|");
  for (const mutant of chosen) {
    const begun = performance.now();
    const output = await play(mutant, options);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const caughtBy = /^Violated: (\w+)/m.exec(output)?.[1];
    const runs = /^seed \S+: (\d+) runs/m.exec(output)?.[1];
    if (!caughtBy) missed += 1;
    say(`| ${mutant.name} | ${caughtBy ?? "NOTHING"} | ${runs ?? "-"} | ${seconds} |`);
    if (!runs) say(output);
  }
  say(`${chosen.length - missed} passed, ${missed} failed`);
  return missed;
}

function play(
  mutant: Mutant,
  { seed, backend }: { seed: string; backend: string },
): Promise<string> {
  const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const args = ["--import", here("mutation-hook.ts"), here("main.ts")];
  const profile = mutant.profile === undefined ? [] : ["--profile", mutant.profile];
  const budgets = mutant.budgets ? ["--budgets"] : [];
  return outputOf(
    process.execPath,
    [
      ...[...args, "--seed", seed, "--runs", String(runsMax), "--random-only"],
      ...["--backend", backend, ...profile, ...budgets],
    ],
    { env: { ...process.env, OUTLET_FAULTS_MUTANT: mutant.name } },
  );
}
