import { Key as Keyed } from "@solid-primitives/keyed";
import { A } from "@solidjs/router";
import { Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import { formatMs } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { RunChip } from "~/page-parts/status/status-chip.tsx";
import { Chip } from "~/ui/chip.tsx";
import { CopyButton } from "~/ui/copy-button.tsx";
import { Table } from "~/ui/table.tsx";
import { Time } from "~/ui/time.tsx";
import { copy } from "./copy.ts";
import type { Arrival, Refusal } from "./queries.ts";
import styles from "./requests.module.css";

interface Props {
  arrivals: Arrival[];
  botId: string;
  /** A request that began no run has no page. */
  onOpen: (arrival: Arrival) => void;
}

/** A line for each request. The whole of it opens, as its time does for the keyboard. */
export function ArrivalTable(props: Props) {
  return (
    <Table
      label={copy.title}
      columns={[
        { label: copy.at },
        { label: copy.answer },
        { label: copy.request },
        { label: copy.key },
        { label: copy.requestId },
        { label: copy.tookMs, number: true },
      ]}
    >
      <Keyed each={props.arrivals} by="requestId">
        {(arrival) => (
          <tr data-request={arrival().requestId} class={styles.row} onClick={openWhole}>
            <td data-label={copy.at}>
              <Opener arrival={arrival()} botId={props.botId} onOpen={props.onOpen} />
            </td>
            <td data-label={copy.answer}>
              <StatusChip status={arrival().status} />
            </td>
            <td data-label={copy.request}>
              <div class={styles.words}>
                <code>
                  {arrival().method} {arrival().path ?? ""}
                </code>
                <Show when={refusalOf(arrival())}>
                  {(why) => <span class={page.soft}>{why()}</span>}
                </Show>
                <Show when={arrival().run}>
                  {(run) => (
                    <span class={styles.words} data-written="">
                      <Show when={run().status !== "completed"}>
                        <RunChip status={run().status} />
                      </Show>
                      <span class={page.soft}>{run().preview}</span>
                    </span>
                  )}
                </Show>
              </div>
            </td>
            <td data-label={copy.key}>{keyName(arrival())}</td>
            <td data-label={copy.requestId}>
              <span class={styles.id}>
                <code title={arrival().requestId}>{shortId(arrival().requestId)}</code>
                <CopyButton value={arrival().requestId} label={copy.copyRequestId} look="quiet" />
              </span>
            </td>
            <td data-label={copy.tookMs} data-number="">
              {msOr(arrival().ms)}
            </td>
          </tr>
        )}
      </Keyed>
    </Table>
  );
}

function Opener(props: { arrival: Arrival; botId: string; onOpen: (arrival: Arrival) => void }) {
  return (
    <Show
      when={props.arrival.run}
      fallback={
        <button
          type="button"
          class={styles.open}
          data-opens=""
          onClick={() => props.onOpen(props.arrival)}
        >
          <Time at={props.arrival.at} exact />
        </button>
      }
    >
      {(run) => (
        <A href={`/bots/${props.botId}/requests/${run().runId}`} data-opens="">
          <Time at={props.arrival.at} exact />
        </A>
      )}
    </Show>
  );
}

/** What the pointer hits anywhere in a line is its opener; what does something of its own does that. */
function openWhole(event: MouseEvent & { currentTarget: HTMLElement }) {
  const target = event.target instanceof Element ? event.target : undefined;
  const isSelecting = (window.getSelection()?.toString() ?? "") !== "";
  if (target?.closest("a, button") || isSelecting) return;
  event.currentTarget.querySelector<HTMLElement>("[data-opens]")?.click();
}

export const StatusChip = (props: { status: number }) => (
  <Chip tone={props.status < 400 ? "good" : props.status < 500 ? "warn" : "bad"}>
    {props.status}
  </Chip>
);

/** Why the gateway itself refused; `undefined` where it let the request through. */
export function refusalOf({ refusal }: Arrival): string | undefined {
  if (refusal === null) return undefined;
  return Object.hasOwn(copy.refusals, refusal) ? copy.refusals[refusal as Refusal] : refusal;
}

export function keyName({ key }: Arrival): string {
  if (!key) return copy.noKey;
  if (key.isProbe) return copy.probe;
  return key.isGone ? copy.gone(key.label) : key.label;
}

/** The first part tells them apart on a page; the whole of it is copied. */
const shortId = (id: string): string => id.split("-")[0] ?? id;

export const msOr = (ms: number | null) => (ms === null ? common.none : formatMs(ms));
