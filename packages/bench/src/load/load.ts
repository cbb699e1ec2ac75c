import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cpuMsOf } from "./cpu.ts";

/** What a round sends, over and over, on so many connections at once. */
export interface Order {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
  /** The one status that counts. */
  expect: number;
  connections: number;
  warmUpMs: number;
  durationMs: number;
  /** Ends it before its time, after so many. */
  count?: number;
}

/** What the process that sends reports. */
export interface Outcome {
  /** Milliseconds, of each request that ended while it counted. */
  latencies: number[];
  durationMs: number;
  failure: string | null;
}

/** What a round came to. */
export interface Round {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of each process that answers, by its name; in microseconds for each request. */
  cpuUs: Record<string, number>;
}

/**
 * Runs one round.
 * @param pids of the processes whose time is told.
 * @throws Error where an answer had another status than the one expected.
 */
export async function runLoad(order: Order, pids: Record<string, number>): Promise<Round> {
  const child = fork(fileURLToPath(new URL("load.child.ts", import.meta.url)), [
    JSON.stringify(order),
  ]);
  const counting = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Outcome>();
  child.on("message", (said: "counting" | Outcome) => {
    if (said === "counting") counting.resolve();
    else ended.resolve(said);
  });
  // Its last message may come after its exit, but never after its channel's end.
  child.once("disconnect", () => ended.reject(new Error("The load ended early.")));
  // It may have failed before it began to count.
  await Promise.race([counting.promise, ended.promise]);
  const before = await timesOf(pids);
  const outcome = await ended.promise;
  const after = await timesOf(pids);
  if (outcome.failure) throw new Error(`${order.method} ${order.url}: ${outcome.failure}`);
  const count = outcome.latencies.length;
  return {
    perSecond: round((count * 1_000) / outcome.durationMs),
    p50Ms: round(quantile(outcome.latencies, 0.5)),
    p99Ms: round(quantile(outcome.latencies, 0.99)),
    cpuUs: Object.fromEntries(
      Object.keys(pids).map((name) => [
        name,
        Math.round((((after[name] ?? 0) - (before[name] ?? 0)) * 1_000) / Math.max(1, count)),
      ]),
    ),
  };
}

async function timesOf(pids: Record<string, number>): Promise<Record<string, number>> {
  const times = Object.entries(pids).map(
    async ([name, pid]) => [name, await cpuMsOf(pid)] as const,
  );
  return Object.fromEntries(await Promise.all(times));
}

const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN;
};

/** Of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [below = Number.NaN, above = Number.NaN] = [Math.floor(middle), Math.ceil(middle)].map(
    (at) => sorted[at],
  );
  return (below + above) / 2;
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
