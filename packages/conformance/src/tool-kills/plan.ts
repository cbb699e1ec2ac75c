import type { Stop } from "./fuse.ts";
import { createPrng, type Prng } from "../faults/prng.ts";

/** What the model of one episode does: rounds of calls, then an answer. */
export interface Plan {
  seed: string;
  rounds: PlannedCall[][];
  /** Where processes stop, one after the other; the last one runs to its end. */
  stops: { at: number; how: Stop }[];
}

export interface PlannedCall {
  name: "look" | "order";
  /** The tool fails: an outcome like others. */
  fails: boolean;
}

const hows = ["before", "after", "stall"] as const;

/** @param callsMax calls of ports that an attempt makes, more or less. */
export function planOf(seed: string, callsMax: number): Plan {
  const prng = createPrng(`tools ${seed}`);
  const rounds = Array.from({ length: prng.between(1, 4) }, () =>
    Array.from({ length: prng.between(1, 4) }, () => callOf(prng)),
  );
  const stops = Array.from({ length: prng.between(1, 4) }, () => ({
    at: prng.between(1, callsMax),
    how: prng.pick(hows),
  }));
  return { seed, rounds, stops };
}

const callOf = (prng: Prng): PlannedCall => ({
  name: prng.chance(0.6) ? "order" : "look",
  fails: prng.chance(0.2),
});
