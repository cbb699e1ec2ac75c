import { Audit } from "@outlet/core/records/audit";
import { Bot } from "@outlet/core/bots/bot";
import type { Caller } from "@outlet/core/foundation/caller";
import { Key } from "@outlet/core/publishing/key";
import { Knowledge } from "@outlet/core/bots/knowledge";
import { Problem } from "@outlet/core/foundation/problem";
import { Publication } from "@outlet/core/publishing/publication";
import { RunLog } from "@outlet/core/conversations/run";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import * as v from "valibot";
import type { ControlApiDeps, ControlEnv } from "./deps.ts";

type AuditDeps = Pick<ControlApiDeps, "table" | "clock" | "ids" | "log">;

interface Act {
  action: Audit.Action;
  /** What is noted before and after. */
  of: "bot" | "publication" | "key" | "source" | "sync" | "run" | "runs";
  /** The parameter that names what it is done to, where that is not the bot itself. */
  target?: "keyId" | "runId" | "sourceId";
}

const publication = "/api/bots/:botId/publication";

/** Every route that changes something, by method and path. */
export const acts: Readonly<Record<string, Act>> = {
  "POST /api/bots": { action: "bot.create", of: "bot" },
  "PATCH /api/bots/:botId": { action: "bot.update", of: "bot" },
  "PUT /api/bots/:botId/sharing": { action: "bot.share", of: "bot" },
  "DELETE /api/bots/:botId": { action: "bot.delete", of: "bot" },
  "POST /api/bots/:botId/knowledge": { action: "knowledge.add", of: "source", target: "sourceId" },
  "POST /api/bots/:botId/knowledge/sync": { action: "knowledge.sync", of: "sync" },
  "DELETE /api/bots/:botId/knowledge/:sourceId": {
    action: "knowledge.remove",
    of: "source",
    target: "sourceId",
  },
  [`POST ${publication}`]: { action: "publication.publish", of: "publication" },
  [`PATCH ${publication}`]: { action: "publication.update", of: "publication" },
  [`POST ${publication}/pause`]: { action: "publication.pause", of: "publication" },
  [`POST ${publication}/resume`]: { action: "publication.resume", of: "publication" },
  [`DELETE ${publication}`]: { action: "publication.unpublish", of: "publication" },
  [`POST ${publication}/keys`]: { action: "key.create", of: "key", target: "keyId" },
  [`PATCH ${publication}/keys/:keyId`]: { action: "key.update", of: "key", target: "keyId" },
  [`POST ${publication}/keys/:keyId/rotate`]: { action: "key.rotate", of: "key", target: "keyId" },
  [`DELETE ${publication}/keys/:keyId`]: { action: "key.delete", of: "key", target: "keyId" },
  [`POST ${publication}/runs/redrive`]: { action: "run.redrive", of: "runs" },
  [`POST ${publication}/runs/:runId/redrive`]: {
    action: "run.redrive",
    of: "run",
    target: "runId",
  },
};

/**
 * Writes down every act of {@link acts}: that it was begun before anything is done, how it ended
 * afterwards. Without the first there is no act; the second failing leaves an entry that says so.
 */
export function audit(deps: AuditDeps): MiddlewareHandler<ControlEnv> {
  return async function keepAudit(c, next) {
    const act = actOf(c);
    if (!act) return next();
    const ids = { botId: param(c, "botId"), targetId: act.target ? param(c, act.target) : null };
    const [before, ownerId] = await Promise.all([
      snapshot(deps, act, ids),
      ownerOf(deps, c.get("caller"), ids),
    ]);
    const entry = await Audit.begin(deps, c.get("caller"), { action: act.action, ownerId, ...ids });
    await next();
    try {
      await end(deps, c, { act, entry, ids, before });
    } catch (cause) {
      const { auditId } = entry;
      deps.log.error("audit entry without an end", {
        requestId: c.get("requestId"),
        auditId,
        cause,
      });
    }
  };
}

interface Ids {
  botId: string | null;
  targetId: string | null;
}

interface Begun {
  act: Act;
  entry: Audit.Entry;
  ids: Ids;
  before: Audit.Snapshot;
}

async function end(deps: AuditDeps, c: Context, { act, entry, ids, before }: Begun) {
  const { status } = c.res;
  if (status >= 400) {
    const errorCode = c.error instanceof Problem.ProblemError ? c.error.code : null;
    await Audit.end(deps, entry, { outcome: status < 500 ? "refused" : "failed", errorCode });
    return;
  }
  const made = await idsOf(c, act, ids);
  const after = await afterOf(deps, c, act, made);
  await Audit.end(deps, entry, { outcome: "done", ...made, before, after });
}

/** Whose bot it is; a new one is its maker's. */
async function ownerOf(
  { table }: AuditDeps,
  caller: Caller.Info,
  { botId }: Ids,
): Promise<string | null> {
  if (botId === null) return caller.userId;
  return (await Bot.fromId(table, botId))?.ownerId ?? null;
}

const Run = v.object({ status: v.string(), redrives: v.number() });
const Redriven = v.object({ redriven: v.array(v.string()), refused: v.array(v.unknown()) });

/** What the answer tells of how it is afterwards: a run goes on at once, nothing of it stands still. */
const told: { [of in Act["of"]]?: (c: Context) => Promise<Audit.Snapshot> } = {
  run: async (c) => v.parse(Run, await c.res.clone().json()),
  runs: async (c) => {
    const { redriven, refused } = v.parse(Redriven, await c.res.clone().json());
    return { redriven: redriven.length, refused: refused.length };
  },
};

async function afterOf(deps: AuditDeps, c: Context, act: Act, ids: Ids): Promise<Audit.Snapshot> {
  // It goes once it is unpublished; until then it is what it was.
  if (act.action === "bot.delete" && c.res.status === 202) return { status: "deleting" };
  return told[act.of]?.(c) ?? snapshot(deps, act, ids);
}

const Made = v.object({
  botId: v.optional(v.string()),
  keyId: v.optional(v.string()),
  sourceId: v.optional(v.string()),
});

/** What was just made has its id in the answer. */
async function idsOf(c: Context, act: Act, ids: Ids): Promise<Ids> {
  if (c.res.status !== 201) return ids;
  const made = v.parse(Made, await c.res.clone().json());
  const targetId = act.target === "runId" ? undefined : act.target && made[act.target];
  return { botId: ids.botId ?? made.botId ?? null, targetId: targetId ?? ids.targetId };
}

function actOf(c: Context): Act | undefined {
  for (const { method, path } of matchedRoutes(c).toReversed()) {
    const act = acts[`${method} ${path}`];
    if (act) return act;
  }
  return undefined;
}

/** Middleware comes before routing has named the parameters: they are in the matched route's path. */
function param(c: Context, name: string): string | null {
  const route = matchedRoutes(c).findLast(({ method, path }) => acts[`${method} ${path}`]);
  const index = route?.path.split("/").indexOf(`:${name}`) ?? -1;
  const value = index < 0 ? undefined : new URL(c.req.url).pathname.split("/")[index];
  return value ? decodeURIComponent(value).slice(0, 100) : null;
}

async function snapshot(
  { table }: AuditDeps,
  { of }: Act,
  { botId, targetId }: Ids,
): Promise<Audit.Snapshot> {
  if (botId === null) return null;
  if (of === "bot") return botSnapshot(await Bot.fromId(table, botId));
  if (of === "publication") return publicationSnapshot(await Publication.fromBot(table, botId));
  if (of === "sync") return syncSnapshot(await Bot.fromId(table, botId));
  if (of === "source" && targetId !== null) {
    return sourceSnapshot(await Knowledge.fromId(table, botId, targetId));
  }
  if (of === "run" && targetId !== null) {
    return runSnapshot(await RunLog.fromId(table, botId, targetId));
  }
  if (of === "key" && targetId !== null) {
    const key = await Key.fromId(table, botId, targetId).catch((error: unknown) => {
      if (error instanceof Problem.ProblemError && error.code === "not_found") return undefined;
      throw error;
    });
    return keySnapshot(key);
  }
  return null;
}

const textMax = 2_000;

function botSnapshot(bot: Bot.Info | undefined): Audit.Snapshot {
  if (!bot) return null;
  const { ownerId, title, description, instruction, model, callerModels, generation } = bot;
  const { scope, allowedUsers, allowedGroups, showSources } = bot;
  return {
    ownerId,
    title,
    description,
    instruction: instruction.length > textMax ? `${instruction.slice(0, textMax)}…` : instruction,
    model,
    callerModels,
    generation: { ...generation },
    scope,
    allowedUsers,
    allowedGroups,
    showSources,
  };
}

function publicationSnapshot(it: Publication.Info | undefined): Audit.Snapshot {
  if (!it) return null;
  const { status, stage, throttle, quota, allowedOrigins, retentionDays, alerts, cell } = it;
  return {
    status,
    stage,
    throttle: throttle && { ...throttle },
    quota: quota && { ...quota },
    allowedOrigins,
    retentionDays,
    alerts: { ...alerts },
    cell,
  };
}

const syncSnapshot = (bot: Bot.Info | undefined): Audit.Snapshot =>
  bot ? { syncStatus: bot.syncStatus } : null;

/** What it is, not what it says. */
const sourceSnapshot = (source: Knowledge.Info | undefined): Audit.Snapshot =>
  source ? { name: source.name, kind: source.kind, bytes: source.bytes } : null;

const runSnapshot = (run: RunLog.Entry | undefined): Audit.Snapshot =>
  run ? { status: run.status, redrives: run.redrives, errorCode: run.error?.code ?? null } : null;

/** Not its hashes: nothing that could be tried offline. */
function keySnapshot(key: Key.Info | undefined): Audit.Snapshot {
  if (!key) return null;
  const { label, enabled, validUntil, graceEndsAt, last4, clientId } = key;
  return { label, enabled, expiresAt: validUntil, graceEndsAt, last4, clientId };
}
