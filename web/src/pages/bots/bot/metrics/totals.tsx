import { For, type JSX } from "solid-js";
import { copy as common } from "~/copy.ts";
import { formatMs, formatNumber, formatPercent, formatUsd } from "~/format.ts";
import { copy } from "./copy.ts";
import styles from "./metrics.module.css";
import type { MetricsPoint, UsageSum } from "./queries.ts";

interface Figure {
  label: string;
  value: JSX.Element;
}

/** Where nothing came there is nothing to say: a dash, not 0. */
export const or =
  <T,>(format: (value: T) => string) =>
  (value: T | null | undefined): string =>
    value === null || value === undefined ? common.none : format(value);

const count = or(formatNumber);
const ms = or(formatMs);
const percent = or(formatPercent);

function Totals(props: { figures: Figure[] }) {
  return (
    <dl class={styles.totals}>
      <For each={props.figures}>
        {({ label, value }) => (
          <div class={styles.total}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        )}
      </For>
    </dl>
  );
}

export const GatewayTotals = (props: { totals: MetricsPoint }) => (
  <Totals
    figures={[
      { label: copy.gateway, value: count(props.totals.requests) },
      { label: copy.errorRate, value: percent(props.totals.errorRate) },
      { label: copy.clientErrors, value: count(props.totals.clientErrors) },
      { label: copy.serverErrors, value: count(props.totals.serverErrors) },
      { label: copy.p50, value: ms(props.totals.p50) },
      { label: copy.p99, value: ms(props.totals.p99) },
      { label: copy.throttled, value: count(props.totals.throttled) },
      { label: copy.quotaExceeded, value: count(props.totals.quotaExceeded) },
    ]}
  />
);

const tokensOf = (sum: UsageSum) =>
  sum.inputTokens + sum.outputTokens + sum.cacheReadInputTokens + sum.cacheWriteInputTokens;

/** Only where a chat window ever asked for any. */
const utilityFigures = ({ utilityRuns, utilityCostMicroUsd }: UsageSum): Figure[] =>
  utilityRuns === 0
    ? []
    : [
        { label: copy.utilityRuns, value: formatNumber(utilityRuns) },
        { label: copy.utilityCost, value: formatUsd(utilityCostMicroUsd) },
      ];

export const UsageTotals = (props: { total: UsageSum }) => (
  <Totals
    figures={[
      { label: copy.runs, value: formatNumber(props.total.runs) },
      { label: copy.failedRuns, value: formatNumber(props.total.failed) },
      { label: copy.tokens, value: formatNumber(tokensOf(props.total)) },
      { label: copy.cost, value: formatUsd(props.total.costMicroUsd) },
      { label: copy.queueP50, value: ms(props.total.queueMs?.p50Ms) },
      { label: copy.firstTokenP50, value: ms(props.total.firstTokenMs?.p50Ms) },
      { label: copy.runP50, value: ms(props.total.runMs?.p50Ms) },
      { label: copy.abandoned, value: formatNumber(props.total.abandonedAttempts) },
      ...utilityFigures(props.total),
    ]}
  />
);
