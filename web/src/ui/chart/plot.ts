import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";
import { type ChartData, type ChartKind, indexAt, stack } from "./model.ts";

interface PlotOptions {
  kind: ChartKind;
  format: (value: number) => string;
  /** Only whole numbers stand at the axis. */
  whole: boolean;
  /** How far the value axis reaches where values do not. */
  least: number;
  height: number;
  /** A token's colour as a canvas takes it. */
  colour: (token: string) => string;
  onPoint: (at: number | undefined) => void;
  /** Somebody has drawn the pointer over a stretch of time. */
  onSelect: ((from: number, to: number) => void) | undefined;
}

export interface Plot {
  setData(data: ChartData): void;
  point(at: number | undefined): void;
  setWidth(width: number): void;
  /** Draws again, as the colours of tokens have changed. */
  repaint(): void;
  destroy(): void;
}

/** Lines that cross are told apart without colour, too. */
const dashes = [[], [6, 4], [2, 3], [10, 4, 2, 4], [1, 4], [12, 6]];

export function createPlot(root: HTMLElement, first: ChartData, options: PlotOptions): Plot {
  let data = first;
  const middle = () => data.periodMs / 2000;
  const plot = new uPlot(
    {
      width: root.clientWidth,
      height: options.height,
      // Half of the last label of the time axis stands beyond its end.
      padding: [8, 30, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: true, range: () => [data.range.from / 1000, data.range.to / 1000] },
        y: { range: (_plot, _min, max) => [0, topOf(max, options)] },
      },
      axes: [timeAxis(root, options), valueAxis(root, options)],
      series: [{}, ...toSeries(data, options)],
      cursor: {
        y: false,
        points: { size: 8 },
        drag: { x: options.onSelect !== undefined, y: false, setScale: false },
      },
      hooks: {
        setSelect: [
          (u) => {
            const { left, width } = u.select;
            if (width < 8) return;
            const at = (position: number) => u.posToVal(position, "x") * 1000;
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            options.onSelect?.(at(left), at(left + width));
          },
        ],
      },
    },
    toColumns(data, options.kind),
    root,
  );
  // The pointer's own events alone: uPlot's hook also goes off where the axis moves under a cursor
  // that stands still.
  plot.over.addEventListener("mousemove", ({ offsetX }) => {
    const index = indexAt(data, plot.posToVal(offsetX, "x") * 1000);
    options.onPoint(index === undefined ? undefined : data.times[index]);
  });
  plot.over.addEventListener("mouseleave", () => options.onPoint(undefined));
  return {
    setData(next) {
      const isSame = next.series.map(({ label }) => label).join("\n");
      if (isSame !== data.series.map(({ label }) => label).join("\n")) {
        for (let at = data.series.length; at > 0; at--) plot.delSeries(at);
        toSeries(next, options).forEach((series, at) => plot.addSeries(series, at + 1));
      }
      data = next;
      // At once: what is pointed at is placed on the new axis next.
      plot.batch(() => plot.setData(toColumns(data, options.kind)));
    },
    point(at) {
      const left = at === undefined ? -10 : plot.valToPos(at / 1000 + middle(), "x");
      plot.setCursor({ left, top: at === undefined ? -10 : 0 });
    },
    setWidth: (width) => plot.setSize({ width, height: options.height }),
    repaint: () => plot.redraw(false),
    destroy: () => plot.destroy(),
  };
}

/** In the middle of its period: a line's point and a bar's centre are one above the other. */
function toColumns(data: ChartData, kind: ChartKind): uPlot.AlignedData {
  const times = data.times.map((time) => (time + data.periodMs / 2) / 1000);
  // The highest of a stack is drawn first, those below it over it.
  const values =
    kind === "stacked"
      ? stack(data.series).toReversed()
      : data.series.map((series) => [...series.values]);
  return [times, ...values];
}

function toSeries(data: ChartData, { kind, colour }: PlotOptions): uPlot.Series[] {
  const series = data.series.map((one, at): uPlot.Series => {
    const paint = () => colour(`--chart-${one.colour}`);
    if (kind === "line") {
      return {
        label: one.label,
        stroke: paint,
        width: 2,
        dash: dashes[at % dashes.length] ?? [],
        spanGaps: false,
        points: { filter: alone, size: 5, fill: paint },
      };
    }
    return {
      label: one.label,
      fill: paint,
      width: 0,
      points: { show: false },
      ...bars(kind === "bars" ? data.series.length : 1, at),
    };
  });
  return kind === "stacked" ? series.toReversed() : series;
}

function bars(count: number, at: number): Pick<uPlot.Series, "paths"> {
  const build = uPlot.paths.bars?.({ size: [count > 1 ? 0.9 / count : 0.9, 48], align: 0 });
  if (!build) return {};
  if (count === 1) return { paths: build };
  // Side by side within a period.
  const align = ([-1, 1] as const)[at] ?? 0;
  const beside = uPlot.paths.bars?.({ size: [0.45, 24], align });
  return beside ? { paths: beside } : {};
}

/** A value between two gaps has no line: it is drawn as a point. */
const alone: uPlot.Series.Points.Filter = (plot, series) => {
  const values = plot.data[series] ?? [];
  const isGap = (value: number | null | undefined) => value === null || value === undefined;
  const indexes: number[] = [];
  values.forEach((value, at) => {
    if (!isGap(value) && isGap(values[at - 1]) && isGap(values[at + 1])) indexes.push(at);
  });
  return indexes;
};

function topOf(max: number | null, { whole, least }: PlotOptions): number {
  const top = Math.max(least, (max ?? 0) * 1.1);
  return whole ? Math.ceil(top) : top;
}

const fontOf = (root: HTMLElement) => `12px ${getComputedStyle(root).fontFamily}`;

function valueAxis(root: HTMLElement, { colour, format, whole }: PlotOptions): uPlot.Axis {
  return {
    ...look(root, colour),
    space: 34,
    ...(whole ? { incrs: wholeSteps } : {}),
    values: (_plot, splits) => splits.map(format),
    // As wide as most need, so that the axes of charts one above the other begin at one line.
    size: (_plot, values) => 18 + 7 * Math.max(6, ...(values ?? []).map(({ length }) => length)),
  };
}

const wholeSteps = Array.from({ length: 13 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
).flat();

function timeAxis(root: HTMLElement, { colour }: PlotOptions): uPlot.Axis {
  return {
    ...look(root, colour),
    space: 64,
    size: 30,
    values: (_plot, splits, _axis, _space, step) =>
      splits.map((seconds) => formatTick(seconds * 1000, step)),
  };
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** The viewer's clock; their calendar where a day begins, or where nothing shorter is told apart. */
function formatTick(at: number, stepSeconds: number): string {
  const moment = new Date(at);
  const isMidnight = moment.getHours() === 0 && moment.getMinutes() === 0;
  return stepSeconds >= 86_400 || isMidnight ? date.format(moment) : clock.format(moment);
}

function look(root: HTMLElement, colour: (token: string) => string) {
  const grid = () => colour("--edge");
  return {
    font: fontOf(root),
    stroke: () => colour("--soft"),
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1, size: 4 },
  };
}
