import { For, Show } from "solid-js";
import { formatUsd } from "~/format.ts";
import { DownloadCsv } from "~/page-parts/csv/download-csv.tsx";
import page from "~/page-parts/page.module.css";
import { type Range, timesOf } from "~/page-parts/range/range.ts";
import { PublicationChip } from "~/page-parts/status/status-chip.tsx";
import { Async } from "~/ui/async.tsx";
import { Card } from "~/ui/card.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Table } from "~/ui/table.tsx";
import { copy as adminCopy } from "../copy.ts";
import { BotName, Owner } from "../who.tsx";
import { copy } from "./copy.ts";
import { type IdleApi, useIdle } from "./queries.ts";

const utcDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });

/** APIs that cost something, or might, and serve nobody. */
export function Idle(props: { range: Range }) {
  const idle = useIdle(() => props.range);
  return (
    <Card
      title={copy.idle}
      hint={copy.idleHint}
      actions={
        <DownloadCsv path="/api/admin/idle" fileName="idle" query={() => timesOf(props.range)} />
      }
    >
      <Async query={idle} title={copy.idleFailed} skeleton={<Skeleton kind="row" count={2} />}>
        {(data) => (
          <Show when={data().publications.length > 0} fallback={<p>{copy.noneIdle}</p>}>
            <IdleTable apis={data().publications} />
          </Show>
        )}
      </Async>
    </Card>
  );
}

function IdleTable(props: { apis: IdleApi[] }) {
  return (
    <Table
      label={copy.idle}
      columns={[
        { label: adminCopy.bot },
        { label: adminCopy.owner },
        { label: adminCopy.status },
        { label: copy.lastCalled },
        { label: adminCopy.cost, number: true },
        { label: copy.monthly, number: true },
      ]}
    >
      <For each={props.apis}>
        {(api) => (
          <tr data-bot={api.botId}>
            <td data-label={adminCopy.bot}>
              <BotName botId={api.botId} title={api.title} deleted={api.deleted} page="/publish" />
            </td>
            <td data-label={adminCopy.owner}>
              <Owner ownerId={api.ownerId} ownerName={api.ownerName} />
            </td>
            <td data-label={adminCopy.status}>
              <PublicationChip status={api.status} />
            </td>
            <td data-label={copy.lastCalled}>
              <Show when={api.lastRequestAt} fallback={<span class={page.soft}>{copy.never}</span>}>
                {(at) => (
                  <time datetime={at()} title={copy.utcDay}>
                    {utcDay.format(new Date(at()))}
                  </time>
                )}
              </Show>
            </td>
            <td data-label={adminCopy.cost} data-number="">
              {formatUsd(api.costMicroUsd)}
            </td>
            <td data-label={copy.monthly} data-number="">
              {formatUsd(api.monthlyCostMicroUsd)}
            </td>
          </tr>
        )}
      </For>
    </Table>
  );
}
