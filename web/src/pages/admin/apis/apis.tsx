import { Key } from "@solid-primitives/keyed";
import { useSearchParams } from "@solidjs/router";
import { Show } from "solid-js";
import { adminCopy } from "../../../copy-admin.ts";
import { copy as common } from "../../../copy.ts";
import { Async } from "../../../ui/async.tsx";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { Select } from "../../../ui/select.tsx";
import { Skeleton } from "../../../ui/skeleton.tsx";
import { Table } from "../../../ui/table.tsx";
import page from "../../page.module.css";
import styles from "../admin.module.css";
import { AdminHead } from "../admin-head.tsx";
import { DownloadCsv } from "../../download-csv.tsx";
import { FilteredList } from "../../filtered-list.tsx";
import { type Publication, usePublications } from "../queries.ts";
import { TypedFilter } from "../typed-filter.tsx";
import { ApiRow } from "./api-row.tsx";

const copy = adminCopy.apis;
/** A select has no empty choice: its value for no filter. */
const any = "any";
const statuses = [
  "publishing",
  "published",
  "updating",
  "paused",
  "unpublishing",
  "unpublished",
  "failed",
] as const;
type Status = (typeof statuses)[number];
const isStatus = (text: string | undefined): text is Status =>
  statuses.some((status) => status === text);

export default function Apis() {
  const [search, setSearch] = useSearchParams<{ status?: string; owner?: string; text?: string }>();
  const filters = () => ({
    ...(isStatus(search.status) ? { status: search.status } : {}),
    ...(search.owner ? { owner: search.owner } : {}),
    ...(search.text ? { text: search.text } : {}),
  });
  const isFiltered = () => Object.keys(filters()).length > 0;
  const clear = () => setSearch({ status: undefined, owner: undefined, text: undefined });
  const publications = usePublications(filters);
  const all = () => publications.data?.pages.flatMap((one) => one.publications) ?? [];
  return (
    <div class={page.page}>
      <AdminHead copy={copy}>
        <DownloadCsv
          path="/api/admin/publications"
          fileName="publications"
          label={adminCopy.csv}
          query={() => ({ ...filters(), limit: "100" })}
        />
      </AdminHead>
      <div class={styles.filters}>
        <TypedFilter
          label={copy.text}
          hint={copy.textHint}
          value={search.text ?? ""}
          onChange={(text) => setSearch({ text: text || undefined })}
        />
        <TypedFilter
          label={copy.owner}
          hint={copy.ownerHint}
          value={search.owner ?? ""}
          onChange={(owner) => setSearch({ owner: owner || undefined })}
        />
        <Select
          label={copy.status}
          options={[
            { value: any, label: copy.anyStatus },
            ...statuses.map((value) => ({
              value,
              label: common.publicationStatus[value] ?? value,
            })),
          ]}
          value={isStatus(search.status) ? search.status : any}
          onChange={(status) => setSearch({ status: status === any ? undefined : status })}
        />
      </div>
      <Async query={publications} title={copy.failed} skeleton={<Skeleton kind="row" count={5} />}>
        {() => (
          <FilteredList
            pages={publications}
            isEmpty={all().length === 0}
            isFiltered={isFiltered()}
            onClear={clear}
            words={{ ...adminCopy, more: copy.more }}
            empty={<EmptyState icon="arrow" title={copy.emptyTitle} text={copy.emptyText} />}
          >
            <ApiTable publications={all()} />
            <Show when={publications.data?.pages[0]?.templateUpgrades === false}>
              <p class={`${page.small} ${page.soft}`}>{copy.upgradesOff}</p>
            </Show>
          </FilteredList>
        )}
      </Async>
    </div>
  );
}

function ApiTable(props: { publications: Publication[] }) {
  return (
    <div class={styles.dense}>
      <Table
        label={copy.title}
        columns={[
          { label: copy.bot },
          { label: copy.owner },
          { label: copy.status },
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
