import { formatNumber } from "~/format.ts";
import { Chart, createChartGroup } from "~/ui/chart/chart.tsx";
import type { ChartColour, ChartData } from "~/ui/chart/model.ts";
import { copy as adminCopy } from "../copy.ts";
import type { UsageGroup } from "../group-name.tsx";
import { copy } from "./copy.ts";

const periodMs = { hour: 3_600_000, day: 86_400_000 };

interface Props {
  by: "hour" | "day";
  from: string;
  to: string;
  groups: UsageGroup[];
}

type Figure = "runs" | "failed" | "inputTokens" | "outputTokens";

/** Runs and tokens over time, on one axis. An hour without runs used nothing: that is known. */
export function UsageChart(props: Props) {
  const group = createChartGroup();
  const length = () => periodMs[props.by];
  const times = () => {
    const first = Math.floor(Date.parse(props.from) / length()) * length();
    const count = Math.ceil((Date.parse(props.to) - first) / length());
    return Array.from({ length: count }, (_, i) => first + i * length());
  };
  const of = (series: [label: string, figure: Figure, colour: ChartColour][]): ChartData => {
    const known = new Map(props.groups.map((one) => [Date.parse(one.group), one]));
    const at = times();
    return {
      range: { from: at[0] ?? 0, to: (at.at(-1) ?? 0) + length() },
      times: at,
      periodMs: length(),
      series: series.map(([label, figure, colour]) => {
        const values = at.map((time) => known.get(time)?.[figure] ?? 0);
        const summary = formatNumber(values.reduce((sum, value) => sum + value, 0));
        return { label, colour, values, summary };
      }),
    };
  };
  return (
    <>
      <Chart
        title={copy.runsOverTime}
        kind="bars"
        whole
        group={group}
        format={formatNumber}
        data={of([
          [adminCopy.runs, "runs", "1"],
          [copy.notCompleted, "failed", "bad"],
        ])}
      />
      <Chart
        title={copy.overTime}
        kind="stacked"
        whole
        group={group}
        format={formatNumber}
        data={of([
          [copy.input, "inputTokens", "1"],
          [copy.output, "outputTokens", "2"],
        ])}
      />
    </>
  );
}
