import { Bot } from "@outlet/core/bot";
import { Metrics } from "@outlet/core/metrics";
import type { MetricsRange } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publication";
import { UsageReport } from "@outlet/core/usage-report";
import type { ControlApiDeps } from "./deps.ts";

type Deps = Pick<ControlApiDeps, "table" | "clock" | "metrics">;

export type By = "bot" | "owner" | "model" | "key" | "hour" | "day";

/** What a bot is called; those that were deleted are known by their publication only. */
export interface Named {
  title: string | null;
  ownerId: string | null;
  botId: string | null;
}

export interface AdminGroup extends UsageReport.Group, Named {}

/** Usage of all bots there are or were, summed up. */
export async function reportAll(
  deps: Deps,
  range: UsageReport.Range,
  by: By,
): Promise<{ total: UsageReport.Sum; groups: AdminGroup[]; publications: Publication.Info[] }> {
  const publications = await Publication.listEvery(deps.table);
  const owners = new Map(publications.map(({ botId, ownerId }) => [botId, ownerId]));
  /** Which bot a group is of, where it is of one. */
  const botOf = new Map<string, string>();
  const groupOf = ({ botId, keyId, model, at }: Parameters<GroupOf>[0]): string => {
    if (by === "bot" || by === "key") botOf.set(by === "bot" ? botId : keyId, botId);
    switch (by) {
      case "bot":
        return botId;
      case "owner":
        return owners.get(botId) ?? "";
      case "model":
        return model;
      case "key":
        return keyId;
      case "hour":
        return new Date(at).toISOString();
      case "day":
        return `${new Date(at).toISOString().slice(0, 10)}T00:00:00.000Z`;
    }
  };
  const { total, groups } = await UsageReport.queryAll(deps, [...owners.keys()], range, groupOf, {
    byHour: by === "hour",
  });
  const titles = await titlesOf(deps, [...new Set(botOf.values())]);
  return {
    total,
    publications,
    groups: groups.map((group) => {
      const botId = botOf.get(group.group) ?? null;
      const ownerOfBot = botId === null ? null : (owners.get(botId) ?? null);
      return {
        ...group,
        botId,
        title: botId === null ? null : (titles.get(botId) ?? null),
        ownerId: by === "owner" ? group.group : ownerOfBot,
      };
    }),
  };
}

type GroupOf = Parameters<typeof UsageReport.queryAll>[3];

export async function titlesOf(
  { table }: Pick<Deps, "table">,
  botIds: readonly string[],
): Promise<Map<string, string>> {
  const bots = await UsageReport.mapLimited(botIds, 16, (botId) => Bot.fromId(table, botId));
  return new Map(bots.flatMap((bot) => (bot ? [[bot.botId, bot.title] as const] : [])));
}

export interface ErrorCount {
  /** `run`: a run failed so. `gateway`: a request was answered so. */
  kind: "run" | "gateway";
  code: string;
  count: number;
  /** Where most of them were, the worst first. */
  bots: { botId: string; title: string | null; count: number }[];
}

const botsMax = 5;

/** What went wrong most, over all bots. */
export async function topErrors(deps: Deps, range: UsageReport.Range): Promise<ErrorCount[]> {
  const { publications, groups } = await reportAll(deps, range, "bot");
  const found: { kind: ErrorCount["kind"]; code: string; botId: string; count: number }[] = [];
  for (const { group, errors } of groups) {
    for (const [code, count] of Object.entries(errors)) {
      found.push({ kind: "run", code, botId: group, count });
    }
  }
  await UsageReport.mapLimited(publications, 8, async ({ botId }) => {
    const [point] = await deps.metrics.series(
      botId,
      Metrics.asOne({ ...range, periodSeconds: 3_600 }),
    );
    if (!point) return;
    const { clientErrors, serverErrors, throttled, quotaExceeded } = point;
    const counts = {
      throttled,
      quota_exceeded: quotaExceeded,
      other_client_errors: Math.max(0, clientErrors - throttled - quotaExceeded),
      server_errors: serverErrors,
    };
    for (const [code, count] of Object.entries(counts)) {
      if (count > 0) found.push({ kind: "gateway", code, botId, count });
    }
  });
  const titles = await titlesOf(deps, [...new Set(found.map(({ botId }) => botId))]);
  const errors = Map.groupBy(found, ({ kind, code }) => `${kind} ${code}`);
  return [...errors.values()]
    .flatMap((rows): ErrorCount[] => {
      const [first] = rows;
      if (!first) return [];
      const worst = rows.toSorted((a, b) => b.count - a.count).slice(0, botsMax);
      return [
        {
          kind: first.kind,
          code: first.code,
          count: rows.reduce((sum, { count }) => sum + count, 0),
          bots: worst.map(({ botId, count }) => ({
            botId,
            title: titles.get(botId) ?? null,
            count,
          })),
        },
      ];
    })
    .sort((a, b) => b.count - a.count);
}

export interface Idle {
  publication: Publication.Info;
  /** The day (UTC) on which somebody last called; `null` where nobody did as long as is known. */
  lastRequestAt: number | null;
  /** Of runs that ended within the range all the same, such as redriven ones. */
  costMicroUsd: number;
  /** What there is of it costs so much a month, called or not. */
  monthlyCostMicroUsd: number;
}

const dayMs = 86_400_000;
const keptDays = 455;

/** Published bots that nobody called, and what they cost. */
export async function idle(
  deps: Deps & Pick<ControlApiDeps, "restingCostOf">,
  range: UsageReport.Range,
): Promise<Idle[]> {
  const live = (await Publication.listEvery(deps.table)).filter(Publication.isLive);
  const whole = Metrics.asOne({ ...range, periodSeconds: 3_600 });
  const called = await lastCalls(deps, live, whole);
  const quiet = live.filter(({ botId }) => !called.has(botId));
  const to = Math.ceil(deps.clock.now() / dayMs) * dayMs;
  const kept = { from: to - keptDays * dayMs, to, periodSeconds: dayMs / 1000 };
  const [lastCalled, { groups }] = await Promise.all([
    lastCalls(deps, quiet, kept),
    UsageReport.queryAll(
      deps,
      quiet.map(({ botId }) => botId),
      range,
      ({ botId }) => botId,
    ),
  ]);
  const costs = new Map(groups.map(({ group, costMicroUsd }) => [group, costMicroUsd]));
  return quiet.map((publication) => ({
    publication,
    lastRequestAt: lastCalled.get(publication.botId) ?? null,
    costMicroUsd: costs.get(publication.botId) ?? 0,
    monthlyCostMicroUsd: deps.restingCostOf(publication),
  }));
}

/** By bot, the last period in which somebody called. */
async function lastCalls(
  { metrics }: Pick<Deps, "metrics">,
  publications: readonly Publication.Info[],
  range: MetricsRange,
): Promise<Map<string, number>> {
  const botIds = publications.map(({ botId }) => botId);
  const counts = await metrics.requests(botIds, range);
  return new Map(counts.map(({ botId, at }) => [botId, at]));
}
