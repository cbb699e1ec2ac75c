import { formatMs, formatNumber } from "~/format.ts";
import { Card } from "~/ui/card.tsx";
import { Chart, createChartGroup } from "~/ui/chart/chart.tsx";
import { HeatMap } from "~/ui/chart/heat-map.tsx";
import { type ChartSeries, chartColours } from "~/ui/chart/model.ts";
import { copy } from "./copy.ts";
import styles from "./design.module.css";

const hourMs = 3_600_000;
const from = Date.parse("2026-01-05T00:00:00.000Z");
const times = Array.from({ length: 48 }, (_, index) => from + index * hourMs);

/** A wave with a gap in it, and one value that stands alone in the gap. */
const wave = (height: number, phase: number): (number | null)[] =>
  times.map((_, index) => {
    if (index > 19 && index < 28 && index !== 24) return null;
    return Math.round(height * (1.2 + Math.sin((index + phase) / 5)));
  });

const data = (series: ChartSeries[]) => ({
  range: { from, to: from + 48 * hourMs },
  times,
  periodMs: hourMs,
  series,
});

export function Charts() {
  const group = createChartGroup();
  return (
    <>
      <Card title={copy.charts} hint={copy.chartsHint}>
        <div class={styles.charts}>
          <Chart
            title={copy.lines}
            group={group}
            format={formatMs}
            data={data([
              { label: "p50", colour: "1", values: wave(120, 0), summary: formatMs(144) },
              { label: "p90", colour: "2", values: wave(280, 2), summary: formatMs(340) },
              { label: "p99", colour: "4", values: wave(700, 4), summary: formatMs(860) },
            ])}
          />
          <Chart
            title={copy.bars}
            kind="bars"
            whole
            group={group}
            format={formatNumber}
            data={data([
              { label: copy.first, colour: "warn", values: wave(3, 0) },
              { label: copy.second, colour: "bad", values: wave(6, 3) },
            ])}
          />
          <Chart
            title={copy.stacked}
            kind="stacked"
            whole
            group={group}
            format={formatNumber}
            data={data(
              chartColours.map((colour, index) => ({
                label: `${copy.part} ${colour}`,
                colour,
                values: wave(10 + index * 3, index * 2),
              })),
            )}
          />
          <Chart
            title={copy.nothing}
            group={group}
            format={formatNumber}
            data={data([
              { label: copy.first, colour: "1", values: times.map(() => null), summary: "–" },
            ])}
          />
        </div>
      </Card>
      <Card title={copy.heatMap}>
        <HeatMap
          label={copy.heatMapLabel}
          corner={copy.row}
          columns={Array.from({ length: 24 }, (_, hour) => String(hour))}
          rows={[copy.first, copy.second].map((label, row) => ({
            label,
            values: Array.from({ length: 24 }, (_, hour) =>
              hour === 3 ? null : Math.max(0, Math.round(900 * Math.sin((hour + row * 4) / 8))),
            ),
          }))}
          format={formatNumber}
        />
      </Card>
    </>
  );
}
