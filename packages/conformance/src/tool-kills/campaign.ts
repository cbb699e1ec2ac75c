import { play } from "./episode.ts";
import { complaints } from "./judge.ts";
import { type Plan, planOf } from "./plan.ts";
import type { Stop } from "./fuse.ts";

/** About how many calls of ports an attempt makes: a stop behind the last of them is none. */
const callsMax = 40;

/** Plays each seed's plan; with `every`, once for each of its calls and each way to stop there. */
export async function runSeeds(
  seeds: readonly string[],
  { every = false }: { every?: boolean } = {},
) {
  const failures: { seed: string; wrong: string[] }[] = [];
  const statuses: Record<string, number> = {};
  const sums = { episodes: 0, stops: 0, calls: 0, unknown: 0 };
  for (const seed of seeds) {
    for await (const plan of every ? plansOf(seed) : [planOf(seed, callsMax)]) {
      const episode = await play(plan);
      const wrong = complaints(episode);
      const name = every ? `${seed} at ${JSON.stringify(plan.stops)}` : seed;
      if (wrong.length > 0) failures.push({ seed: name, wrong });
      sums.episodes += 1;
      sums.stops += episode.stopsReached;
      sums.calls += episode.carriedOut.size;
      sums.unknown += episode.run.unknownCalls;
      const { status } = episode.run;
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }
  return { failures, statuses, ...sums };
}

const hows: readonly Stop[] = ["before", "after", "stall"];

async function* plansOf(seed: string): AsyncGenerator<Plan> {
  const plan = { ...planOf(seed, callsMax), stops: [] };
  const { callsOfLast } = await play(plan);
  for (let at = 1; at <= callsOfLast; at++) {
    for (const how of hows) yield { ...plan, stops: [{ at, how }] };
  }
}
