import type { StackHandle } from "./provisioner.ts";

/** A stretch of time, cut into periods that begin at `from`. */
export interface MetricsRange {
  /** Epoch milliseconds, a whole minute; older than 15 days a multiple of 5 minutes, than 63 of an hour. */
  from: number;
  /** Exclusive; a whole number of periods after `from`. */
  to: number;
  /** A multiple of 60, and of what `from` has to be a multiple of. */
  periodSeconds: number;
}

/** What the gateway saw of one published bot within one period. */
export interface MetricsPoint {
  /** Where the period begins, epoch milliseconds. */
  at: number;
  /** Everything that arrived, refused requests too. */
  requests: number;
  /** Answered 4xx, and 5xx. */
  clientErrors: number;
  serverErrors: number;
  /** Of the 4xx: over the usage plan's rate, and over its quota. */
  throttled: number;
  quotaExceeded: number;
  /** Milliseconds from a request's arrival to the end of its answer. */
  p50: number | null;
  p90: number | null;
  p99: number | null;
}

export interface RequestCount {
  botId: string;
  at: number;
  requests: number;
}

/**
 * What the gateway counts, which is more than any function sees: refused requests never reach one.
 * Figures stay when a bot is unpublished. They are kept by the minute for 15 days, by five minutes
 * for 63, by the hour for 455.
 */
export interface Metrics {
  /**
   * One point for each period in which something arrived, oldest first. A period without requests
   * has no point: a gap is a gap, not 0.
   */
  series(botId: string, range: MetricsRange): Promise<MetricsPoint[]>;
  /** The requests alone, of many bots at once; again only where there were any. */
  requests(botIds: readonly string[], range: MetricsRange): Promise<RequestCount[]>;
}

/** Requests of one key that the gateway let through on one day. */
export interface KeyUse {
  keyId: string;
  /** `2026-11-22`, UTC. */
  day: string;
  used: number;
}

/** What the keys of a stack have used of its quota. */
export interface QuotaCounters {
  /**
   * @param days the first and the last day, both inclusive, UTC: `2026-11-22`.
   * @returns each key on each day on which it got through; in no order.
   */
  used(stack: StackHandle, days: { from: string; to: string }): Promise<KeyUse[]>;
}
