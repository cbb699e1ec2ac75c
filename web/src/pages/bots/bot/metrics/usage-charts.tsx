import { createMemo, Show } from "solid-js";
import { formatMs, formatNumber, formatUsd } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { copy as statusCopy } from "~/page-parts/status/copy.ts";
import { Card } from "~/ui/card.tsx";
import { Chart, type ChartGroup } from "~/ui/chart/chart.tsx";
import type { ChartColour, ChartRange } from "~/ui/chart/model.ts";
import { copy } from "./copy.ts";
import styles from "./metrics.module.css";
import type { UsageReport, UsageSum } from "./queries.ts";
import { usageData } from "./series.ts";
import { or } from "./totals.tsx";

interface Props {
  usage: UsageReport;
  periodMs: number;
  axis: ChartRange;
  group: ChartGroup;
  onSelect: (from: number, to: number) => void;
}

export function UsageCharts(props: Props) {
  const total = () => props.usage.total;
  const counted = (label: string, colour: ChartColour, of: (sum: UsageSum) => number) => ({
    label,
    colour,
    of,
    summary: formatNumber(of(total())),
  });
  const timed = (quantile: "p50Ms" | "p99Ms") => {
    const line = (
      label: string,
      colour: ChartColour,
      of: "queueMs" | "firstTokenMs" | "runMs",
    ) => ({
      label,
      colour,
      of: (sum: UsageSum) => sum[of]?.[quantile] ?? null,
      summary: or(formatMs)(total()[of]?.[quantile]),
    });
    return [
      line(copy.queue, "6", "queueMs"),
      line(copy.firstToken, "2", "firstTokenMs"),
      line(copy.run, "1", "runMs"),
    ];
  };
  const draw = (lines: Parameters<typeof usageData>[3]) =>
    usageData(props.usage, props.periodMs, props.axis, lines);
  const runs = createMemo(() =>
    draw([
      counted(statusCopy.run.completed, "1", (sum) => sum.completed),
      counted(statusCopy.run.incomplete, "3", (sum) => sum.incomplete),
      counted(statusCopy.run.cancelled, "6", (sum) => sum.cancelled),
      counted(statusCopy.run.failed, "bad", (sum) => sum.failed),
    ]),
  );
  const tokens = createMemo(() =>
    draw([
      counted(copy.input, "1", (sum) => sum.inputTokens),
      counted(copy.output, "2", (sum) => sum.outputTokens),
      counted(copy.cacheRead, "3", (sum) => sum.cacheReadInputTokens),
      counted(copy.cacheWrite, "4", (sum) => sum.cacheWriteInputTokens),
    ]),
  );
  const cost = createMemo(() =>
    draw([
      {
        label: copy.cost,
        colour: "3",
        of: (sum) => sum.costMicroUsd,
        summary: formatUsd(total().costMicroUsd),
      },
    ]),
  );
  const typical = createMemo(() => draw(timed("p50Ms")));
  const slow = createMemo(() => draw(timed("p99Ms")));
  const shared = () => ({ group: props.group, onSelect: props.onSelect });
  return (
    <Card title={copy.usage} hint={copy.usageHint}>
      <Show
        when={total().runs > 0 || total().abandonedAttempts > 0}
        fallback={
          <p class={page.soft}>
            {copy.noUsageTitle}. {copy.noUsageText}
          </p>
        }
      >
        <div class={styles.charts}>
          <Chart
            title={copy.runs}
            kind="stacked"
            whole
            format={formatNumber}
            data={runs()}
            {...shared()}
          />
          <Chart
            title={copy.cost}
            kind="bars"
            format={formatUsd}
            least={10_000}
            data={cost()}
            {...shared()}
          />
          <Chart
            title={copy.tokens}
            kind="stacked"
            whole
            format={formatNumber}
            data={tokens()}
            {...shared()}
          />
          <Chart
            title={copy.typical}
            hint={copy.typicalHint}
            format={formatMs}
            least={100}
            data={typical()}
            {...shared()}
          />
          <Chart
            title={copy.slow}
            hint={copy.slowHint}
            format={formatMs}
            least={100}
            data={slow()}
            {...shared()}
          />
        </div>
      </Show>
    </Card>
  );
}
