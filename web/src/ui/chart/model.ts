/** What a chart shows, apart from how it is drawn. */

export interface ChartSeries {
  label: string;
  /** One for each of the chart's times. `null`: nothing is known, which is drawn as a gap, not as 0. */
  values: readonly (number | null)[];
  /** Of the tokens `--chart-…`. */
  colour: ChartColour;
  /** Beside the label while no time is pointed at: what it comes to over the whole range. */
  summary?: string | undefined;
}

export type ChartColour = "1" | "2" | "3" | "4" | "5" | "6" | "bad" | "warn";
export const chartColours: readonly ChartColour[] = ["1", "2", "3", "4", "5", "6"];

export interface ChartRange {
  /** Epoch milliseconds. */
  from: number;
  to: number;
}

export interface ChartData {
  range: ChartRange;
  /** Where each period begins, epoch milliseconds, ascending. */
  times: readonly number[];
  periodMs: number;
  series: readonly ChartSeries[];
}

/** Lines for what is measured, bars for what is counted; `stacked` where the parts are a whole. */
export type ChartKind = "line" | "bars" | "stacked";

const dayMs = 86_400_000;
const date = { day: "numeric", month: "short" } as const;
const clock = { hour: "2-digit", minute: "2-digit" } as const;
const day = new Intl.DateTimeFormat(undefined, { ...date, year: "numeric", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat(undefined, { ...date, ...clock });

/** A period by its beginning, in the viewer's zone. Whole days are counted in UTC, and say so. */
export const formatPeriod = (at: number, periodMs: number): string =>
  periodMs >= dayMs ? `${day.format(at)} (UTC)` : moment.format(at);

/** The index of the period that a time lies in. */
export function indexAt({ times, periodMs }: ChartData, at: number): number | undefined {
  const index = times.findLastIndex((time) => time <= at);
  const start = times[index];
  return start !== undefined && at < start + periodMs ? index : undefined;
}

export const hasValue = ({ series }: ChartData, index: number): boolean =>
  series.some(({ values }) => (values[index] ?? null) !== null);

/** Each series upon those before it; a period of which nothing is known stays a gap. */
export function stack(series: readonly ChartSeries[]): (number | null)[][] {
  const sums: number[] = [];
  return series.map(({ values }) =>
    values.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0);
      const isGap = series.every((one) => (one.values[index] ?? null) === null);
      return isGap ? null : (sums[index] ?? 0);
    }),
  );
}
