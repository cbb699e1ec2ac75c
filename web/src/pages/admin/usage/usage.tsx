import { useSearchParams } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import { formatMs, formatNumber, formatUsd } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { timesOf, useRange } from "~/page-parts/range/range.ts";
import { RangePicker } from "~/page-parts/range/range-picker.tsx";
import { Async } from "~/ui/async.tsx";
import { Card } from "~/ui/card.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Select } from "~/ui/select.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Table } from "~/ui/table.tsx";
import styles from "../admin.module.css";
import { AdminPage } from "../admin-page.tsx";
import { copy as adminCopy } from "../copy.ts";
import { GroupName, type UsageBy } from "../group-name.tsx";
import { copy } from "./copy.ts";
import { type UsageReport, useUsage } from "./queries.ts";
import { UsageChart } from "./usage-chart.tsx";

const isBy = (text: string | undefined): text is UsageBy =>
  text !== undefined && Object.hasOwn(adminCopy.bys, text);

export default function Usage() {
  const [search, setSearch] = useSearchParams<{ by?: string }>();
  const [range, setRange] = useRange("7d");
  const by = () => (isBy(search.by) ? search.by : "bot");
  const usage = useUsage(range, by);
  return (
    <AdminPage
      copy={copy}
      csv={{
        path: "/api/admin/usage",
        fileName: "usage",
        query: () => ({ ...timesOf(range()), by: by() }),
      }}
      filters={
        <>
          <RangePicker
            range={range()}
            onChange={setRange}
            // By the hour the API goes back a month.
            lasts={by() === "hour" ? ["24h", "7d", "30d"] : ["24h", "7d", "30d", "90d", "365d"]}
          />
          <Select
            label={adminCopy.by}
            options={Object.entries(adminCopy.bys).map(([value, label]) => ({ value, label }))}
            value={by()}
            onChange={(value) => setSearch({ by: value === "bot" ? undefined : value })}
          />
        </>
      }
    >
      <Async query={usage} title={copy.failed} skeleton={<Skeleton kind="row" count={6} />}>
        {(data) => (
          <Show
            when={data().groups.length > 0}
            fallback={<EmptyState icon="info" title={copy.emptyTitle} text={copy.emptyText} />}
          >
            <Total of={data().total}>
              <Over of={data()} />
            </Total>
            <Groups by={data().by} groups={data().groups} />
          </Show>
        )}
      </Async>
    </AdminPage>
  );
}

/** Over time only where that is what was asked for: else it would be a second question. */
function Over(props: { of: UsageReport }) {
  const by = () => (props.of.by === "hour" || props.of.by === "day" ? props.of.by : undefined);
  return (
    <Show when={by()}>
      {(period) => (
        <UsageChart by={period()} from={props.of.from} to={props.of.to} groups={props.of.groups} />
      )}
    </Show>
  );
}

function Total(props: { of: UsageReport["total"]; children: JSX.Element }) {
  const facts = (): [label: string, value: string][] => [
    [copy.requests, formatNumber(props.of.requests)],
    [adminCopy.runs, formatNumber(props.of.runs)],
    [copy.completed, formatNumber(props.of.completed)],
    [copy.notCompleted, formatNumber(props.of.failed)],
    [copy.abandoned, formatNumber(props.of.abandonedAttempts)],
    [copy.input, formatNumber(props.of.inputTokens)],
    [copy.output, formatNumber(props.of.outputTokens)],
    [copy.cacheRead, formatNumber(props.of.cacheReadInputTokens)],
    [copy.cacheWrite, formatNumber(props.of.cacheWriteInputTokens)],
    [adminCopy.cost, formatUsd(props.of.costMicroUsd)],
    [copy.utilityRuns, formatNumber(props.of.utilityRuns)],
    [copy.utilityCost, formatUsd(props.of.utilityCostMicroUsd)],
  ];
  return (
    <Card title={copy.total}>
      <dl class={styles.figures}>
        <For each={facts()}>
          {([label, value]) => (
            <div>
              <dt>{label}</dt>
              <dd class={page.number}>{value}</dd>
            </div>
          )}
        </For>
      </dl>
      {props.children}
    </Card>
  );
}

function Groups(props: { by: UsageBy; groups: UsageReport["groups"] }) {
  // The gateways count by bot; what is no sum of bots has none.
  const hasRequests = () => props.by === "bot" || props.by === "owner";
  const number = true;
  return (
    <Table
      label={copy.title}
      columns={[
        { label: adminCopy.bys[props.by] },
        ...(hasRequests() ? [{ label: copy.requests, number }] : []),
        { label: adminCopy.runs, number },
        { label: copy.notCompleted, number },
        { label: copy.input, number },
        { label: copy.output, number },
        { label: copy.cache, number },
        { label: copy.times, number },
        { label: adminCopy.cost, number },
      ]}
    >
      <For each={props.groups}>
        {(group) => {
          const cells = (): [label: string, value: string][] => [
            ...(hasRequests()
              ? [[copy.requests, formatNumber(group.requests ?? 0)] as [string, string]]
              : []),
            [adminCopy.runs, formatNumber(group.runs)],
            [copy.notCompleted, formatNumber(group.failed)],
            [copy.input, formatNumber(group.inputTokens)],
            [copy.output, formatNumber(group.outputTokens)],
            [
              copy.cache,
              `${formatNumber(group.cacheReadInputTokens)} / ${formatNumber(group.cacheWriteInputTokens)}`,
            ],
            [copy.times, `${msOr(group.runMs?.p50Ms)} / ${msOr(group.runMs?.p99Ms)}`],
            [adminCopy.cost, formatUsd(group.costMicroUsd)],
          ];
          return (
            <tr data-group={group.group}>
              <td data-label={adminCopy.bys[props.by]}>
                <GroupName by={props.by} of={group} />
              </td>
              <For each={cells()}>
                {([label, value]) => (
                  <td data-label={label} data-number="">
                    {value}
                  </td>
                )}
              </For>
            </tr>
          );
        }}
      </For>
    </Table>
  );
}

const msOr = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? common.none : formatMs(ms);
