import { useSearchParams } from "@solidjs/router";
import { For, Show } from "solid-js";
import { formatNumber, formatUsd } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { boundsOf, timesOf, useRange } from "~/page-parts/range/range.ts";
import { RangePicker } from "~/page-parts/range/range-picker.tsx";
import { Async } from "~/ui/async.tsx";
import { Card } from "~/ui/card.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Select } from "~/ui/select.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Table } from "~/ui/table.tsx";
import { AdminPage } from "../admin-page.tsx";
import { copy as adminCopy } from "../copy.ts";
import { GroupName } from "../group-name.tsx";
import { copy } from "./copy.ts";
import { CostChart } from "./cost-chart.tsx";
import own from "./costs.module.css";
import { Idle } from "./idle.tsx";
import { type CostBy, type CostReport, useCosts } from "./queries.ts";

const bys = ["bot", "owner", "model", "key"] as const;
const isBy = (text: string | undefined): text is CostBy => bys.some((by) => by === text);

/** In the first days a bar is an hour, later a day. */
const hourlyMaxMs = 72 * 3_600_000;

export default function Costs() {
  const [search, setSearch] = useSearchParams<{ by?: string }>();
  const [range, setRange] = useRange("30d");
  const by = () => (isBy(search.by) ? search.by : "bot");
  const per = () => {
    const { from, to } = boundsOf(range(), Date.now());
    return to - from <= hourlyMaxMs ? "hour" : "day";
  };
  const costs = useCosts(range, by, per);
  return (
    <AdminPage
      copy={copy}
      csv={{
        path: "/api/admin/costs",
        fileName: "costs",
        query: () => ({ ...timesOf(range()), by: by() }),
      }}
      filters={
        <>
          <RangePicker
            range={range()}
            onChange={setRange}
            lasts={["24h", "7d", "30d", "90d", "365d"]}
          />
          <Select
            label={adminCopy.by}
            options={bys.map((value) => ({ value, label: adminCopy.bys[value] }))}
            value={by()}
            onChange={(value) => setSearch({ by: value === "bot" ? undefined : value })}
          />
        </>
      }
    >
      <Async query={costs} title={copy.failed} skeleton={<Skeleton kind="row" count={6} />}>
        {(data) => (
          <Show
            when={data().totalMicroUsd > 0}
            fallback={<EmptyState icon="info" title={copy.emptyTitle} text={copy.emptyText} />}
          >
            <CostChart of={data()} />
            <Allocation of={data()} />
          </Show>
        )}
      </Async>
      <Idle range={range()} />
    </AdminPage>
  );
}

function Allocation(props: { of: CostReport }) {
  const number = true;
  return (
    <Card title={copy.allocation} hint={copy.allocationHint}>
      <p class={`${page.small} ${page.soft}`}>
        {copy.prices(props.of.priceVersions.join(", "))}
        {" · "}
        {copy.abandoned(formatNumber(props.of.abandonedAttempts))}
      </p>
      <Table
        label={copy.allocation}
        columns={[
          { label: adminCopy.bys[props.of.by] },
          { label: adminCopy.runs, number },
          { label: adminCopy.cost, number },
          { label: copy.share, number },
        ]}
      >
        <For each={props.of.groups}>
          {(group) => (
            <tr data-group={group.group}>
              <td data-label={adminCopy.bys[props.of.by]}>
                <GroupName by={props.of.by} of={group} />
              </td>
              <td data-label={adminCopy.runs} data-number="">
                {formatNumber(group.runs)}
              </td>
              <td data-label={adminCopy.cost} data-number="">
                {formatUsd(group.costMicroUsd)}
              </td>
              <td data-label={copy.share} data-number="">
                <Share basisPoints={group.shareBasisPoints} />
              </td>
            </tr>
          )}
        </For>
        <tr class={own.total}>
          <th scope="row">{copy.total}</th>
          <td data-label={adminCopy.runs} data-number="">
            {formatNumber(props.of.groups.reduce((sum, { runs }) => sum + runs, 0))}
          </td>
          <td data-label={adminCopy.cost} data-number="">
            {formatUsd(props.of.totalMicroUsd)}
          </td>
          <td data-label={copy.share} data-number="">
            {percent(10_000)}
          </td>
        </tr>
      </Table>
    </Card>
  );
}

function Share(props: { basisPoints: number }) {
  return (
    <span class={own.share}>
      <svg class={own.bar} viewBox="0 0 10000 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width={props.basisPoints} height="1" />
      </svg>
      <span class={own.percent}>{percent(props.basisPoints)}</span>
    </span>
  );
}

const twoDigits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
const percentFormat = new Intl.NumberFormat(undefined, { style: "percent", ...twoDigits });
const percent = (basisPoints: number): string => percentFormat.format(basisPoints / 10_000);
