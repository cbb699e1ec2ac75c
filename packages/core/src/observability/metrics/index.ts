/** Ranges and periods of gateway metrics, and what is worked out from their points. */
export * as Metrics from "./index.ts";

import type { MetricsPoint, MetricsRange } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";

export { type Cell, countingRange, createLocalClock, toCells } from "./patterns.ts";
export { Quantiles } from "./quantiles.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** The periods that may be asked for, seconds. */
export const periods = [60, 300, 900, 3_600, 21_600, 86_400] as const;

/** More is neither drawn nor read by anybody. */
export const pointsMax = 1_500;

/**
 * How long figures are kept in which detail, as CloudWatch keeps them:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
 */
const retention = [
  { periodSeconds: minute, days: 15 },
  { periodSeconds: 5 * minute, days: 63 },
  { periodSeconds: hour, days: 455 },
] as const;

/** The finest period that there is of a time, seconds; `undefined` where nothing is kept. */
export const finestPeriod = (at: number, now: number): number | undefined =>
  retention.find(({ days }) => at >= now - days * day * 1000)?.periodSeconds;

/**
 * The range that a query means: its bounds rounded outwards to whole periods, its period chosen to
 * give at most {@link pointsMax} points where none is named.
 * @throws ProblemError `invalid_request` naming what cannot be had.
 */
export function toRange(
  query: { from?: number | undefined; to?: number | undefined; periodSeconds?: number | undefined },
  now: number,
): MetricsRange {
  const to = Math.min(query.to ?? now, now + minute * 1000);
  const from = query.from ?? to - day * 1000;
  if (!(from < to)) throw invalid("from", "from must be before to, and not in the future.");
  const finest = finestPeriod(from, now);
  if (finest === undefined)
    throw invalid("from", "Figures are kept for 455 days: ask for a later from.");
  const periodSeconds = query.periodSeconds ?? periodFor((to - from) / 1000, finest);
  if (periodSeconds < finest || periodSeconds % finest !== 0) {
    throw invalid(
      "period",
      `So far back figures are kept by ${finest} s: ask for a longer period.`,
    );
  }
  const step = periodSeconds * 1000;
  const range = { from: floor(from, step), to: floor(to - 1, step) + step, periodSeconds };
  if ((range.to - range.from) / step > pointsMax) {
    throw invalid(
      "period",
      `That would be more than ${pointsMax} points: ask for a longer period.`,
    );
  }
  return range;
}

/** The same time as one period, for figures of the whole. */
export const asOne = ({ from, to }: MetricsRange): MetricsRange => ({
  from,
  to,
  periodSeconds: (to - from) / 1000,
});

/** About as many points as a chart is wide. */
function periodFor(seconds: number, finest: number): number {
  const wanted = periods.find((p) => p >= finest && seconds / p <= 300);
  return wanted ?? day;
}

/** Of the requests, the share that was not answered as asked for; `null` where there were none. */
export const errorRate = (
  point: Pick<MetricsPoint, "requests" | "clientErrors" | "serverErrors"> | undefined,
): number | null =>
  point && point.requests > 0 ? (point.clientErrors + point.serverErrors) / point.requests : null;

/** Every period of a range, those without requests as `undefined`. */
export function onAxis(
  range: MetricsRange,
  points: readonly MetricsPoint[],
): { at: number; point: MetricsPoint | undefined }[] {
  const known = new Map(points.map((point) => [point.at, point]));
  const axis: { at: number; point: MetricsPoint | undefined }[] = [];
  for (let at = range.from; at < range.to; at += range.periodSeconds * 1000) {
    axis.push({ at, point: known.get(at) });
  }
  return axis;
}

const floor = (value: number, step: number): number => Math.floor(value / step) * step;

const invalid = (param: string, message: string) =>
  new Problem.ProblemError("invalid_request", { message, param });
