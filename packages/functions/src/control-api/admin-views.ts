import type { Audit } from "@outlet/core/audit";
import { Publication } from "@outlet/core/publication";
import type { AdminGroup, Idle } from "./admin-reports.ts";
import type { Row } from "./csv.ts";
import type { ControlApiDeps } from "./deps.ts";
import * as Usage from "./metrics-views.ts";
import { time, timeOrNull } from "./views.ts";

export function publicationView(
  { clock, endpointOf }: Pick<ControlApiDeps, "clock" | "endpointOf">,
  publication: Publication.Info,
  titles: ReadonlyMap<string, string>,
) {
  const { botId, ownerId, status, cell, restApiId, stage, publishedAt, updatedAt } = publication;
  const live = Publication.isLive(publication);
  return {
    botId,
    /** `null` where the bot was deleted. */
    title: titles.get(botId) ?? null,
    ownerId,
    status,
    cell,
    publishedAt: timeOrNull(publishedAt),
    ageSeconds: publishedAt === null ? null : Math.floor((clock.now() - publishedAt) / 1000),
    updatedAt: time(updatedAt),
    endpoint: live && restApiId ? endpointOf(restApiId, stage) : null,
    failure: publication.failure?.message ?? null,
  };
}
export type PublicationView = ReturnType<typeof publicationView>;

export const publicationColumns = [
  "botId",
  "title",
  "ownerId",
  "status",
  "cell",
  "publishedAt",
  "ageSeconds",
  "updatedAt",
  "endpoint",
  "failure",
] as const;
export const publicationRow = (view: PublicationView): Row => ({ ...view });

export type IdleView = ReturnType<typeof idleView>;

export function idleView(
  deps: Parameters<typeof publicationView>[0],
  { publication, lastRequestAt, ...cost }: Idle,
  titles: ReadonlyMap<string, string>,
) {
  return {
    ...publicationView(deps, publication, titles),
    lastRequestAt: timeOrNull(lastRequestAt),
    ...cost,
  };
}

export const idleColumns = [
  ...publicationColumns,
  "lastRequestAt",
  "costMicroUsd",
  "monthlyCostMicroUsd",
] as const;
export const idleRow = (view: IdleView): Row => ({ ...view });

/** `requests` is of bots only, `null` where a group is none. */
export interface UsageView extends AdminGroup {
  requests: number | null;
}

export const usageColumns = [
  "botId",
  "title",
  "ownerId",
  "requests",
  ...Usage.usageColumns.filter((name) => name !== "label"),
];
export const usageRow = (view: UsageView): Row => ({
  group: view.group,
  botId: view.botId,
  title: view.title,
  ownerId: view.ownerId,
  requests: view.requests,
  ...Usage.usageRow(view),
});

export interface CostView {
  group: string;
  botId: string | null;
  title: string | null;
  ownerId: string | null;
  runs: number;
  costMicroUsd: number;
  /** Of the total; all of them add up to 10,000. */
  shareBasisPoints: number;
}

export const costColumns = [
  "group",
  "botId",
  "title",
  "ownerId",
  "runs",
  "costMicroUsd",
  "shareBasisPoints",
] as const;
export const costRow = (view: CostView): Row => ({ ...view });

export const auditView = ({ at, ...entry }: Audit.Entry) => ({ at: time(at), ...entry });
export type AuditView = ReturnType<typeof auditView>;

export const auditColumns = [
  "at",
  "auditId",
  "userId",
  "username",
  "action",
  "botId",
  "targetId",
  "outcome",
  "errorCode",
  "before",
  "after",
] as const;
export const auditRow = ({ actor, before, after, ...entry }: AuditView): Row => ({
  ...entry,
  userId: actor.userId,
  username: actor.username,
  before: before && JSON.stringify(before),
  after: after && JSON.stringify(after),
});
