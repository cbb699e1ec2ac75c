import { formatUsd } from "~/format.ts";
import { Card } from "~/ui/card.tsx";
import { Chart } from "~/ui/chart/chart.tsx";
import { type ChartData, chartColours } from "~/ui/chart/model.ts";
import { groupText } from "../group-name.tsx";
import { copy } from "./copy.ts";
import type { CostReport } from "./queries.ts";

const periodMs = { hour: 3_600_000, day: 86_400_000 };

/** What the dearest cost over time, one upon the other, and all others on top. */
export function CostChart(props: { of: CostReport }) {
  const data = (): ChartData => {
    const { series, groups, by } = props.of;
    const labels = labelsOf(by, groups);
    const times = series.periods.map((at) => Date.parse(at));
    const dearest = series.groups.map(({ group, costsMicroUsd }, i) => ({
      label: labels.get(group) ?? group,
      colour: chartColours[i] ?? "6",
      values: costsMicroUsd,
      summary: formatUsd(sum(costsMicroUsd)),
    }));
    const others = {
      label: copy.others,
      colour: "6" as const,
      values: series.othersMicroUsd,
      summary: formatUsd(sum(series.othersMicroUsd)),
    };
    const length = periodMs[series.per];
    return {
      range: { from: times[0] ?? 0, to: (times.at(-1) ?? 0) + length },
      times,
      periodMs: length,
      series: groups.length > dearest.length ? [...dearest, others] : dearest,
    };
  };
  return (
    <Card title={copy.spent(formatUsd(props.of.totalMicroUsd))}>
      <Chart
        title={copy.overTime}
        hint={copy.overTimeHint[props.of.series.per]}
        kind="stacked"
        format={formatUsd}
        data={data()}
      />
    </Card>
  );
}

/** What each is called; with the end of its id where another is called the same. */
function labelsOf(by: CostReport["by"], groups: CostReport["groups"]): Map<string, string> {
  const texts = groups.map((group) => groupText(by, group));
  const isShared = (text: string) => texts.filter((other) => other === text).length > 1;
  return new Map(
    groups.map(({ group }, i) => {
      const text = texts[i] ?? group;
      return [group, isShared(text) ? `${text} …${group.slice(-4)}` : text];
    }),
  );
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
