import { A, useLocation } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import { formatMs, formatNumber, formatPercent, formatUsd } from "~/format.ts";
import page from "~/page-parts/page.module.css";
import { Async } from "~/ui/async.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Table } from "~/ui/table.tsx";
import { copy } from "./copy.ts";
import { type Scope, type UsageReport, useUsage } from "./queries.ts";
import { or } from "./totals.tsx";

type Group = UsageReport["groups"][number];

/** Who and what used it: by key, and by model. */
export function Breakdown(props: { botId: string; scope: Scope }) {
  const location = useLocation();
  /** The same range of time, of one key. */
  const withKey = (keyId: string) => {
    const search = new URLSearchParams(location.search);
    search.set("key", keyId);
    return search;
  };
  const botId = () => props.botId;
  const scope = () => props.scope;
  const keys = useUsage(botId, scope, () => "key");
  const models = useUsage(botId, scope, () => "model");
  return (
    <>
      <section class={page.form} aria-label={copy.byKey}>
        <h2>{copy.byKey}</h2>
        <Async query={keys} title={copy.usageFailed} skeleton={<Skeleton kind="row" count={2} />}>
          {(data) => (
            <Groups
              label={copy.byKey}
              what={copy.key}
              usage={data()}
              name={(group) => (
                <Show when={!props.scope.keyId} fallback={nameOf(group)}>
                  <A href={`?${withKey(group.group)}`}>{nameOf(group)}</A>
                </Show>
              )}
            />
          )}
        </Async>
      </section>
      <section class={page.form} aria-label={copy.byModel}>
        <h2>{copy.byModel}</h2>
        <Async query={models} title={copy.usageFailed} skeleton={<Skeleton kind="row" count={2} />}>
          {(data) => (
            <Groups
              label={copy.byModel}
              what={copy.model}
              usage={data()}
              name={(group) => group.group}
            />
          )}
        </Async>
      </section>
    </>
  );
}

const nameOf = (group: Group) => group.label ?? copy.deletedKey(group.group);

function Groups(props: {
  label: string;
  what: string;
  usage: UsageReport;
  name: (group: Group) => JSX.Element;
}) {
  const share = (group: Group) => {
    const whole = props.usage.total.costMicroUsd;
    return whole === 0 ? common.none : formatPercent(group.costMicroUsd / whole);
  };
  const columns = [
    { label: copy.runs, of: (group: Group) => formatNumber(group.runs) },
    { label: copy.failedRuns, of: (group: Group) => formatNumber(group.failed) },
    { label: copy.input, of: (group: Group) => formatNumber(group.inputTokens) },
    { label: copy.output, of: (group: Group) => formatNumber(group.outputTokens) },
    {
      label: copy.firstTokenP50,
      of: (g: Group) => or(formatMs)(g.firstTokenMs?.p50Ms),
    },
    { label: copy.runP50, of: (group: Group) => or(formatMs)(group.runMs?.p50Ms) },
    { label: copy.cost, of: (group: Group) => formatUsd(group.costMicroUsd) },
    { label: copy.share, of: share },
  ];
  return (
    <Show
      when={props.usage.groups.length > 0}
      fallback={<p class={page.soft}>{copy.noUsageTitle}.</p>}
    >
      <Table
        label={props.label}
        columns={[{ label: props.what }, ...columns.map(({ label }) => ({ label, number: true }))]}
      >
        <For each={props.usage.groups}>
          {(group) => (
            <tr>
              <td data-label={props.what}>{props.name(group)}</td>
              <For each={columns}>
                {(column) => (
                  <td data-label={column.label} data-number="">
                    {column.of(group)}
                  </td>
                )}
              </For>
            </tr>
          )}
        </For>
      </Table>
    </Show>
  );
}
