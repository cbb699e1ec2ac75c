import { useSearchParams } from "@solidjs/router";
import { createMemo, Show, Suspense } from "solid-js";
import page from "~/page-parts/page.module.css";
import { PageHead } from "~/page-parts/page-head.tsx";
import { type Last, useRange } from "~/page-parts/range/range.ts";
import { RangePicker } from "~/page-parts/range/range-picker.tsx";
import { isLive } from "~/page-parts/status/status.ts";
import { Async } from "~/ui/async.tsx";
import { ButtonLink } from "~/ui/button.tsx";
import { createChartGroup } from "~/ui/chart/chart.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Select } from "~/ui/select.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { Time } from "~/ui/time.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { ForPublishers } from "../for-publishers.tsx";
import { NotPublished } from "../not-published.tsx";
import { useKeys } from "../queries.ts";
import { AlertsCard } from "./alerts-card.tsx";
import { Breakdown } from "./breakdown.tsx";
import { copy } from "./copy.ts";
import { Downloads } from "./downloads.tsx";
import { GatewayCharts } from "./gateway-charts.tsx";
import { KeyCharts } from "./key-charts.tsx";
import styles from "./metrics.module.css";
import { type Scope, stepMs, stepOf, useMetrics, useUsage } from "./queries.ts";
import { rangeOf } from "./series.ts";
import { GatewayTotals, UsageTotals } from "./totals.tsx";
import { UsageCharts } from "./usage-charts.tsx";

const lasts: Last[] = ["1h", "6h", "24h", "7d", "30d", "90d"];
/** A select has no empty choice: its value for no filter. */
const allKeys = "all";

export default function Metrics() {
  return <ForPublishers what={copy.what} skeleton={{ kind: "card", count: 3 }} page={Figures} />;
}

const dayMs = 86_400_000;
const isOfToday = (createdAt: string) => Date.now() - Date.parse(createdAt) < dayMs;

function Figures(props: { botId: string }) {
  const bot = useCurrentBot();
  const botId = () => props.botId;
  // Of a bot of today a whole day is a flat line with something at its end.
  const [range, setRange] = useRange(isOfToday(bot().createdAt) ? "1h" : "24h");
  const [search, setSearch] = useSearchParams<{ key?: string }>();
  const scope = createMemo<Scope>(() => ({ range: range(), keyId: search.key ?? "" }));
  const live = () => isLive(bot().publicationStatus);
  const metrics = useMetrics(botId, range);
  const usage = useUsage(botId, scope, () => stepOf(range()));
  const keys = useKeys(botId, live);
  const known = () => keys.data?.pages.flatMap((one) => one.keys) ?? [];
  const labelOf = (keyId: string) =>
    known().find((key) => key.keyId === keyId)?.label ?? copy.deletedKey(keyId);
  const group = createChartGroup();
  const select = (from: number, to: number) => setRange({ from, to });
  /** One for all charts: usage is told by whole hours, which reach further than the range. */
  const axis = createMemo(() => {
    const ranges = [metrics.data, usage.data].flatMap((data) => (data ? [rangeOf(data)] : []));
    return {
      from: Math.min(...ranges.map(({ from }) => from)),
      to: Math.max(...ranges.map(({ to }) => to)),
    };
  });
  const isEmpty = () =>
    (metrics.data?.totals.requests ?? 0) === 0 && (usage.data?.total.runs ?? 0) === 0;
  return (
    <div class={page.page}>
      <PageHead title={copy.title} lead={copy.lead}>
        <Show when={metrics.dataUpdatedAt > 0}>
          <p class={`${page.small} ${page.soft}`}>
            {copy.updated} <Time at={new Date(metrics.dataUpdatedAt).toISOString()} clock />
          </p>
        </Show>
      </PageHead>
      <div class={styles.filters}>
        <RangePicker range={range()} onChange={setRange} lasts={lasts} />
        <Select
          label={copy.key}
          options={[
            { value: allKeys, label: copy.allKeys },
            ...known().map((key) => ({ value: key.keyId, label: key.label })),
            ...(scope().keyId && !known().some((key) => key.keyId === scope().keyId)
              ? [{ value: scope().keyId, label: labelOf(scope().keyId) }]
              : []),
          ]}
          value={scope().keyId || allKeys}
          onChange={(key) => setSearch({ key: key === allKeys ? undefined : key })}
        />
      </div>
      <Show when={live()}>
        {/* Of its own, so that alerts that are asked for anew take nothing else off the page. */}
        <Suspense fallback={<Skeleton kind="card" />}>
          <AlertsCard botId={props.botId} />
        </Suspense>
      </Show>
      <Show when={metrics.isRefetchError || usage.isRefetchError}>
        <Notice tone="warn" title={copy.stale} live />
      </Show>
      <Async query={metrics} title={copy.failed} skeleton={<Skeleton kind="card" count={3} />}>
        {(seen) => (
          <Async
            query={usage}
            title={copy.usageFailed}
            skeleton={<Skeleton kind="card" count={3} />}
          >
            {(used) => (
              <Show
                when={!isEmpty()}
                fallback={
                  // Figures of an endpoint that has ended stay; without any there is none to tell of.
                  <Show when={live()} fallback={<NotPublished what={copy.what} />}>
                    <EmptyState
                      icon="arrow"
                      title={copy.emptyTitle}
                      text={copy.emptyText}
                      action={
                        <ButtonLink href={`/bots/${props.botId}/connect`} look="primary">
                          {copy.toConnect}
                        </ButtonLink>
                      }
                    />
                  </Show>
                }
              >
                <Show
                  when={scope().keyId}
                  fallback={
                    <>
                      <GatewayTotals totals={seen().totals} />
                      <p class={`${page.small} ${page.soft}`}>{copy.probe}</p>
                      <GatewayCharts
                        metrics={seen()}
                        axis={axis()}
                        group={group}
                        onSelect={select}
                      />
                    </>
                  }
                >
                  {(keyId) => (
                    <KeyCharts
                      botId={props.botId}
                      keyId={keyId()}
                      range={range()}
                      axis={axis()}
                      group={group}
                    />
                  )}
                </Show>
                <UsageTotals total={used().total} />
                <UsageCharts
                  usage={used()}
                  periodMs={stepMs[used().by === "hour" ? "hour" : "day"]}
                  axis={axis()}
                  group={group}
                  onSelect={select}
                />
                <Breakdown botId={props.botId} scope={scope()} />
                <Downloads botId={props.botId} scope={scope()} />
              </Show>
            )}
          </Async>
        )}
      </Async>
    </div>
  );
}
