import { For, Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import { formatMs } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { Card } from "~/ui/card.tsx";
import { Time } from "~/ui/time.tsx";
import { copy } from "./copy.ts";
import type { RunDetail } from "./queries.ts";
import styles from "./request.module.css";

type Run = Pick<RunDetail, "createdAt" | "finishedAt" | "queueMs" | "firstTokenMs" | "runMs">;

/** Where one run's time went: drawn to scale, then step by step. */
export function Timing(props: { run: Run; title?: string }) {
  const queue = () => props.run.queueMs ?? 0;
  const first = () => props.run.firstTokenMs ?? 0;
  const rest = () => Math.max(0, (props.run.runMs ?? 0) - first());
  const total = () => queue() + first() + rest();
  const parts = () => [
    { part: "queue", ms: props.run.queueMs, label: copy.queue },
    { part: "first", ms: props.run.firstTokenMs, label: copy.firstToken },
    {
      part: "rest",
      ms: props.run.runMs === null ? null : rest(),
      label: copy.rest,
    },
  ];
  const share = (ms: number) => (total() === 0 ? 0 : (ms / total()) * 100);
  return (
    <Card title={props.title ?? copy.timing} hint={copy.timeline}>
      <svg
        class={styles.bar}
        viewBox="0 0 100 10"
        preserveAspectRatio="none"
        width="100%"
        aria-hidden="true"
      >
        <rect class={styles.queue} x="0" width={share(queue())} height="10" />
        <rect class={styles.first} x={share(queue())} width={share(first())} height="10" />
        <rect
          class={styles.rest}
          x={share(queue()) + share(first())}
          width={share(rest())}
          height="10"
        />
      </svg>
      <dl class={page.facts}>
        <For each={parts()}>
          {({ part, ms, label }) => (
            <div>
              <dt>
                <span class={styles.key} data-part={part} />
                {label}
              </dt>
              <dd>{ms === null ? common.none : formatMs(ms)}</dd>
            </div>
          )}
        </For>
        <div>
          <dt>{copy.total}</dt>
          <dd>{formatMs(total())}</dd>
        </div>
      </dl>
      <Steps run={props.run} />
    </Card>
  );
}

function Steps(props: { run: Run }) {
  const { steps } = copy;
  const sum = (...parts: (number | null)[]) =>
    parts.every((part) => part !== null) ? parts.reduce((a, b) => a + b, 0) : null;
  const later = () => [
    { step: steps.begun, afterMs: sum(props.run.queueMs) },
    { step: steps.firstText, afterMs: sum(props.run.queueMs, props.run.firstTokenMs) },
    {
      step: steps.ended,
      afterMs: props.run.finishedAt ? sum(props.run.queueMs, props.run.runMs) : null,
    },
  ];
  return (
    <ol class={styles.steps}>
      <li>
        <span>{steps.accepted}</span>
        <Show when={props.run.createdAt}>{(at) => <Time at={at()} clock />}</Show>
      </li>
      <For each={later()}>
        {({ step, afterMs }) => (
          <li>
            <span>{step}</span>
            <span class={page.soft}>
              {afterMs === null ? copy.notYet : copy.after(formatMs(afterMs))}
            </span>
          </li>
        )}
      </For>
    </ol>
  );
}
