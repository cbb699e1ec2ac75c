import * as Metrics from "@outlet/core/observability/metrics";
import type { MetricsRange } from "@outlet/core/ports";
import * as Publication from "@outlet/core/publishing/publication";
import * as UsageReport from "@outlet/core/observability/usage-report";
import { type Named, named } from "./publications.ts";
import { reportAll } from "./reports.ts";
import type { ControlApiDeps } from "../deps.ts";

type Deps = Pick<ControlApiDeps, "table" | "clock" | "metrics">;

export interface ErrorCount {
  /** `run`: a run failed so. `gateway`: a request was answered so. */
  kind: "run" | "gateway";
  code: string;
  count: number;
  /** Where most of them were, the worst first. */
  bots: { botId: string; title: string | null; count: number }[];
}

interface Found {
  kind: ErrorCount["kind"];
  code: string;
  botId: string;
  count: number;
}

const botsMax = 5;

/** What went wrong most, over all bots. */
export async function topErrors(deps: Deps, range: UsageReport.Range): Promise<ErrorCount[]> {
  const { publications, groups } = await reportAll(deps, range, "bot");
  const whole = Metrics.asOne({ ...range, periodSeconds: 3_600 });
  // One question about all tells of whom it is worth to ask more: each further one is a call.
  const called = await requestsIn(deps, publications, whole);
  const found = [
    ...groups.flatMap(({ group, errors }): Found[] =>
      Object.entries(errors).map(([code, count]) => ({ kind: "run", code, botId: group, count })),
    ),
    ...(
      await UsageReport.mapLimited([...called.keys()], 8, (botId) => refusalsOf(deps, botId, whole))
    ).flat(),
  ];
  const concerned = new Set(found.map(({ botId }) => botId));
  const bots = await named(
    deps,
    publications.filter(({ botId }) => concerned.has(botId)),
  );
  const titles = new Map(bots.map(({ publication, title }) => [publication.botId, title]));
  return [...Map.groupBy(found, ({ kind, code }) => `${kind} ${code}`).values()]
    .flatMap((rows) => countOf(rows, titles))
    .sort((a, b) => b.count - a.count);
}

/** What one bot's gateway refused or failed at. */
async function refusalsOf(deps: Deps, botId: string, whole: MetricsRange): Promise<Found[]> {
  const [point] = await deps.metrics.series(botId, whole);
  if (!point) return [];
  const { clientErrors, serverErrors, throttled, quotaExceeded } = point;
  const counts = {
    throttled,
    quota_exceeded: quotaExceeded,
    other_client_errors: Math.max(0, clientErrors - throttled - quotaExceeded),
    server_errors: serverErrors,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([code, count]) => ({ kind: "gateway", code, botId, count }));
}

function countOf(rows: Found[], titles: ReadonlyMap<string, string | null>): ErrorCount[] {
  const [first] = rows;
  if (!first) return [];
  const worst = rows.toSorted((a, b) => b.count - a.count).slice(0, botsMax);
  return [
    {
      kind: first.kind,
      code: first.code,
      count: rows.reduce((sum, { count }) => sum + count, 0),
      bots: worst.map(({ botId, count }) => ({ botId, title: titles.get(botId) ?? null, count })),
    },
  ];
}

export interface Idle extends Named {
  /** The day (UTC) on which somebody last called; `null` where nobody did as long as is known. */
  lastRequestAt: number | null;
  /** Of runs that ended within the range all the same, such as redriven ones. */
  costMicroUsd: number;
  /** What there is of it costs so much a month, called or not. */
  monthlyCostMicroUsd: number;
}

const dayMs = 86_400_000;
const keptDays = 455;

/**
 * Published bots that nobody called, and whatever cost something without being called; the dearest
 * first.
 */
export async function idle(
  deps: Deps & Pick<ControlApiDeps, "restingCostOf">,
  range: UsageReport.Range,
): Promise<Idle[]> {
  const { publications, groups } = await reportAll(deps, range, "bot");
  const costs = new Map(groups.map(({ group, costMicroUsd }) => [group, costMicroUsd]));
  const isCalled = await createIsCalled(deps, publications, range);
  const quiet = publications.filter((one) => {
    const hasCost = (costs.get(one.botId) ?? 0) > 0;
    return !isCalled(one) && (hasCost || Publication.isLive(one));
  });
  const [bots, lastCalled] = await Promise.all([named(deps, quiet), lastCalls(deps, quiet)]);
  return bots
    .map((one) => ({
      ...one,
      lastRequestAt: lastCalled.get(one.publication.botId) ?? null,
      costMicroUsd: costs.get(one.publication.botId) ?? 0,
      monthlyCostMicroUsd: Publication.isLive(one.publication)
        ? deps.restingCostOf(one.publication)
        : 0,
    }))
    .sort((a, b) => b.costMicroUsd - a.costMicroUsd);
}

async function createIsCalled(
  { metrics }: Pick<Deps, "metrics">,
  publications: readonly Publication.Info[],
  range: UsageReport.Range,
): Promise<(publication: Publication.Info) => boolean> {
  const whole = Metrics.asOne({ ...range, periodSeconds: 3_600 });
  const requests = await requestsIn({ metrics }, publications, whole);
  return ({ botId, publishedAt }) => {
    const isNew = publishedAt !== null && publishedAt >= range.from && publishedAt < range.to;
    return (requests.get(botId) ?? 0) > probesOn(isNew);
  };
}

/** Bots that were called at all, each with how often. */
async function requestsIn(
  { metrics }: Pick<Deps, "metrics">,
  publications: readonly Publication.Info[],
  range: MetricsRange,
): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  const botIds = publications.map(({ botId }) => botId);
  for (const { botId, requests } of await metrics.requests(botIds, range)) {
    sums.set(botId, (sums.get(botId) ?? 0) + requests);
  }
  return sums;
}

/** By bot, the last day on which somebody called. */
async function lastCalls(
  { metrics, clock }: Pick<Deps, "metrics" | "clock">,
  publications: readonly Publication.Info[],
): Promise<Map<string, number>> {
  const to = Math.ceil(clock.now() / dayMs) * dayMs;
  const range = { from: to - keptDays * dayMs, to, periodSeconds: dayMs / 1000 };
  const publishedOn = new Map(
    publications.map(({ botId, publishedAt }) => [botId, Math.floor((publishedAt ?? 0) / dayMs)]),
  );
  const counts = await metrics.requests([...publishedOn.keys()], range);
  const called = counts.filter(
    ({ botId, at, requests }) => requests > probesOn(publishedOn.get(botId) === at / dayMs),
  );
  // Each bot's oldest first: the last one stays.
  return new Map(called.map(({ botId, at }) => [botId, at]));
}

/** Publishing itself calls the endpoint once. */
const probesOn = (isPublishedThen: boolean): number => (isPublishedThen ? 1 : 0);
