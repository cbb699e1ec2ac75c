import type { Audit } from "@outlet/core/records/audit";
import * as Bot from "@outlet/core/bots/bot";
import * as Owner from "@outlet/core/bots/owner";
import type { Table } from "@outlet/core/ports";
import * as UsageReport from "@outlet/core/observability/usage-report";
import type { Row } from "../csv.ts";
import { time } from "../views.ts";

/** What an act was done to, in words. */
interface Names {
  titles: ReadonlyMap<string, string | null>;
  owners: ReadonlyMap<string, string>;
}

/** What the bots and owners of these entries are called. */
export async function auditNames(table: Table, entries: readonly Audit.Entry[]): Promise<Names> {
  const botIds = [...new Set(entries.flatMap(({ botId }) => botId ?? []))];
  const ownerIds = entries.flatMap(({ ownerId }) => ownerId ?? []);
  const [bots, owners] = await Promise.all([
    UsageReport.mapLimited(botIds, 16, (botId) => Bot.fromId(table, botId)),
    Owner.namesOf(table, ownerIds),
  ]);
  return { owners, titles: new Map(botIds.map((botId, i) => [botId, bots[i]?.title ?? null])) };
}

export const auditView = ({ at, ...entry }: Audit.Entry, { titles, owners }: Names) => ({
  at: time(at),
  ...entry,
  /** As the bot is called now; `null` where it is there no more. */
  title: entry.botId === null ? null : (titles.get(entry.botId) ?? null),
  ownerName: entry.ownerId === null ? null : (owners.get(entry.ownerId) ?? null),
});
export type AuditView = ReturnType<typeof auditView>;

export const auditColumns = [
  "at",
  "auditId",
  "userId",
  "username",
  "action",
  "botId",
  "title",
  "ownerId",
  "ownerName",
  "asAdmin",
  "targetId",
  "outcome",
  "errorCode",
  "before",
  "after",
] as const;
export const auditRow = ({ actor, before, after, asAdmin, ...entry }: AuditView): Row => ({
  ...entry,
  asAdmin: String(asAdmin),
  userId: actor.userId,
  username: actor.username,
  before: before && JSON.stringify(before),
  after: after && JSON.stringify(after),
});
