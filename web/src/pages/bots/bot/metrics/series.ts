import type { ChartColour, ChartData, ChartRange, ChartSeries } from "~/ui/chart/model.ts";
import type { KeyRequests, Metrics, MetricsPoint, UsageReport, UsageSum } from "./queries.ts";

interface Line<T> {
  label: string;
  colour: ChartColour;
  of: (one: T) => number | null;
  summary?: string;
}

export const rangeOf = ({ from, to }: { from: string; to: string }): ChartRange => ({
  from: Date.parse(from),
  to: Date.parse(to),
});

/** What the gateway saw, period by period. */
export function metricsData(
  metrics: Metrics,
  range: ChartRange,
  lines: Line<MetricsPoint>[],
): ChartData {
  return {
    range,
    times: metrics.points.map(({ at }) => Date.parse(at)),
    periodMs: metrics.periodSeconds * 1000,
    series: lines.map((line) => toSeries(line, metrics.points)),
  };
}

/** What runs used, by hours or days. */
export function usageData(
  usage: UsageReport,
  periodMs: number,
  range: ChartRange,
  lines: Line<UsageSum>[],
): ChartData {
  const known = new Map(usage.groups.map((group) => [Date.parse(group.group), group]));
  const { from, to } = rangeOf(usage);
  const times: number[] = [];
  for (let at = Math.floor(from / periodMs) * periodMs; at < to; at += periodMs) times.push(at);
  const sums = times.map((at) => known.get(at));
  return { range, times, periodMs, series: lines.map((line) => toSeries(line, sums)) };
}

/** What the gateway let through of one key, by UTC days. */
export function keyData(
  requests: KeyRequests,
  keyId: string,
  range: ChartRange,
  line: Omit<Line<never>, "of">,
): ChartData {
  const dayMs = 86_400_000;
  const last = Date.parse(`${requests.to}T00:00:00Z`);
  const times: number[] = [];
  for (let at = Date.parse(`${requests.from}T00:00:00Z`); at <= last; at += dayMs) times.push(at);
  const ofKey = requests.requests.filter((one) => one.keyId === keyId);
  const known = new Map(ofKey.map((one) => [Date.parse(`${one.day}T00:00:00Z`), one.requests]));
  const first = times[0] ?? range.from;
  return {
    range: { from: Math.min(first, range.from), to: Math.max(last + dayMs, range.to) },
    times,
    periodMs: dayMs,
    series: [{ ...line, values: times.map((at) => known.get(at) ?? null) }],
  };
}

const toSeries = <T>(
  { of, ...line }: Line<T>,
  points: readonly (T | undefined)[],
): ChartSeries => ({
  ...line,
  values: points.map((point) => (point === undefined ? null : of(point))),
});
