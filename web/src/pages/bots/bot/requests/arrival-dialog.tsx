import { type JSX, Show } from "solid-js";
import { aboutStatus } from "~/page-parts/docs/troubleshooting.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { CopyButton } from "~/ui/copy-button.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { DocsLink } from "~/ui/docs-link.tsx";
import { Time } from "~/ui/time.tsx";
import { keyName, msOr, refusalOf, StatusChip } from "./arrival-table.tsx";
import { copy } from "./copy.ts";
import type { Arrival } from "./queries.ts";

/** All that is known of a request that began no run. */
export function ArrivalDialog(props: { arrival: Arrival | undefined; onClose: () => void }) {
  return (
    <Dialog open={props.arrival !== undefined} onClose={props.onClose} title={copy.request}>
      <Show when={props.arrival}>{(arrival) => <Facts arrival={arrival()} />}</Show>
      <DialogActions>
        <Button onClick={() => props.onClose()}>{copy.close}</Button>
      </DialogActions>
    </Dialog>
  );
}

function Facts(props: { arrival: Arrival }) {
  const why = () => refusalOf(props.arrival);
  return (
    <dl class={page.facts}>
      <Fact label={copy.requestId}>
        <span class={page.row}>
          <code>{props.arrival.requestId}</code>
          <CopyButton value={props.arrival.requestId} label={copy.copyRequestId} />
        </span>
      </Fact>
      <Fact label={copy.at}>
        <Time at={props.arrival.at} exact />
      </Fact>
      <Fact label={copy.answer}>
        <StatusChip status={props.arrival.status} />
      </Fact>
      <Fact label={copy.request}>
        <code>
          {props.arrival.method} {props.arrival.path ?? ""}
        </code>{" "}
        <Show when={props.arrival.path === null}>{copy.notRead}</Show>
      </Fact>
      <Fact label={copy.key}>{keyName(props.arrival)}</Fact>
      <Fact label={copy.address}>
        <code>{props.arrival.sourceIp}</code>
      </Fact>
      <Fact label={copy.tookMs}>{msOr(props.arrival.ms)}</Fact>
      <Show when={why()}>{(reason) => <Fact label={copy.why}>{reason()}</Fact>}</Show>
      <Show when={props.arrival.status >= 400}>
        <Fact label={copy.aboutStatus}>
          <DocsLink href={aboutStatus(props.arrival.status)}>
            {String(props.arrival.status)}
          </DocsLink>
        </Fact>
      </Show>
    </dl>
  );
}

const Fact = (props: { label: string; children: JSX.Element }) => (
  <div>
    <dt>{props.label}</dt>
    <dd>{props.children}</dd>
  </div>
);
