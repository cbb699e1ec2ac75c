/**
 * What the figures have to be, worked out from the requests and runs themselves. Shares no code with
 * the product: not its prices, not its rounding, not its sums, not its quantiles.
 */
import type { Recorded } from "./entries.ts";
import type { Replay, Request } from "./replay.ts";

type Entry = Recorded["entry"];

/**
 * USD for a million tokens in us-east-1, on demand, as text: input, output, cache read, cache write.
 * From https://aws.amazon.com/bedrock/pricing/ (22 November 2026), and not from our catalog.
 */
const priceList: Record<string, [string, string, string, string]> = {
  "claude-v4.5-haiku": ["1", "5", "0.1", "1.25"],
  "claude-v4.5-sonnet": ["3", "15", "0.3", "3.75"],
  "amazon-nova-pro": ["0.8", "3.2", "0.2", "0.8"],
  "amazon-nova-micro": ["0.035", "0.14", "0.00875", "0.035"],
};

export interface UsageTruth {
  runs: number;
  completed: number;
  failed: number;
  cancelled: number;
  incomplete: number;
  abandonedAttempts: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheWriteInputTokens: number;
  costMicroUsd: number;
  utilityRuns: number;
  utilityCostMicroUsd: number;
}

export function gatewayTruth({ requests }: Replay) {
  const count = (holds: (request: Request) => boolean) => requests.filter(holds).length;
  const latencies = requests.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const minutes = new Map<number, number>();
  for (const { at } of requests) {
    const begin = at - (at % 60_000);
    minutes.set(begin, (minutes.get(begin) ?? 0) + 1);
  }
  return {
    counts: {
      requests: requests.length,
      clientErrors: count(({ status }) => status >= 400 && status < 500),
      serverErrors: count(({ status }) => status >= 500),
      throttled: count(({ errorType }) => errorType === "THROTTLED"),
      quotaExceeded: count(({ errorType }) => errorType === "QUOTA_EXCEEDED"),
    },
    quantiles: [50, 90, 99].map((percent) => ({
      name: `p${percent}`,
      exact: latencies[Math.ceil((percent * latencies.length) / 100) - 1] ?? 0,
    })),
    perMinute: [...minutes].sort(([a], [b]) => a - b),
  };
}

/** Everything that was recorded, each once, in groups. */
export function usageTruth(
  { recorded }: Replay,
  groupOf: (entry: Entry) => string,
): Map<string, UsageTruth> {
  const groups = new Map<string, UsageTruth>();
  for (const { entry } of recorded) {
    const name = groupOf(entry);
    const sum = groups.get(name) ?? nothing();
    groups.set(name, sum);
    if (entry.abandoned) sum.abandonedAttempts += 1;
    else {
      sum.runs += 1;
      if (entry.status === "completed") sum.completed += 1;
      if (entry.status === "failed") sum.failed += 1;
      if (entry.status === "cancelled") sum.cancelled += 1;
      if (entry.status === "incomplete") sum.incomplete += 1;
      if (entry.utility) sum.utilityRuns += 1;
    }
    sum.inputTokens += entry.inputTokens;
    sum.outputTokens += entry.outputTokens;
    sum.cacheReadInputTokens += entry.cacheReadInputTokens;
    sum.cacheWriteInputTokens += entry.cacheWriteInputTokens;
    sum.costMicroUsd += Number(exactCost(entry));
    if (entry.utility) sum.utilityCostMicroUsd += Number(exactCost(entry));
  }
  return groups;
}

/** How often runs failed, by code; an attempt that was given up is no run. */
export function errorTruth({ recorded }: Replay): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const { entry } of recorded) {
    if (entry.abandoned || !entry.errorCode) continue;
    errors[entry.errorCode] = (errors[entry.errorCode] ?? 0) + 1;
  }
  return errors;
}

/** Of runs, not of given-up attempts. */
export function timingTruth({ recorded }: Replay, name: "queueMs" | "firstTokenMs" | "runMs") {
  const times = recorded
    .flatMap(({ entry }) => (entry.abandoned || entry[name] === null ? [] : [entry[name]]))
    .sort((a, b) => a - b);
  const at = (percent: number) => times[Math.ceil((percent * times.length) / 100) - 1] ?? 0;
  return { count: times.length, p50Ms: at(50), p99Ms: at(99), maxMs: times.at(-1) ?? 0 };
}

const nothing = (): UsageTruth => ({
  runs: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  incomplete: 0,
  abandonedAttempts: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
  costMicroUsd: 0,
  utilityRuns: 0,
  utilityCostMicroUsd: 0,
});

/** Whole numbers throughout: 10⁻⁶ of a micro-USD is the unit; half of one is rounded up, once a run. */
function exactCost(entry: Entry): bigint {
  const prices = priceList[entry.model];
  if (!prices) throw new RangeError(`No price of ${entry.model}`);
  const [input, output, read, write] = prices.map(toMicro) as [bigint, bigint, bigint, bigint];
  const units =
    BigInt(entry.inputTokens) * input +
    BigInt(entry.outputTokens) * output +
    BigInt(entry.cacheReadInputTokens) * read +
    BigInt(entry.cacheWriteInputTokens) * write;
  return (units + 500_000n) / 1_000_000n;
}

/** `0.00875` USD is 8,750 micro-USD. */
function toMicro(usd: string): bigint {
  const [whole = "0", fraction = ""] = usd.split(".");
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}
