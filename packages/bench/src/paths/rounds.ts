import { median, type Order, type Round, round, runLoad } from "../load/load.ts";
import type { Path } from "./path.ts";

export interface Contestant {
  name: string;
  start(): Promise<Path>;
  order(path: Path): Pick<Order, "url" | "headers" | "body" | "method" | "expect">;
}

export interface Figures extends Round {
  /** As they came. */
  rounds: Round[];
}

/**
 * Round by round each contestant in a fresh process, taking turns, so that all see the same machine.
 * @param load how many connections, and how long.
 */
export async function compare(
  contestants: readonly Contestant[],
  load: { rounds: number; connections: number; warmUpMs: number; durationMs: number },
): Promise<Record<string, Figures>> {
  const { rounds, ...order } = load;
  const all: Record<string, Round[]> = {};
  for (let n = 0; n < rounds; n++) {
    // Who comes first in one round comes last in the next.
    const turn = n % 2 === 0 ? contestants : contestants.toReversed();
    for (const contestant of turn) {
      const path = await contestant.start();
      try {
        const figures = await runLoad({ ...order, ...contestant.order(path) }, path.pids);
        (all[contestant.name] ??= []).push(figures);
      } finally {
        await path.stop();
      }
    }
  }
  return Object.fromEntries(Object.entries(all).map(([name, of]) => [name, summary(of)]));
}

function summary(rounds: Round[]): Figures {
  const of = (pick: (one: Round) => number) => median(rounds.map(pick));
  const processes = Object.keys(rounds[0]?.cpuUs ?? {});
  return {
    perSecond: of((it) => it.perSecond),
    p50Ms: of((it) => it.p50Ms),
    p99Ms: of((it) => it.p99Ms),
    cpuUs: Object.fromEntries(
      processes.map((name) => [name, of((it) => it.cpuUs[name] ?? Number.NaN)]),
    ),
    rounds,
  };
}

/** How many times as many, told from the medians. */
export const ratio = (one: Figures | undefined, other: Figures | undefined): number =>
  round((one?.perSecond ?? Number.NaN) / (other?.perSecond ?? Number.NaN), 2);
