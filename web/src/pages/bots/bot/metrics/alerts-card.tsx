import { For, Show } from "solid-js";
import { type Alert, useAlerts } from "../../../../api/queries.ts";
import { metricsCopy } from "../../../../copy-metrics.ts";
import { formatMs, formatPercent, formatUsd } from "../../../../format.ts";
import { Async } from "../../../../ui/async.tsx";
import { ButtonLink } from "../../../../ui/button.tsx";
import { Card } from "../../../../ui/card.tsx";
import { Chip, type Tone } from "../../../../ui/chip.tsx";
import { Skeleton } from "../../../../ui/skeleton.tsx";
import page from "../../../page.module.css";
import styles from "./metrics.module.css";

const copy = metricsCopy.alerts;
const tones: Record<Alert["state"], Tone> = {
  off: "plain",
  ok: "good",
  alarm: "bad",
  no_data: "plain",
};

/** How the publication stands by its owner's thresholds, now. */
export function AlertsCard(props: { botId: string }) {
  const alerts = useAlerts(
    () => props.botId,
    () => true,
  );
  const anySet = () => alerts.data?.alerts.some(({ threshold }) => threshold !== null);
  return (
    <Card
      title={copy.title}
      hint={alerts.isSuccess && !anySet() ? copy.allOff : copy.hint}
      actions={
        <ButtonLink href={`/bots/${props.botId}/publish#alerts`} size="small">
          {anySet() ? copy.edit : copy.set}
        </ButtonLink>
      }
    >
      <AlertStates botId={props.botId} />
    </Card>
  );
}

export function AlertStates(props: { botId: string }) {
  const alerts = useAlerts(
    () => props.botId,
    () => true,
  );
  return (
    <Async query={alerts} title={copy.failed} skeleton={<Skeleton kind="row" />}>
      {(data) => (
        <ul class={styles.alerts}>
          <For each={data().alerts}>{(alert) => <AlertItem alert={alert} />}</For>
        </ul>
      )}
    </Async>
  );
}

export function AlertItem(props: {
  alert: Pick<Alert, "name" | "unit" | "threshold" | "value" | "state">;
}) {
  const value = (amount: number) => formatBy(props.alert.unit, amount);
  return (
    <li class={styles.alert}>
      <span class={page.between}>
        <strong>{copy.names[props.alert.name]}</strong>
        <Chip tone={tones[props.alert.state]} dot>
          {copy.states[props.alert.state]}
        </Chip>
      </span>
      <span class={styles.now}>
        <Show when={props.alert.value !== null} fallback={metricsCopy.metrics.none}>
          {value(props.alert.value ?? 0)}
        </Show>
      </span>
      <span class={`${page.small} ${page.soft}`}>
        <Show when={props.alert.threshold !== null} fallback={copy.noThreshold}>
          {copy.threshold(value(props.alert.threshold ?? 0))}
        </Show>
        {" · "}
        {copy.windows[props.alert.name]}
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
