import * as Bot from "@outlet/core/bots/bot";
import * as Tools from "@outlet/core/bots/tools";
import * as Knowledge from "@outlet/core/bots/knowledge";
import * as RequestLog from "@outlet/core/conversations/request-log";
import * as Problem from "@outlet/core/foundation/problem";
import * as Budget from "@outlet/core/publishing/budget";
import * as Key from "@outlet/core/publishing/key";
import * as Publication from "@outlet/core/publishing/publication";
import * as Audit from "@outlet/core/records/audit";
import type { Context, MiddlewareHandler } from "hono";
import type { ControlApiDeps, ControlEnv, Told } from "./deps.ts";
import * as Text from "@outlet/core/foundation/text";

type AuditDeps = Pick<ControlApiDeps, "table" | "clock" | "ids" | "log">;

interface Ids {
  botId: string | null;
  targetId: string | null;
}

/** What an act is done to. */
interface Subject {
  /** The parameter of the path that names it, where that is not the bot itself. */
  param?: "keyId" | "runId" | "sourceId" | "siteId" | "toolId" | "ownerId";
  /** What is noted of it before and after. */
  snapshot(table: AuditDeps["table"], botId: string, targetId: string): Promise<Audit.Snapshot>;
}

const subjects = {
  bot: { snapshot: async (table, botId) => botSnapshot(await Bot.fromId(table, botId)) },
  sync: { snapshot: async (table, botId) => syncSnapshot(await Bot.fromId(table, botId)) },
  publication: {
    snapshot: async (table, botId) => publicationSnapshot(await Publication.fromBot(table, botId)),
  },
  source: {
    param: "sourceId",
    snapshot: async (table, botId, sourceId) =>
      sourceSnapshot(await Knowledge.fromId(table, botId, sourceId)),
  },
  site: {
    param: "siteId",
    snapshot: async (table, botId, siteId) =>
      siteSnapshot(
        (await Knowledge.Site.list(table, botId)).find((site) => site.siteId === siteId),
      ),
  },
  tool: {
    param: "toolId",
    snapshot: async (table, botId, toolId) =>
      toolSnapshot(await Tools.fromId(table, botId, toolId)),
  },
  run: {
    param: "runId",
    snapshot: async (table, botId, runId) =>
      runSnapshot(await RequestLog.fromId(table, botId, runId)),
  },
  runs: { snapshot: async () => null },
  key: {
    param: "keyId",
    snapshot: async (table, botId, keyId) => keySnapshot(await Key.find(table, botId, keyId)),
  },
  ownerBudget: {
    param: "ownerId",
    snapshot: async (table, _botId, ownerId) => ({ budget: await Budget.ofOwner(table, ownerId) }),
  },
} satisfies Record<string, Subject>;

/**
 * Writes down the act of a route: that it was begun before anything is done, how it ended
 * afterwards. Without the first there is no act; the second failing leaves an entry that says so.
 *
 * @example .delete("/bots/:botId", audited(deps, "bot.delete", "bot"), async (c) => …)
 */
export function audited(
  deps: AuditDeps,
  action: Audit.Action,
  of: keyof typeof subjects,
): MiddlewareHandler<ControlEnv> {
  const subject: Subject = subjects[of];
  const read = async ({ botId, targetId }: Ids): Promise<Audit.Snapshot> =>
    (botId === null && subject.param !== "ownerId") || (subject.param && targetId === null)
      ? null
      : subject.snapshot(deps.table, botId ?? "", targetId ?? "");
  async function keepAudit(c: Context<ControlEnv>, next: () => Promise<void>) {
    const ids = {
      botId: param(c, "botId"),
      targetId: subject.param ? param(c, subject.param) : null,
    };
    const caller = c.get("caller");
    // A new bot is its maker's.
    const owner = async (botId: string) => (await Bot.fromId(deps.table, botId))?.ownerId ?? null;
    const [before, ownerId] = await Promise.all([
      read(ids),
      ids.botId === null ? (param(c, "ownerId") ?? caller.userId) : owner(ids.botId),
    ]);
    const entry = await Audit.begin(deps, caller, { action, ownerId, ...ids });
    await next();
    try {
      await Audit.end(deps, entry, await outcomeOf(c, ids, before, read));
    } catch (cause) {
      const { auditId } = entry;
      deps.log.error("audit entry without an end", {
        requestId: c.get("requestId"),
        auditId,
        cause,
      });
    }
  }
  return Object.assign(keepAudit, { [auditedAction]: action });
}

/** Marks the middleware of a route with the act that it writes down. */
export const auditedAction = Symbol("audited action");

/** Tells the route's entry what only its handler knows. */
export function tell(c: Context<ControlEnv>, told: Told): void {
  c.set("audit", { ...c.get("audit"), ...told });
}

async function outcomeOf(
  c: Context<ControlEnv>,
  ids: Ids,
  before: Audit.Snapshot,
  read: (ids: Ids) => Promise<Audit.Snapshot>,
): Promise<Parameters<typeof Audit.end>[2]> {
  const { status } = c.res;
  if (status >= 400) {
    const errorCode = c.error instanceof Problem.ProblemError ? c.error.code : null;
    return { outcome: status < 500 ? "refused" : "failed", errorCode };
  }
  const { after, ...made } = c.get("audit") ?? {};
  const now = { ...ids, ...made };
  return {
    outcome: "done",
    ...now,
    before,
    after: after === undefined ? await read(now) : after,
  };
}

const param = (c: Context, name: string): string | null =>
  Text.cut(c.req.param(name) ?? "", 100) || null;

const textMax = 2_000;

function botSnapshot(bot: Bot.Info | undefined): Audit.Snapshot {
  if (!bot) return null;
  const { ownerId, title, description, instruction, model, callerModels, generation } = bot;
  const { scope, allowedUsers, allowedGroups, showSources, knowledgeBase, tools } = bot;
  return {
    ownerId,
    title,
    description,
    instruction: Text.shorten(instruction, textMax),
    model,
    callerModels,
    generation: { ...generation },
    scope,
    allowedUsers,
    allowedGroups,
    knowledgeBase,
    showSources,
    tools: { ...tools },
  };
}

function publicationSnapshot(it: Publication.Info | undefined): Audit.Snapshot {
  if (!it) return null;
  const { status, cell } = it;
  return { status, ...Publication.settingsOf(it), cell };
}

const syncSnapshot = (bot: Bot.Info | undefined): Audit.Snapshot =>
  bot ? { syncStatus: bot.syncStatus } : null;

/** What it is, not what it says. */
const siteSnapshot = (site: Knowledge.Site.Info | undefined): Audit.Snapshot =>
  site
    ? { url: site.url, kind: site.kind, everyHours: site.everyHours, status: site.status }
    : null;

const sourceSnapshot = (source: Knowledge.Info | undefined): Audit.Snapshot =>
  source ? { name: source.name, kind: source.kind, bytes: source.bytes } : null;

/** What it reaches and may be asked, not how it is described; no id of a secret. */
function toolSnapshot(tool: Tools.Info | undefined): Audit.Snapshot {
  if (!tool) return null;
  const { setting, limits } = tool;
  const base = { kind: setting.kind, limits: { ...limits } };
  switch (setting.kind) {
    case "http": {
      const { title, baseUrl, hosts, credential, operations } = setting;
      const functions = operations.map(({ name, key }) => `${name}: ${key}`);
      return { ...base, title, baseUrl, hosts, credential: credential?.kind ?? null, functions };
    }
    case "mcp": {
      const { title, url, hosts, headers, tools } = setting;
      const functions = tools.map(
        ({ name, digest, pause }) => `${name}: ${pause?.cause ?? digest}`,
      );
      return { ...base, title, url, hosts, headers: headers.map(({ name }) => name), functions };
    }
    case "bot":
      return { ...base, botId: setting.botId, name: setting.name };
    default:
      return base;
  }
}

const runSnapshot = (run: RequestLog.Entry | undefined): Audit.Snapshot =>
  run ? { status: run.status, redrives: run.redrives, errorCode: run.error?.code ?? null } : null;

/** Not its hashes: nothing that could be tried offline. */
function keySnapshot(key: Key.Info | undefined): Audit.Snapshot {
  if (!key) return null;
  const { label, enabled, validUntil, graceEndsAt, last4, clientId } = key;
  const { scopes, allowedIps, allowedOrigins, budget, throttle, quota, metadata } = key;
  const limits = { scopes, allowedIps, allowedOrigins, budget, throttle, quota, metadata };
  return { label, enabled, expiresAt: validUntil, graceEndsAt, last4, clientId, ...limits };
}
