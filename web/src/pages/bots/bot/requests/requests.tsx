import { Key as Keyed } from "@solid-primitives/keyed";
import { A, useSearchParams } from "@solidjs/router";
import { createMemo, Show } from "solid-js";
import { isLive, type Key, useKeys, useMe } from "../../../../api/queries.ts";
import { copy } from "../../../../copy.ts";
import { requestsCopy } from "../../../../copy-requests.ts";
import { formatMs, formatNumber, formatUsd } from "../../../../format.ts";
import { Async } from "../../../../ui/async.tsx";
import { EmptyState } from "../../../../ui/empty-state.tsx";
import { Select } from "../../../../ui/select.tsx";
import { Skeleton } from "../../../../ui/skeleton.tsx";
import { Table } from "../../../../ui/table.tsx";
import { Time } from "../../../../ui/time.tsx";
import page from "../../../page.module.css";
import { DownloadCsv } from "../../../download-csv.tsx";
import { FilteredList } from "../../../filtered-list.tsx";
import { type Last, useRange } from "../../../range/range.ts";
import { RangePicker } from "../../../range/range-picker.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { NotPublished } from "../not-published.tsx";
import { filterQuery, type Run, useRuns, whole } from "./queries.ts";
import { RedriveAll } from "./redrive-all.tsx";
import styles from "./requests.module.css";
import { RunChip } from "./run-chip.tsx";

/** A select has no empty choice: its value for no filter. */
const any = "any";
const lasts: Last[] = ["1h", "24h", "7d", "30d", whole];
const statuses = ["queued", "in_progress", "completed", "failed", "cancelled", "incomplete"];

export default function Requests() {
  const bot = useCurrentBot();
  const me = useMe();
  return (
    <Show when={me.isSuccess} fallback={<Skeleton kind="row" count={4} />}>
      <Show
        when={me.data?.may.publish.allowed}
        fallback={<NotPublished what={requestsCopy.requests.what} />}
      >
        <Log botId={bot().botId} />
      </Show>
    </Show>
  );
}

function Log(props: { botId: string }) {
  const bot = useCurrentBot();
  const [search, setSearch] = useSearchParams<{ status?: string; key?: string }>();
  const [range, setRange] = useRange(whole);
  const filters = createMemo(() => ({
    status: search.status ?? "",
    keyId: search.key ?? "",
    range: range(),
  }));
  const isFiltered = () => Object.keys(filterQuery(filters())).length > 0;
  const clear = () => {
    setRange({ last: whole });
    setSearch({ status: undefined, key: undefined });
  };
  const runs = useRuns(
    () => props.botId,
    filters,
    () => true,
  );
  // Keys end with the publication, the log of what they sent does not.
  const keys = useKeys(
    () => props.botId,
    () => isLive(bot().publicationStatus),
  );
  const known = () => keys.data?.pages.flatMap((one) => one.keys) ?? [];
  const all = () => runs.data?.pages.flatMap((one) => one.runs) ?? [];
  return (
    <div class={page.page}>
      <div class={page.head}>
        <div class={page.words}>
          <h2>{requestsCopy.requests.title}</h2>
          <p class={page.lead}>{requestsCopy.requests.lead}</p>
        </div>
        <Show when={all().length > 0}>
          <span class={page.row}>
            <Show when={filters().status === "failed"}>
              <RedriveAll botId={props.botId} />
            </Show>
            <DownloadCsv
              path={`/api/bots/${props.botId}/publication/runs`}
              query={() => ({ ...filterQuery(filters()), limit: "100" })}
              fileName="requests"
              label={requestsCopy.requests.csv}
            />
          </span>
        </Show>
      </div>
      <div class={styles.filters}>
        <RangePicker range={range()} onChange={setRange} lasts={lasts} />
        <Select
          label={requestsCopy.requests.status}
          options={[
            { value: any, label: requestsCopy.requests.anyStatus },
            ...statuses.map((value) => ({ value, label: copy.runStatus[value] ?? value })),
          ]}
          value={filters().status || any}
          onChange={(status) => setSearch({ status: status === any ? undefined : status })}
        />
        <Select
          label={requestsCopy.requests.key}
          options={[
            { value: any, label: requestsCopy.requests.anyKey },
            ...known().map((key) => ({ value: key.keyId, label: key.label })),
          ]}
          value={filters().keyId || any}
          onChange={(key) => setSearch({ key: key === any ? undefined : key })}
        />
      </div>
      <Async
        query={runs}
        title={requestsCopy.requests.failed}
        skeleton={<Skeleton kind="row" count={4} />}
      >
        {() => (
          <FilteredList
            pages={runs}
            isEmpty={all().length === 0}
            isFiltered={isFiltered()}
            onClear={clear}
            words={requestsCopy.requests}
            empty={
              <EmptyState
                icon="arrow"
                title={requestsCopy.requests.emptyTitle}
                text={requestsCopy.requests.emptyText}
              />
            }
          >
            <RunTable runs={all()} keys={known()} botId={props.botId} />
          </FilteredList>
        )}
      </Async>
    </div>
  );
}

export function RunTable(props: { runs: Run[]; keys: Key[]; botId: string }) {
  const labelOf = (keyId: string) =>
    props.keys.find((key) => key.keyId === keyId)?.label ?? requestsCopy.requests.deletedKey;
  return (
    <Table
      label={requestsCopy.requests.title}
      columns={[
        { label: requestsCopy.requests.at },
        { label: requestsCopy.requests.status },
        { label: requestsCopy.requests.key },
        { label: requestsCopy.requests.queue, number: true },
        { label: requestsCopy.requests.firstToken, number: true },
        { label: requestsCopy.requests.took, number: true },
        { label: requestsCopy.requests.tokens, number: true },
        { label: requestsCopy.requests.cost, number: true },
      ]}
    >
      <Keyed each={props.runs} by="runId">
        {(run) => (
          <tr data-run={run().runId}>
            <td data-label={requestsCopy.requests.at}>
              <A href={`/bots/${props.botId}/requests/${run().runId}`}>
                <Show when={run().createdAt} fallback={run().runId}>
                  {(at) => <Time at={at()} />}
                </Show>
              </A>
            </td>
            <td data-label={requestsCopy.requests.status}>
              <span class={page.row}>
                <RunChip status={run().status} />
                <Show when={run().error}>{(error) => <code>{error().code}</code>}</Show>
              </span>
            </td>
            <td data-label={requestsCopy.requests.key}>{labelOf(run().keyId)}</td>
            <td data-label={requestsCopy.requests.queue} data-number="">
              {msOr(run().queueMs)}
            </td>
            <td data-label={requestsCopy.requests.firstToken} data-number="">
              {msOr(run().firstTokenMs)}
            </td>
            <td data-label={requestsCopy.requests.took} data-number="">
              {msOr(run().runMs)}
            </td>
            <td data-label={requestsCopy.requests.tokens} data-number="">
              {formatNumber((run().inputTokens ?? 0) + (run().outputTokens ?? 0))}
            </td>
            <td data-label={requestsCopy.requests.cost} data-number="">
              {formatUsd(run().costMicroUsd ?? 0)}
            </td>
          </tr>
        )}
      </Keyed>
    </Table>
  );
}

const msOr = (ms: number | null) => (ms === null ? requestsCopy.requests.none : formatMs(ms));
