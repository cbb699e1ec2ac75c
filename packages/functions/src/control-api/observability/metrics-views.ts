import * as Metrics from "@outlet/core/observability/metrics";
import type { MetricsPoint, MetricsRange } from "@outlet/core/ports";
import type { UsageReport } from "@outlet/core/observability/usage-report";
import type { Row } from "../csv.ts";
import { time } from "../views.ts";

/** Members are null where there were no requests: unknown, not 0. */
const pointView = (point: MetricsPoint | undefined) => ({
  requests: point?.requests ?? null,
  clientErrors: point?.clientErrors ?? null,
  serverErrors: point?.serverErrors ?? null,
  errorRate: Metrics.errorRate(point),
  throttled: point?.throttled ?? null,
  quotaExceeded: point?.quotaExceeded ?? null,
  p50: ms(point?.p50),
  p90: ms(point?.p90),
  p99: ms(point?.p99),
});

const ms = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Math.round(value * 100) / 100;

/** @param whole the same range as one period: quantiles of the whole cannot be had from its parts. */
export function metricsView(
  botId: string,
  range: MetricsRange,
  points: readonly MetricsPoint[],
  whole: MetricsPoint | undefined,
) {
  return {
    botId,
    from: time(range.from),
    to: time(range.to),
    periodSeconds: range.periodSeconds,
    totals: pointView(whole),
    points: Metrics.onAxis(range, points).map(({ at, point }) => ({
      at: time(at),
      ...pointView(point),
    })),
  };
}

export const metricsColumns = [
  "at",
  "requests",
  "clientErrors",
  "serverErrors",
  "errorRate",
  "throttled",
  "quotaExceeded",
  "p50",
  "p90",
  "p99",
] as const;

export const rangeView = ({ from, to }: UsageReport.Range) => ({ from: time(from), to: time(to) });

const timingColumns = (name: string) =>
  ["count", "averageMs", "p50Ms", "p90Ms", "p99Ms", "maxMs"].map((part) => `${name}.${part}`);

const countColumns = [
  "runs",
  "completed",
  "failed",
  "cancelled",
  "incomplete",
  "abandonedAttempts",
  "inputTokens",
  "outputTokens",
  "cacheReadInputTokens",
  "cacheWriteInputTokens",
  "costMicroUsd",
  "utilityRuns",
  "utilityCostMicroUsd",
] as const;

export const usageColumns = [
  "group",
  "label",
  ...countColumns,
  "priceVersions",
  "errors",
  ...timingColumns("queueMs"),
  ...timingColumns("firstTokenMs"),
  ...timingColumns("runMs"),
];

/** A sum as one row; what it is a sum of is put before it. */
export function usageRow(sum: UsageReport.Sum): Row {
  return {
    ...Object.fromEntries(countColumns.map((name) => [name, sum[name]])),
    priceVersions: sum.priceVersions.join(" "),
    errors: Object.entries(sum.errors)
      .map(([code, times]) => `${code}:${times}`)
      .join(" "),
    ...timingRow("queueMs", sum.queueMs),
    ...timingRow("firstTokenMs", sum.firstTokenMs),
    ...timingRow("runMs", sum.runMs),
  };
}

const timingRow = (name: string, timing: UsageReport.Timing | null): Row =>
  Object.fromEntries(
    Object.entries(timing ?? {}).map(([part, value]) => [`${name}.${part}`, value]),
  );
