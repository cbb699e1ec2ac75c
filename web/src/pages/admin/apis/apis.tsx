import { Key } from "@solid-primitives/keyed";
import { useSearchParams } from "@solidjs/router";
import { For, Show } from "solid-js";
import { formatNumber } from "~/format.ts";
import { FilteredList } from "~/page-parts/list/filtered-list.tsx";
import { TypedFilter } from "~/page-parts/list/typed-filter.tsx";
import page from "~/page-parts/page.module.css";
import { copy as statusCopy } from "~/page-parts/status/copy.ts";
import { isPublicationStatus, publicationStatuses } from "~/page-parts/status/status.ts";
import { Async } from "~/ui/async.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Select } from "~/ui/select.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Table } from "~/ui/table.tsx";
import styles from "../admin.module.css";
import { AdminPage } from "../admin-page.tsx";
import { copy as adminCopy } from "../copy.ts";
import { ApiRow } from "./api-row.tsx";
import { copy } from "./copy.ts";
import { type Publication, type PublicationPage, usePublications } from "./queries.ts";

/** A select has no empty choice: its value for no filter. */
const any = "any";

export default function Apis() {
  const [search, setSearch] = useSearchParams<{ status?: string; owner?: string; text?: string }>();
  const filters = () => ({
    ...(isPublicationStatus(search.status) ? { status: search.status } : {}),
    ...(search.owner ? { owner: search.owner } : {}),
    ...(search.text ? { text: search.text } : {}),
  });
  const isFiltered = () => Object.keys(filters()).length > 0;
  const clear = () => setSearch({ status: undefined, owner: undefined, text: undefined });
  const publications = usePublications(filters);
  const all = () => publications.data?.pages.flatMap((one) => one.publications) ?? [];
  return (
    <AdminPage
      copy={copy}
      csv={{
        path: "/api/admin/publications",
        fileName: "publications",
        query: () => ({ ...filters(), limit: "100" }),
      }}
      filters={
        <>
          <TypedFilter
            label={copy.text}
            hint={copy.textHint}
            value={search.text ?? ""}
            onChange={(text) => setSearch({ text: text || undefined })}
          />
          <TypedFilter
            label={adminCopy.owner}
            hint={copy.ownerHint}
            value={search.owner ?? ""}
            onChange={(owner) => setSearch({ owner: owner || undefined })}
          />
          <Select
            label={adminCopy.status}
            options={[
              { value: any, label: copy.anyStatus },
              ...publicationStatuses.map((value) => ({
                value,
                label: statusCopy.publication[value],
              })),
            ]}
            value={isPublicationStatus(search.status) ? search.status : any}
            onChange={(status) => setSearch({ status: status === any ? undefined : status })}
          />
        </>
      }
    >
      <Async query={publications} title={copy.failed} skeleton={<Skeleton kind="row" count={5} />}>
        {() => (
          <FilteredList
            pages={publications}
            isEmpty={all().length === 0}
            isFiltered={isFiltered()}
            onClear={clear}
            words={{ nothingFits: adminCopy.nothingFits, more: copy.more }}
            empty={<EmptyState icon="arrow" title={copy.emptyTitle} text={copy.emptyText} />}
          >
            <Ceilings of={publications.data?.pages[0]?.ceilings ?? []} />
            <ApiTable publications={all()} />
            <Show when={publications.data?.pages[0]?.templateUpgrades === false}>
              <p class={`${page.small} ${page.soft}`}>{copy.upgradesOff}</p>
            </Show>
          </FilteredList>
        )}
      </Async>
    </AdminPage>
  );
}

/** What the account may hold, with what is taken of it by whomever. */
function Ceilings(props: { of: PublicationPage["ceilings"] }) {
  const isNear = () => props.of.some(({ used, max }) => used >= 0.9 * max);
  return (
    <Show when={props.of.length > 0}>
      <Notice tone={isNear() ? "warn" : "info"} title={copy.ceilings.title}>
        <p>
          <For each={props.of}>
            {(one, i) => (
              <>
                {i() > 0 ? ", " : ""}
                {copy.ceilings[one.name](formatNumber(one.used), formatNumber(one.max))}
              </>
            )}
          </For>
        </p>
        <p>{copy.ceilings.next}</p>
      </Notice>
    </Show>
  );
}

function ApiTable(props: { publications: Publication[] }) {
  return (
    <div class={styles.dense}>
      <Table
        label={copy.title}
        columns={[
          { label: adminCopy.bot },
          { label: adminCopy.owner },
          { label: adminCopy.status },
          { label: copy.cell },
          { label: copy.published },
          { label: copy.limits },
          { label: copy.template },
          { label: copy.actions },
        ]}
      >
        {/* By id: a row whose age has changed keeps its menu, and the focus in it. */}
        <Key each={props.publications} by="botId">
          {(publication) => <ApiRow of={publication()} />}
        </Key>
      </Table>
    </div>
  );
}
