import { createMemo } from "solid-js";
import { formatMs, formatNumber, formatPercent } from "~/format.ts";
import { Card } from "~/ui/card.tsx";
import { Chart, type ChartGroup } from "~/ui/chart/chart.tsx";
import type { ChartRange } from "~/ui/chart/model.ts";
import { copy } from "./copy.ts";
import styles from "./metrics.module.css";
import type { Metrics, MetricsPoint } from "./queries.ts";
import { metricsData } from "./series.ts";
import { or } from "./totals.tsx";

interface Props {
  metrics: Metrics;
  axis: ChartRange;
  group: ChartGroup;
  onSelect: (from: number, to: number) => void;
}

/** Neither 4xx nor 5xx. */
const answered = (point: MetricsPoint) =>
  point.requests === null
    ? null
    : point.requests - (point.clientErrors ?? 0) - (point.serverErrors ?? 0);

export function GatewayCharts(props: Props) {
  const totals = () => props.metrics.totals;
  const byAnswer = createMemo(() =>
    metricsData(props.metrics, props.axis, [
      { label: copy.good, colour: "1", of: answered, summary: count(answered(totals())) },
      {
        label: copy.clientErrors,
        colour: "warn",
        of: (point) => point.clientErrors,
        summary: count(totals().clientErrors),
      },
      {
        label: copy.serverErrors,
        colour: "bad",
        of: (point) => point.serverErrors,
        summary: count(totals().serverErrors),
      },
    ]),
  );
  const errorRate = createMemo(() =>
    metricsData(props.metrics, props.axis, [
      {
        label: copy.errorRate,
        colour: "bad",
        of: (point) => point.errorRate,
        summary: or(formatPercent)(totals().errorRate),
      },
    ]),
  );
  const latency = createMemo(() =>
    metricsData(props.metrics, props.axis, [
      { label: "p50", colour: "1", of: (point) => point.p50, summary: ms(totals().p50) },
      { label: "p90", colour: "2", of: (point) => point.p90, summary: ms(totals().p90) },
      { label: "p99", colour: "4", of: (point) => point.p99, summary: ms(totals().p99) },
    ]),
  );
  const refused = createMemo(() =>
    metricsData(props.metrics, props.axis, [
      {
        label: copy.throttled,
        colour: "2",
        of: (point) => point.throttled,
        summary: count(totals().throttled),
      },
      {
        label: copy.quotaExceeded,
        colour: "4",
        of: (point) => point.quotaExceeded,
        summary: count(totals().quotaExceeded),
      },
    ]),
  );
  const shared = () => ({ group: props.group, onSelect: props.onSelect });
  return (
    <Card title={copy.gateway} hint={copy.gatewayHint}>
      <div class={styles.charts}>
        <Chart
          title={copy.byAnswer}
          kind="stacked"
          whole
          format={formatNumber}
          data={byAnswer()}
          {...shared()}
        />
        <Chart title={copy.latency} format={formatMs} least={100} data={latency()} {...shared()} />
        <Chart
          title={copy.errorRate}
          format={formatPercent}
          least={0.01}
          data={errorRate()}
          {...shared()}
        />
        <Chart
          title={copy.refused}
          kind="stacked"
          whole
          format={formatNumber}
          data={refused()}
          {...shared()}
        />
      </div>
    </Card>
  );
}

const count = or(formatNumber);
const ms = or(formatMs);
