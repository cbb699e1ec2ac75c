import * as Publication from "@outlet/core/publishing/publication";
import * as Upgrade from "@outlet/core/publishing/upgrade";
import type { CostGroup } from "./costs.ts";
import type { Idle } from "./findings.ts";
import type { Named } from "./publications.ts";
import type { UsageGroup } from "./usage.ts";
import type { Row } from "../csv.ts";
import type { ControlApiDeps } from "../deps.ts";
import * as Usage from "../observability/metrics-views.ts";
import { time, timeOrNull } from "../views.ts";

export function publicationView(
  { clock, endpointOf, provisioner }: Pick<ControlApiDeps, "clock" | "endpointOf" | "provisioner">,
  { publication, title, deleted, ownerName }: Named,
) {
  const { botId, ownerId, status, cell, publishedAt, updatedAt } = publication;
  const { throttle, quota, retentionDays } = publication;
  const live = Publication.isLive(publication);
  return {
    botId,
    /** `null` where nobody knows any more. */
    title,
    /** The bot is there no more. */
    deleted,
    ownerId,
    ownerName,
    status,
    cell,
    publishedAt: timeOrNull(publishedAt),
    ageSeconds: publishedAt === null ? null : Math.floor((clock.now() - publishedAt) / 1000),
    updatedAt: time(updatedAt),
    endpoint: live ? endpointOf(publication) : null,
    throttle,
    quota,
    retentionDays,
    failure: publication.failure?.message ?? null,
    /** Of the template its stack is made from; `null` where that is not known, or there is none. */
    templateVersion: publication.templateVersion,
    currentTemplateVersion: provisioner.templateVersion,
    upgradeState: Upgrade.stateOf(publication, provisioner.templateVersion),
    upgradeFailure: publication.upgrade?.failure?.message ?? null,
    upgradeFailedAt: timeOrNull(publication.upgrade?.failure?.at ?? null),
  };
}
export type PublicationView = ReturnType<typeof publicationView>;

export const publicationColumns = [
  "botId",
  "title",
  "deleted",
  "ownerId",
  "ownerName",
  "status",
  "cell",
  "publishedAt",
  "ageSeconds",
  "updatedAt",
  "endpoint",
  "burstLimit",
  "rateLimit",
  "quotaLimit",
  "quotaPeriod",
  "retentionDays",
  "failure",
  "templateVersion",
  "currentTemplateVersion",
  "upgradeState",
  "upgradeFailure",
  "upgradeFailedAt",
] as const;
export const publicationRow = ({ throttle, quota, deleted, ...view }: PublicationView): Row => ({
  ...view,
  deleted: String(deleted),
  burstLimit: throttle?.burstLimit ?? null,
  rateLimit: throttle?.rateLimit ?? null,
  quotaLimit: quota?.limit ?? null,
  quotaPeriod: quota?.period ?? null,
});

export const idleView = (
  deps: Parameters<typeof publicationView>[0],
  { lastRequestAt, costMicroUsd, monthlyCostMicroUsd, ...named }: Idle,
) => ({
  ...publicationView(deps, named),
  lastRequestAt: timeOrNull(lastRequestAt),
  costMicroUsd,
  monthlyCostMicroUsd,
});
export type IdleView = ReturnType<typeof idleView>;

export const idleColumns = [
  ...publicationColumns,
  "lastRequestAt",
  "costMicroUsd",
  "monthlyCostMicroUsd",
] as const;
export const idleRow = ({
  lastRequestAt,
  costMicroUsd,
  monthlyCostMicroUsd,
  ...view
}: IdleView): Row => ({
  ...publicationRow(view),
  lastRequestAt,
  costMicroUsd,
  monthlyCostMicroUsd,
});

export const usageColumns = [
  "botId",
  "title",
  "ownerId",
  "ownerName",
  "requests",
  ...Usage.usageColumns,
];
export const usageRow = (view: UsageGroup): Row => ({
  group: view.group,
  label: view.label,
  botId: view.botId,
  title: view.title,
  ownerId: view.ownerId,
  ownerName: view.ownerName,
  requests: view.requests,
  ...Usage.usageRow(view),
});

export const costColumns = [
  "group",
  "label",
  "botId",
  "title",
  "ownerId",
  "ownerName",
  "runs",
  "costMicroUsd",
  "shareBasisPoints",
] as const;
export const costRow = (view: CostGroup): Row => ({ ...view });
