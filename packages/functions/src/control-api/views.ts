import * as Bot from "@outlet/core/bots/bot";
import type { Caller } from "@outlet/core/foundation/caller";
import type { Found } from "@outlet/core/ports";
import type { Key } from "@outlet/core/publishing/key";
import type { Knowledge } from "@outlet/core/bots/knowledge";
import * as Publication from "@outlet/core/publishing/publication";
import type { TestRun } from "@outlet/core/bots/test-run";
import type { UploadTarget } from "@outlet/core/ports";
import type { ControlApiDeps } from "./deps.ts";

/** RFC 3339, UTC. */
export const time = (epochMs: number): string => new Date(epochMs).toISOString();
export const timeOrNull = (epochMs: number | null): string | null =>
  epochMs === null ? null : time(epochMs);

/** Instruction and sharing lists are the owner's; everybody else sees what the bot is. */
export function botView(
  bot: Bot.Info,
  caller: Caller.Info,
  publication?: Publication.Info,
  owners: ReadonlyMap<string, string> = new Map(),
) {
  const mine = Bot.mayChange(bot, caller);
  return {
    botId: bot.botId,
    ownerId: bot.ownerId,
    /** What the owner is called; told to administrators only. */
    ownerName: owners.get(bot.ownerId) ?? null,
    mine,
    title: bot.title,
    description: bot.description,
    instruction: mine ? bot.instruction : null,
    model: bot.model,
    callerModels: bot.callerModels,
    generation: bot.generation,
    scope: bot.scope,
    allowedUsers: mine ? bot.allowedUsers : [],
    allowedGroups: mine ? bot.allowedGroups : [],
    syncStatus: bot.syncStatus,
    showSources: bot.showSources,
    knowledgeBase: mine ? bot.knowledgeBase : null,
    tools: mine ? bot.tools : null,
    publicationStatus: mine ? (publication?.status ?? "unpublished") : null,
    createdAt: time(bot.createdAt),
    updatedAt: time(bot.updatedAt),
  };
}

export const sourceView = (source: Knowledge.Info) => ({
  sourceId: source.sourceId,
  name: source.name,
  kind: source.kind,
  url: source.url,
  siteId: source.siteId,
  bytes: source.bytes,
  passages: source.passages,
  status: source.status,
  failure: source.failure,
  failureCode: source.failureCode,
  notes: source.notes,
  progress: source.progress,
  createdAt: time(source.createdAt),
});

export const siteView = (site: Knowledge.Site.Info) => ({
  siteId: site.siteId,
  url: site.url,
  kind: site.kind,
  everyHours: site.everyHours,
  pagesMax: site.pagesMax,
  status: site.status,
  failure: site.failure,
  notes: site.notes,
  pages: site.pages,
  visitedAt: timeOrNull(site.visitedAt),
  /** Of the next visit; `null` where it is visited on request only. */
  nextAt: timeOrNull(site.everyHours === null ? null : site.nextAt),
});

/** Where a file is sent: by a form to the store, or as the body to this API. */
export const uploadView = ({
  upload: { botId, uploadId, name, kind, bytes },
  target,
}: {
  upload: Knowledge.Upload;
  target: UploadTarget | undefined;
}) => ({
  uploadId,
  name,
  kind,
  bytes,
  send:
    target ??
    ({
      method: "PUT",
      url: `/api/bots/${encodeURIComponent(botId)}/knowledge/uploads/${uploadId}/content`,
    } as const satisfies UploadTarget),
});

export const foundView = (found: Found) => ({
  sourceId: found.sourceId,
  source: found.source,
  passage: found.ordinal,
  text: found.text,
  place: found.place,
  score: found.score,
  words: found.words,
  similarity: found.similarity,
  knowledgeBaseId: found.knowledgeBaseId ?? null,
});

export const testRunView = (test: TestRun.Info) => ({
  passed: test.passed,
  model: test.model,
  failure: test.failure,
  at: time(test.at),
});

export function publicationView(
  botId: string,
  publication: Publication.Info | undefined,
  prerequisites: Publication.Prerequisite[],
  endpointOf: ControlApiDeps["endpointOf"],
) {
  const live = Publication.isLive(publication);
  return {
    botId,
    status: publication?.status ?? "unpublished",
    endpoint: live ? endpointOf(publication) : null,
    ...Publication.shownSettings(publication),
    progress: publication?.progress ?? null,
    failure: publication?.failure
      ? { message: publication.failure.message, at: time(publication.failure.at) }
      : null,
    /** What a call of our own met when it was published; `null` where there was none. */
    verified: publication?.verified
      ? { result: publication.verified.result, at: time(publication.verified.at) }
      : null,
    prerequisites,
    cell: publication?.cell ?? null,
    publishedAt: timeOrNull(publication?.publishedAt ?? null),
    updatedAt: timeOrNull(publication?.updatedAt ?? null),
  };
}

export const keyView = (key: Key.Info) => ({
  keyId: key.keyId,
  clientId: key.clientId,
  label: key.label,
  last4: key.last4,
  enabled: key.enabled,
  createdAt: time(key.createdAt),
  expiresAt: timeOrNull(key.validUntil),
  graceEndsAt: timeOrNull(key.graceEndsAt),
  lastUsedAt: timeOrNull(key.lastUsedAt),
  scopes: key.scopes,
  allowedIps: key.allowedIps,
  allowedOrigins: key.allowedOrigins,
  budget: key.budget,
  throttle: key.throttle,
  quota: key.quota,
  metadata: key.metadata,
});
