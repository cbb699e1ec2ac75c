import { createHash } from "node:crypto";
import { type Episode, playEpisode } from "./episode.ts";
import {
  chooseBudgets,
  choosePlan,
  type Plan,
  planOfKillPoint,
  planOfStorm,
  type Scenario,
  scenarios,
} from "./plan.ts";
import { createPrng } from "./prng.ts";
import type { Speak } from "./scripted-model.ts";
import { startWireModel } from "./wire-model.ts";
import type { Lane, Stores } from "./stores.ts";

export interface CampaignOptions {
  seed: string;
  /** Accepted messages at least. */
  runs: number;
  /** Episodes played side by side. */
  lanes: number;
  /** Only this one. */
  episode?: string | undefined;
  /** Without the deaths at each await point. */
  randomOnly?: boolean;
  /** What goes wrong in every episode that the seed chooses. */
  profile?: string | undefined;
  /** Whether every bot has a budget that hardly suffices. */
  budgets?: boolean;
  stores: Stores;
  say: (line: string) => void;
}

export interface Report {
  episodes: number;
  runs: number;
  acknowledged: number;
  /** Messages that a budget did not suffice for. */
  refused: number;
  steps: number;
  faults: Map<string, number>;
  statuses: Map<string, number>;
  abandoned: number;
  failures: { episode: string; found: Episode }[];
  /** Calls of the model that went over the wire. */
  wireCalls: number;
  /** Of all logs: the same seed has the same. */
  digest: string;
}

/** Plays episodes until enough messages have been accepted, or one has gone wrong. */
export async function playCampaign(options: CampaignOptions): Promise<Report> {
  const { seed, runs, lanes, stores, say } = options;
  const report: Report = {
    episodes: 0,
    runs: 0,
    acknowledged: 0,
    refused: 0,
    steps: 0,
    faults: new Map(),
    statuses: new Map(),
    abandoned: 0,
    failures: [],
    wireCalls: 0,
    digest: "",
  };
  const logs = new Map<string, string>();
  const begun = performance.now();
  let nextMark = 500;
  const next = options.episode ? only(options.episode) : episodesOf(options.randomOnly ?? false);
  const tally = (name: string, found: Episode) => {
    report.episodes += 1;
    report.runs += found.accepted;
    report.acknowledged += found.acknowledged;
    report.refused += found.refused;
    report.steps += found.steps;
    report.abandoned += found.abandoned;
    for (const [kind, count] of found.faults) add(report.faults, kind, count);
    for (const [status, count] of Object.entries(found.statuses)) {
      add(report.statuses, status, count);
    }
    logs.set(name, found.log.join("\n"));
    if (found.violation) report.failures.push({ episode: name, found });
  };
  const work = async (lane: Lane, speak: Speak) => {
    while (report.runs < runs && report.failures.length === 0) {
      const { value: name } = next.next();
      if (name === undefined) return;
      tally(name, await playNamed(name, { ...options, stores, lane, speak }));
      if (report.runs < nextMark) continue;
      nextMark = report.runs + 500;
      say(`  ${report.runs} runs, ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    }
  };
  const wire = await startWireModel();
  try {
    const lanesOpen = Array.from({ length: lanes }, (_, i) => stores.openLane(i));
    await Promise.all(lanesOpen.map(async (lane) => work(await lane, wire.speak)));
    for (const { episode, found } of report.failures) {
      const lane = await stores.openLane(lanes);
      const play = (leftOut: ReadonlySet<number>) =>
        playNamed(episode, { ...options, stores, lane, speak: wire.speak, leftOut });
      tell(episode, options, await minimize(found, play));
    }
  } finally {
    report.wireCalls = wire.calls;
    await wire.close();
  }
  report.digest = digestOf(logs);
  summarize(report, (performance.now() - begun) / 1000, seed, say);
  return report;
}

/** Leaves out one fault after the other, as long as the same goes wrong without it. */
async function minimize(
  found: Episode,
  play: (leftOut: ReadonlySet<number>) => Promise<Episode>,
): Promise<Episode> {
  let smallest = found;
  let leftOut = new Set<number>();
  const count = [...found.faults.values()].reduce((sum, n) => sum + n, 0);
  for (let number = count; number >= 1; number--) {
    const fewer = new Set([...leftOut, number]);
    const again = await play(fewer);
    if (again.violation?.invariant !== found.violation?.invariant) continue;
    smallest = again;
    leftOut = fewer;
  }
  return smallest;
}

function tell(
  episode: string,
  { seed, profile, budgets, say }: Pick<CampaignOptions, "seed" | "profile" | "budgets" | "say">,
  found: Episode,
): void {
  say(`\nEpisode ${episode} of seed ${seed}, without the faults that do not matter`);
  for (const line of found.log) if (!line.includes("sweeper query")) say(`  ${line}`);
  say(`Violated: ${found.violation?.message}`);
  const more =
    (profile === undefined ? "" : ` --profile "${profile}"`) + (budgets ? " --budgets" : "");
  say(`Repeat it with: npm run test:faults -- --seed ${seed} --episode ${episode}${more}`);
}

function summarize(report: Report, seconds: number, seed: string, say: (line: string) => void) {
  const list = (counts: Map<string, number>) =>
    [...counts]
      .sort()
      .map(([name, count]) => `${name} ${count}`)
      .join(", ") || "none";
  say(
    `seed ${seed}: ${report.runs} runs (${report.acknowledged} acknowledged) in ${report.episodes} episodes, ${report.steps} steps, ${seconds.toFixed(1)} s, digest ${report.digest}`,
  );
  say(
    `  ended: ${list(report.statuses)}; ${report.abandoned} paid attempts abandoned, ${report.wireCalls} model calls over the wire`,
  );
  say(`  faults: ${list(report.faults)}`);
  say(`${report.episodes - report.failures.length} passed, ${report.failures.length} failed`);
}

/** A death at every await point first, then whatever the seed thinks of. */
function* episodesOf(randomOnly: boolean): Generator<string, undefined> {
  for (let call = 1; call <= killPointsMax && !randomOnly; call++) {
    for (const scenario of Object.keys(scenarios)) {
      yield `${scenario}-before-${call}`;
      yield `${scenario}-after-${call}`;
    }
  }
  for (let i = 0; ; i++) yield String(i);
}

function* only(name: string): Generator<string, undefined> {
  yield name;
}

/** Calls of ports that two messages take, with some to spare. */
const killPointsMax = 45;

function playNamed(
  name: string,
  options: CampaignOptions & { lane: Lane; speak: Speak; leftOut?: ReadonlySet<number> },
): Promise<Episode> {
  const seed = `${options.seed}/${name}`;
  const plan = planOf(name, seed, options.profile);
  const chosen = () => (options.budgets ? chooseBudgets(createPrng(`${seed}/budget`)) : null);
  return playEpisode({ ...options, seed, plan: { ...plan, budgets: plan.budgets ?? chosen() } });
}

function planOf(name: string, seed: string, profile: string | undefined): Plan {
  if (name === "storm") return planOfStorm(createPrng(`${seed}/plan`));
  const [scenario, when, call] = name.split("-");
  if (isScenario(scenario) && (when === "before" || when === "after")) {
    return planOfKillPoint(scenario, { when, call: Number(call) });
  }
  if (!isEpisode(name)) throw new RangeError(`There is no episode ${name}.`);
  return choosePlan(createPrng(`${seed}/plan`), profile);
}

/** Whether an episode may be of that name. */
export const isEpisode = (name: string): boolean => {
  const [scenario, when, call, ...more] = name.split("-");
  if (name === "storm" || /^\d+$/.test(name)) return true;
  if (!isScenario(scenario) || (when !== "before" && when !== "after")) return false;
  return more.length === 0 && /^\d+$/.test(call ?? "");
};

const isScenario = (name = ""): name is Scenario => Object.hasOwn(scenarios, name);

function digestOf(logs: Map<string, string>): string {
  const hash = createHash("sha256");
  for (const name of [...logs.keys()].sort()) hash.update(`${name}\n${logs.get(name)}\n`);
  return hash.digest("hex").slice(0, 12);
}

const add = (counts: Map<string, number>, name: string, more: number) =>
  counts.set(name, (counts.get(name) ?? 0) + more);
