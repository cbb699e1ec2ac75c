import { Key as Keyed } from "@solid-primitives/keyed";
import { A, useSearchParams } from "@solidjs/router";
import { createMemo, Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import { formatMs, formatNumber, formatUsd } from "~/format.ts";
import { DownloadCsv } from "~/page-parts/csv/download-csv.tsx";
import { FilteredList } from "~/page-parts/list/filtered-list.tsx";
import page from "~/page-parts/page.module.css";
import { PageHead } from "~/page-parts/page-head.tsx";
import { type Last, useRange } from "~/page-parts/range/range.ts";
import { RangePicker } from "~/page-parts/range/range-picker.tsx";
import { copy as statusCopy } from "~/page-parts/status/copy.ts";
import { isLive, isRunStatus, runStatuses } from "~/page-parts/status/status.ts";
import { RunChip } from "~/page-parts/status/status-chip.tsx";
import { Async } from "~/ui/async.tsx";
import { Chip } from "~/ui/chip.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Select } from "~/ui/select.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Table } from "~/ui/table.tsx";
import { Time } from "~/ui/time.tsx";
import { useCurrentBot } from "../../bot-context.ts";
import { ForPublishers } from "../../for-publishers.tsx";
import { type Key, useKeys } from "../../queries.ts";
import { copy } from "../copy.ts";
import { filterQuery, type Run, useRuns, whole } from "../queries.ts";
import styles from "../requests.module.css";
import { RedriveAll } from "./redrive-all.tsx";

/** A select has no empty choice: its value for no filter. */
const any = "any";
const lasts: Last[] = ["1h", "24h", "7d", "30d", whole];

/** Messages that were accepted, and what became of them. */
export default function Runs() {
  return <ForPublishers what={copy.what} skeleton={{ kind: "row", count: 4 }} page={Log} />;
}

function Log(props: { botId: string }) {
  const bot = useCurrentBot();
  const [search, setSearch] = useSearchParams<{ status?: string; key?: string }>();
  const [range, setRange] = useRange(whole);
  const filters = createMemo(() => ({
    status: isRunStatus(search.status) ? search.status : undefined,
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
      <PageHead title={copy.runs} lead={copy.runsLead}>
        <Show when={all().length > 0}>
          <span class={page.row}>
            <Show when={filters().status === "failed"}>
              <RedriveAll botId={props.botId} />
            </Show>
            <DownloadCsv
              path={`/api/bots/${props.botId}/publication/runs`}
              query={() => ({ ...filterQuery(filters()), limit: "100" })}
              fileName="runs"
            />
          </span>
        </Show>
      </PageHead>
      <ToRequests botId={props.botId} />
      <div class={styles.filters}>
        <RangePicker range={range()} onChange={setRange} lasts={lasts} />
        <Select
          label={copy.status}
          options={[
            { value: any, label: copy.anyStatus },
            ...runStatuses.map((value) => ({ value, label: statusCopy.run[value] })),
          ]}
          value={filters().status || any}
          onChange={(status) => setSearch({ status: status === any ? undefined : status })}
        />
        <Select
          label={copy.key}
          options={[
            { value: any, label: copy.anyKey },
            ...known().map((key) => ({ value: key.keyId, label: key.label })),
          ]}
          value={filters().keyId || any}
          onChange={(key) => setSearch({ key: key === any ? undefined : key })}
        />
      </div>
      <Async query={runs} title={copy.failed} skeleton={<Skeleton kind="row" count={4} />}>
        {() => (
          <FilteredList
            pages={runs}
            isEmpty={all().length === 0}
            isFiltered={isFiltered()}
            onClear={clear}
            words={{ nothingFits: copy.nothingFits, more: copy.moreRuns }}
            empty={<EmptyState icon="arrow" title={copy.emptyTitle} text={copy.emptyText} />}
          >
            <RunTable runs={all()} keys={known()} botId={props.botId} />
          </FilteredList>
        )}
      </Async>
    </div>
  );
}

const ToRequests = (props: { botId: string }) => (
  <p>
    <A href={`/bots/${props.botId}/requests`}>{copy.toRequests}</A>
  </p>
);

function RunTable(props: { runs: Run[]; keys: Key[]; botId: string }) {
  const labelOf = (keyId: string) =>
    props.keys.find((key) => key.keyId === keyId)?.label ?? copy.deletedKey;
  return (
    <Table
      label={copy.runs}
      columns={[
        { label: copy.at },
        { label: copy.status },
        { label: copy.key },
        { label: copy.queue, number: true },
        { label: copy.firstToken, number: true },
        { label: copy.took, number: true },
        { label: copy.tokens, number: true },
        { label: copy.cost, number: true },
      ]}
    >
      <Keyed each={props.runs} by="runId">
        {(run) => (
          <tr data-run={run().runId}>
            <td data-label={copy.at}>
              <A href={`/bots/${props.botId}/requests/${run().runId}`}>
                <Show when={run().createdAt} fallback={run().runId}>
                  {(at) => <Time at={at()} exact />}
                </Show>
              </A>
            </td>
            <td data-label={copy.status}>
              <span class={page.row}>
                <RunChip status={run().status} />
                <Show when={run().error}>{(error) => <code>{error().code}</code>}</Show>
                <Show when={run().via === "utility"}>
                  <Chip>{copy.utility}</Chip>
                </Show>
              </span>
            </td>
            <td data-label={copy.key}>{labelOf(run().keyId)}</td>
            <td data-label={copy.queue} data-number="">
              {msOr(run().queueMs)}
            </td>
            <td data-label={copy.firstToken} data-number="">
              {msOr(run().firstTokenMs)}
            </td>
            <td data-label={copy.took} data-number="">
              {msOr(run().runMs)}
            </td>
            <td data-label={copy.tokens} data-number="">
              {formatNumber((run().inputTokens ?? 0) + (run().outputTokens ?? 0))}
            </td>
            <td data-label={copy.cost} data-number="">
              {formatUsd(run().costMicroUsd ?? 0)}
            </td>
          </tr>
        )}
      </Keyed>
    </Table>
  );
}

const msOr = (ms: number | null) => (ms === null ? common.none : formatMs(ms));
