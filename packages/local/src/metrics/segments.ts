import type { MetricsRange } from "@outlet/core/ports";
import { type Segment, type Step, steps } from "./metrics-database.ts";

/**
 * What to read for a range: days where whole days are asked for, hours at their edges, and so on
 * down to minutes, never across the bounds of a period. Neighbours of one step are read in one go.
 */
export function segmentsOf({ from, to, periodSeconds }: MetricsRange): Segment[] {
  const segments: Segment[] = [];
  const period = periodSeconds * 1000;
  for (let begin = from; begin < to; begin += period) {
    for (const next of cover(begin, Math.min(begin + period, to), steps.toReversed())) {
      const last = segments.at(-1);
      if (last && last.step === next.step && last.to === next.from) last.to = next.to;
      else segments.push(next);
    }
  }
  return segments;
}

function cover(from: number, to: number, [step, ...finer]: Step[]): Segment[] {
  if (step === undefined || from >= to) return [];
  const ms = step * 1000;
  const begin = Math.ceil(from / ms) * ms;
  const end = Math.floor(to / ms) * ms;
  if (begin >= end) return cover(from, to, finer);
  return [...cover(from, begin, finer), { step, from: begin, to: end }, ...cover(end, to, finer)];
}
