import * as v from "valibot";
import * as Members from "../../foundation/members/index.ts";
import { Quantiles } from "../metrics/quantiles.ts";
import * as Ledger from "../../records/ledger/index.ts";

const accuracy = 0.01;

/** How long something took, over many runs. */
export class Durations {
  count = 0;
  sum = 0;
  max = 0;
  /** `null` where a part came without its distribution. */
  quantiles: Quantiles | null = new Quantiles(accuracy);

  add(ms: number | null): void {
    if (ms === null) return;
    this.count += 1;
    this.sum += ms;
    this.max = Math.max(this.max, ms);
    this.quantiles?.add(ms);
  }
}

/** In the order in which they are stored: a new one goes to the end, older sums have 0 of it. */
const counts = [
  "runs",
  "completed",
  "failed",
  "cancelled",
  "incomplete",
  "abandoned",
  "inputTokens",
  "outputTokens",
  "cacheReadInputTokens",
  "cacheWriteInputTokens",
  "costMicroUsd",
  "utilityRuns",
  "utilityCostMicroUsd",
] as const;
type Counts = Record<(typeof counts)[number], number>;

const durations = ["queueMs", "firstTokenMs", "runMs"] as const;

/** What some runs used, added up. Adding is all it does: never an average of averages. */
export class Tally {
  readonly counts = Object.fromEntries(counts.map((name) => [name, 0])) as Counts;
  readonly errors = new Map<string, number>();
  readonly queueMs = new Durations();
  readonly firstTokenMs = new Durations();
  readonly runMs = new Durations();

  add(entry: Ledger.Entry): void {
    // Paid for, but no run's answer: cost and tokens only.
    if (entry.abandoned) this.counts.abandoned += 1;
    if (Ledger.isRun(entry)) {
      this.counts.runs += 1;
      if (isOutcome(entry.status)) this.counts[entry.status] += 1;
      if (entry.errorCode) count(this.errors, entry.errorCode, 1);
      for (const name of durations) this[name].add(entry[name]);
      if (entry.utility) this.counts.utilityRuns += 1;
    }
    if (entry.utility) this.counts.utilityCostMicroUsd += entry.costMicroUsd;
    this.counts.inputTokens += entry.inputTokens;
    this.counts.outputTokens += entry.outputTokens;
    this.counts.cacheReadInputTokens += entry.cacheReadInputTokens;
    this.counts.cacheWriteInputTokens += entry.cacheWriteInputTokens;
    this.counts.costMicroUsd += entry.costMicroUsd;
  }

  /** Adds what {@link encode} made of another. */
  merge(stored: StoredTally): void {
    const [numbers, errors, ...times] = stored;
    counts.forEach((name, i) => {
      this.counts[name] += numbers[i] ?? 0;
    });
    for (const [code, times] of Object.entries(errors)) count(this.errors, code, times);
    durations.forEach((name, i) => merge(this[name], times[i]));
  }

  encode(withQuantiles: boolean): StoredTally {
    const [queue, first, run] = durations.map((name): StoredDurations => {
      const { count, sum, max, quantiles } = this[name];
      const bytes = withQuantiles && count > 0 ? quantiles?.encode() : undefined;
      return [count, sum, max, bytes ? Buffer.from(bytes).toString("base64") : null];
    });
    const numbers = counts.map((name) => this.counts[name]);
    const none: StoredDurations = [0, 0, 0, null];
    return [numbers, Object.fromEntries(this.errors), queue ?? none, first ?? none, run ?? none];
  }
}

function merge(into: Durations, stored: StoredDurations | undefined): void {
  if (!stored || stored[0] === 0) return;
  const [added, sum, max, quantiles] = stored;
  into.count += added;
  into.sum += sum;
  into.max = Math.max(into.max, max);
  if (quantiles === null) into.quantiles = null;
  else into.quantiles?.merge(Buffer.from(quantiles, "base64"));
}

const StoredDurations = v.strictTuple([v.number(), v.number(), v.number(), v.nullable(v.string())]);
type StoredDurations = v.InferOutput<typeof StoredDurations>;

export const StoredTally = v.strictTuple([
  v.array(v.number()),
  Members.of(v.string(), v.number()),
  StoredDurations,
  StoredDurations,
  StoredDurations,
]);
export type StoredTally = v.InferOutput<typeof StoredTally>;

const isOutcome = (status: string): status is "completed" | "failed" | "cancelled" | "incomplete" =>
  ["completed", "failed", "cancelled", "incomplete"].includes(status);

function count(into: Map<string, number>, name: string, times: number): void {
  into.set(name, (into.get(name) ?? 0) + times);
}
