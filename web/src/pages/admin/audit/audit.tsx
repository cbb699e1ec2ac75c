import { Key } from "@solid-primitives/keyed";
import { useSearchParams } from "@solidjs/router";
import { FilteredList } from "~/page-parts/list/filtered-list.tsx";
import { TypedFilter } from "~/page-parts/list/typed-filter.tsx";
import { timesOf, useRange } from "~/page-parts/range/range.ts";
import { RangePicker } from "~/page-parts/range/range-picker.tsx";
import { Async } from "~/ui/async.tsx";
import { Checkbox } from "~/ui/checkbox.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Select } from "~/ui/select.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { AdminPage } from "../admin-page.tsx";
import { copy as adminCopy } from "../copy.ts";
import list from "./audit.module.css";
import { copy } from "./copy.ts";
import { Entry } from "./entry.tsx";
import { type AuditEntry, useAudit } from "./queries.ts";
import { VerifyLog } from "./verify-log.tsx";

/** A select has no empty choice: its value for no filter. */
const any = "any";

interface Search {
  actor?: string;
  bot?: string;
  action?: string;
  outcome?: string;
  admins?: string;
}

const isOutcome = (text: string | undefined): text is AuditEntry["outcome"] =>
  text !== undefined && Object.hasOwn(copy.outcomes, text);
const isAction = (text: string | undefined): text is AuditEntry["action"] =>
  text !== undefined && Object.hasOwn(copy.actions, text);

export default function Audit() {
  const [search, setSearch] = useSearchParams<{ [name in keyof Search]: string }>();
  const [range, setRange] = useRange("30d");
  const filters = () => ({
    ...(search.actor ? { actor: search.actor } : {}),
    ...(search.bot ? { botId: search.bot } : {}),
    ...(isAction(search.action) ? { action: search.action } : {}),
    ...(isOutcome(search.outcome) ? { outcome: search.outcome } : {}),
    ...(search.admins ? { asAdmin: "true" as const } : {}),
  });
  const isFiltered = () => Object.keys(filters()).length > 0;
  const clear = () =>
    setSearch({
      actor: undefined,
      bot: undefined,
      action: undefined,
      outcome: undefined,
      admins: undefined,
    });
  const entries = useAudit(filters, range);
  const all = () => entries.data?.pages.flatMap((one) => one.entries) ?? [];
  return (
    <AdminPage
      copy={copy}
      csv={{
        path: "/api/admin/audit",
        fileName: "audit",
        query: () => ({ ...filters(), ...timesOf(range()), limit: "100" }),
      }}
      filters={
        <>
          <RangePicker
            range={range()}
            onChange={setRange}
            lasts={["24h", "7d", "30d", "90d", "365d"]}
          />
          <TypedFilter
            label={copy.actor}
            hint={copy.actorHint}
            value={search.actor ?? ""}
            onChange={(actor) => setSearch({ actor: actor || undefined })}
          />
          <TypedFilter
            label={copy.botId}
            hint={copy.botIdHint}
            value={search.bot ?? ""}
            onChange={(bot) => setSearch({ bot: bot || undefined })}
          />
          <Select
            label={copy.action}
            options={[
              { value: any, label: copy.anyAction },
              ...Object.entries(copy.actions).map(([value, label]) => ({ value, label })),
            ]}
            value={isAction(search.action) ? search.action : any}
            onChange={(action) => setSearch({ action: action === any ? undefined : action })}
          />
          <Select
            label={copy.outcome}
            options={[
              { value: any, label: copy.anyOutcome },
              ...Object.entries(copy.outcomes).map(([value, label]) => ({ value, label })),
            ]}
            value={isOutcome(search.outcome) ? search.outcome : any}
            onChange={(outcome) => setSearch({ outcome: outcome === any ? undefined : outcome })}
          />
        </>
      }
    >
      <VerifyLog range={range()} />
      <Checkbox
        label={copy.asAdmin}
        checked={search.admins === "1"}
        onChange={(checked) => setSearch({ admins: checked ? "1" : undefined })}
      />
      <Async query={entries} title={copy.failed} skeleton={<Skeleton kind="row" count={6} />}>
        {() => (
          <FilteredList
            pages={entries}
            isEmpty={all().length === 0}
            isFiltered={isFiltered()}
            onClear={clear}
            words={{ nothingFits: adminCopy.nothingFits, more: copy.more }}
            empty={<EmptyState icon="info" title={copy.emptyTitle} text={copy.emptyText} />}
          >
            <ol class={list.list} aria-label={copy.title}>
              <Key each={all()} by="auditId">
                {(entry) => <Entry of={entry()} />}
              </Key>
            </ol>
          </FilteredList>
        )}
      </Async>
    </AdminPage>
  );
}
