import { For, Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import { formatMs, formatPercent, formatUsd } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { Async } from "~/ui/async.tsx";
import { Chip, type Tone } from "~/ui/chip.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import styles from "./alert-states.module.css";
import { copy } from "./copy.ts";
import { type Alert, useAlerts } from "./queries.ts";

const tones = {
  off: "plain",
  ok: "good",
  alarm: "bad",
  no_data: "plain",
} satisfies Record<Alert["state"], Tone>;

/** Of each threshold: the value now, and whether it is over. */
export function AlertStates(props: { botId: string }) {
  const alerts = useAlerts(
    () => props.botId,
    () => true,
  );
  return (
    <Async query={alerts} title={copy.alertStates.failed} skeleton={<Skeleton kind="row" />}>
      {(data) => (
        <ul class={styles.alerts}>
          <For each={data().alerts}>{(alert) => <AlertItem alert={alert} />}</For>
        </ul>
      )}
    </Async>
  );
}

function AlertItem(props: {
  alert: Pick<Alert, "name" | "unit" | "threshold" | "value" | "state">;
}) {
  const value = (amount: number) => formatBy(props.alert.unit, amount);
  return (
    <li class={styles.alert}>
      <span class={page.between}>
        <strong>{copy.alertStates.names[props.alert.name]}</strong>
        <Chip tone={tones[props.alert.state]} dot>
          {copy.alertStates.states[props.alert.state]}
        </Chip>
      </span>
      <span class={styles.now}>
        <Show when={props.alert.value !== null} fallback={common.none}>
          {value(props.alert.value ?? 0)}
        </Show>
      </span>
      <span class={`${page.small} ${page.soft}`}>
        <Show when={props.alert.threshold !== null} fallback={copy.alertStates.noThreshold}>
          {copy.alertStates.threshold(value(props.alert.threshold ?? 0))}
        </Show>
        {" · "}
        {copy.alertStates.windows[props.alert.name]}
      </span>
    </li>
  );
}

const formatBy = (unit: Alert["unit"], amount: number): string =>
  ({
    percent: formatPercent(amount / 100),
    ms: formatMs(amount),
    micro_usd: formatUsd(amount),
  })[unit];
