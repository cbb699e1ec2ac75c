import { A, useSearchParams } from "@solidjs/router";
import { createMemo, createSignal } from "solid-js";
import { FilteredList } from "~/page-parts/list/filtered-list.tsx";
import { TypedFilter } from "~/page-parts/list/typed-filter.tsx";
import page from "~/page-parts/page.module.css";
import { PageHead } from "~/page-parts/page-head.tsx";
import { type Last, useRange } from "~/page-parts/range/range.ts";
import { RangePicker } from "~/page-parts/range/range-picker.tsx";
import { isLive } from "~/page-parts/status/status.ts";
import { Async } from "~/ui/async.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Select } from "~/ui/select.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { ForPublishers } from "../for-publishers.tsx";
import { useKeys } from "../queries.ts";
import { ArrivalDialog } from "./arrival-dialog.tsx";
import { ArrivalTable } from "./arrival-table.tsx";
import { copy } from "./copy.ts";
import { type Arrival, arrivalQuery, useArrivals, whole } from "./queries.ts";
import styles from "./requests.module.css";

/** A select has no empty choice: its value for no filter. */
const any = "any";
const lasts: Last[] = ["1h", "24h", "7d", "30d", whole];

export default function Requests() {
  return <ForPublishers what={copy.what} skeleton={{ kind: "row", count: 4 }} page={Log} />;
}

function Log(props: { botId: string }) {
  const bot = useCurrentBot();
  const [search, setSearch] = useSearchParams<{ q?: string; answer?: string; key?: string }>();
  const [range, setRange] = useRange(whole);
  const [opened, setOpened] = createSignal<Arrival>();
  const filters = createMemo(() => ({
    text: search.q ?? "",
    status: search.answer ?? "",
    keyId: search.key ?? "",
    range: range(),
  }));
  const isFiltered = () => Object.keys(arrivalQuery(filters())).length > 0;
  const clear = () => {
    setRange({ last: whole });
    setSearch({ q: undefined, answer: undefined, key: undefined });
  };
  const arrivals = useArrivals(() => props.botId, filters);
  const keys = useKeys(
    () => props.botId,
    () => isLive(bot().publicationStatus),
  );
  const all = () => arrivals.data?.pages.flatMap((one) => one.requests) ?? [];
  return (
    <div class={page.page}>
      <PageHead title={copy.title} lead={copy.lead} />
      <p>
        <A href={`/bots/${props.botId}/requests/runs`}>{copy.toRuns}</A>
      </p>
      <div class={styles.filters}>
        <TypedFilter
          label={copy.search}
          hint={copy.searchHint}
          value={filters().text}
          onChange={(q) => setSearch({ q: q || undefined })}
        />
        <RangePicker range={range()} onChange={setRange} lasts={lasts} />
        <Select
          label={copy.answer}
          options={[
            { value: any, label: copy.anyAnswer },
            ...Object.entries(copy.answers).map(([value, label]) => ({ value, label })),
          ]}
          value={filters().status || any}
          onChange={(answer) => setSearch({ answer: answer === any ? undefined : answer })}
        />
        <Select
          label={copy.key}
          options={[
            { value: any, label: copy.anyKey },
            ...(keys.data?.pages ?? [])
              .flatMap((one) => one.keys)
              .map((key) => ({ value: key.keyId, label: key.label })),
          ]}
          value={filters().keyId || any}
          onChange={(key) => setSearch({ key: key === any ? undefined : key })}
        />
      </div>
      <Async query={arrivals} title={copy.failed} skeleton={<Skeleton kind="row" count={4} />}>
        {() => (
          <FilteredList
            pages={arrivals}
            isEmpty={all().length === 0}
            isFiltered={isFiltered()}
            onClear={clear}
            words={copy}
            empty={<EmptyState icon="arrow" title={copy.emptyTitle} text={copy.emptyText} />}
          >
            <ArrivalTable arrivals={all()} botId={props.botId} onOpen={setOpened} />
          </FilteredList>
        )}
      </Async>
      <ArrivalDialog arrival={opened()} onClose={() => setOpened(undefined)} />
    </div>
  );
}
