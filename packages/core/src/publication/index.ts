/**
 * The publication of a bot: its limits, its state and its endpoint. Acts are accepted here and
 * carried out by the deployer (`../deployer`), step by step and safe to repeat.
 */
export * as Publication from "./index.ts";

import * as v from "valibot";
import { none as noAlerts, Settings as Alerts } from "../alerts/settings.ts";
import { Bot } from "../bot/index.ts";
import { Caller } from "../caller/index.ts";
import type { Id } from "../id/index.ts";
import type { ModelCatalog } from "../model-catalog/index.ts";
import {
  absent,
  all,
  any,
  type Clock,
  type Condition,
  equals,
  type Item,
  type Queue,
  type Table,
  type Key as TableKey,
} from "../ports/index.ts";
import { Problem } from "../problem/index.ts";
import type { TestRun } from "../test-run/index.ts";
import { AllowedOrigins, Quota, RetentionDays, Stage, Throttle } from "./settings.ts";

export {
  AllowedOrigins,
  originMatches,
  Quota,
  RetentionDays,
  Stage,
  Throttle,
} from "./settings.ts";

export const Status = v.picklist([
  "unpublished",
  "publishing",
  "published",
  "updating",
  "paused",
  "unpublishing",
  "failed",
]);
export type Status = v.InferOutput<typeof Status>;

const Settings = v.object({
  stage: Stage,
  throttle: v.nullable(Throttle),
  quota: v.nullable(Quota),
  allowedOrigins: AllowedOrigins,
  retentionDays: v.optional(RetentionDays, 30),
  alerts: v.optional(Alerts, noAlerts),
});
export type Settings = v.InferOutput<typeof Settings>;

export const Info = v.object({
  ...Settings.entries,
  botId: v.string(),
  ownerId: v.string(),
  /** What the bot was called when it was last published or unpublished: known of deleted ones too. */
  title: v.optional(v.nullable(v.string()), null),
  status: Status,
  /** Which account and Region it lives in. */
  cell: v.string(),
  stackName: v.string(),
  /** The act under way; every write of the deployer is on condition of its id. */
  operation: v.nullable(
    v.object({
      operationId: v.string(),
      startedAt: v.number(),
      requestedBy: v.string(),
      /** Settings to go back to if an update fails. */
      previous: v.nullable(v.object({ ...Settings.entries, status: Status })),
      /** The bot goes too once it is unpublished. */
      deleteBot: v.boolean(),
    }),
  ),
  progress: v.nullable(
    v.object({ done: v.number(), total: v.number(), current: v.nullable(v.string()) }),
  ),
  restApiId: v.nullable(v.string()),
  usagePlanId: v.nullable(v.string()),
  failure: v.nullable(v.object({ message: v.string(), at: v.number() })),
  publishedAt: v.nullable(v.number()),
  updatedAt: v.number(),
});
export type Info = v.InferOutput<typeof Info>;

export const Publish = v.strictObject({
  stage: v.optional(Stage, "api"),
  throttle: v.optional(v.nullable(Throttle), { burstLimit: 100, rateLimit: 50 }),
  quota: v.optional(v.nullable(Quota), { limit: 10_000, period: "DAY" }),
  allowedOrigins: v.optional(AllowedOrigins, []),
  retentionDays: v.optional(RetentionDays, 30),
  alerts: v.optional(Alerts, noAlerts),
});

/** Absent members stay as they are; `null` turns a limit off. */
export const Edit = v.strictObject({
  throttle: v.optional(v.nullable(Throttle)),
  quota: v.optional(v.nullable(Quota)),
  allowedOrigins: v.optional(AllowedOrigins),
  /** Of what is sent from then on. */
  retentionDays: v.optional(RetentionDays),
  alerts: v.optional(Alerts),
});

export const Unpublish = v.strictObject({
  /** The bot's title, typed out: it cannot be undone. */
  title: v.string(),
});

interface Deps {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
  catalog: ModelCatalog.Catalog;
  deployQueue: Queue;
  cell: string;
}

/** In these the endpoint exists and keys open it. */
const live: readonly Status[] = ["published", "updating", "paused"];
const inFlight: readonly Status[] = ["publishing", "updating", "unpublishing"];

export const isLive = (publication: Info | undefined): publication is Info =>
  publication !== undefined && live.includes(publication.status);

/** Whether anything of it may exist: nothing of the bot that it depends on may change. */
export const exists = (publication: Info | undefined): publication is Info =>
  publication !== undefined && publication.status !== "unpublished";

/** Whether the authorizer lets a known key through: the probe has to get in while publishing. */
export const isOpen = (publication: Info | undefined): publication is Info =>
  publication !== undefined && [...live, "publishing"].includes(publication.status);

export async function fromBot(table: Table, botId: string): Promise<Info | undefined> {
  const item = await table.get(keyOf(botId));
  return item && fromItem(item);
}

/** @throws ProblemError `not_published` unless the endpoint exists. */
export async function requireLive(table: Table, botId: string): Promise<Info> {
  const publication = await fromBot(table, botId);
  if (isLive(publication)) return publication;
  throw new Problem.ProblemError("not_published", "Publish the bot first; then it can have keys.");
}

export interface Prerequisite {
  name: "may_publish" | "owner" | "scope" | "sync" | "model_price" | "test_run";
  met: boolean;
  /** Whether publishing is refused without it; the others are advice. */
  required: boolean;
  /** What it means, or how to meet it. */
  detail: string;
}

/** What publishing asks for, each with whether it is met and how to meet it. */
export function prerequisites(
  bot: Bot.Info,
  caller: Caller.Info,
  catalog: ModelCatalog.Catalog,
  test?: TestRun.Info,
): Prerequisite[] {
  const row = (name: Prerequisite["name"], met: boolean, yes: string, no: string) => ({
    name,
    met,
    required: name !== "test_run",
    detail: met ? yes : no,
  });
  const unpriced = [bot.model, ...bot.callerModels].filter((name) => !catalog.find(name)?.price);
  return [
    row(
      "may_publish",
      Caller.mayPublish(caller),
      "You may publish.",
      "Ask an administrator to add you to the group PublishAllowed, then sign in again.",
    ),
    row(
      "owner",
      Bot.mayChange(bot, caller),
      "The bot is yours to publish.",
      "Only the bot's owner or an administrator can publish it.",
    ),
    row(
      "scope",
      bot.scope === "all",
      "The bot is shared with everyone.",
      `Share the bot with everyone (scope "all"); it is "${bot.scope}" now.`,
    ),
    row(
      "sync",
      bot.syncStatus === "SUCCEEDED",
      "Its knowledge is in sync.",
      `Wait until its knowledge has synced, or remove what failed; it is ${bot.syncStatus} now.`,
    ),
    row(
      "model_price",
      unpriced.length === 0,
      "Its models have known prices.",
      `Choose models with a known price: none is known for ${unpriced.join(", ")}.`,
    ),
    row(
      "test_run",
      test?.passed === true && test.model === bot.model,
      "The bot has answered a test with its present model.",
      test?.passed === false && test.model === bot.model
        ? `The last test failed: ${test.failure ?? "no reason is known"} Test the bot again.`
        : `Ask the bot something in its test chat: ${bot.model} has not passed a test yet.`,
    ),
  ];
}

/**
 * Accepts the act of publishing; the deployer does the rest.
 * @throws ProblemError `publish_not_allowed`, `prerequisites_not_met`, `publication_in_progress`,
 *   `already_published`.
 */
export async function publish(
  deps: Deps,
  caller: Caller.Info,
  bot: Bot.Info,
  input: v.InferOutput<typeof Publish>,
): Promise<Info> {
  requireMayPublish(caller);
  const unmet = prerequisites(bot, caller, deps.catalog).filter((p) => p.required && !p.met);
  if (unmet.length > 0) {
    throw new Problem.ProblemError("prerequisites_not_met", {
      message: unmet.map((p) => p.detail).join(" "),
      extra: { prerequisites: unmet },
    });
  }
  const now = deps.clock.now();
  const operationId = deps.ids.ulid();
  const publication: Info = {
    ...input,
    botId: bot.botId,
    ownerId: bot.ownerId,
    title: bot.title,
    status: "publishing",
    cell: deps.cell,
    stackName: `outlet-bot-${bot.botId}`,
    operation: {
      operationId,
      startedAt: now,
      requestedBy: caller.userId,
      previous: null,
      deleteBot: false,
    },
    progress: null,
    restApiId: null,
    usagePlanId: null,
    failure: null,
    publishedAt: null,
    updatedAt: now,
  };
  const startable = any(absent("pk"), equals("status", "unpublished"), equals("status", "failed"));
  if (!(await deps.table.put(toItem(publication), startable))) {
    throw refusal(await fromBot(deps.table, bot.botId));
  }
  await ring(deps, bot.botId);
  return publication;
}

/** Changes limits and origins in place: URL and keys stay. */
export async function update(
  deps: Deps,
  caller: Caller.Info,
  bot: Bot.Info,
  input: v.InferOutput<typeof Edit>,
): Promise<Info> {
  requireMayPublish(caller);
  const current = await requireLive(deps.table, bot.botId);
  if (current.status === "updating") throw refusal(current);
  const { stage, throttle, quota, allowedOrigins, retentionDays, alerts, status } = current;
  return begin(deps, caller, current, {
    throttle: input.throttle === undefined ? throttle : input.throttle,
    quota: input.quota === undefined ? quota : input.quota,
    allowedOrigins: input.allowedOrigins ?? allowedOrigins,
    retentionDays: input.retentionDays ?? retentionDays,
    alerts: input.alerts ?? alerts,
    status: "updating",
    previous: { stage, throttle, quota, allowedOrigins, retentionDays, alerts, status },
  });
}

/** Paused: every request is answered 503 `bot_paused`; URL, keys and counters stay. */
export async function pause(deps: Deps, caller: Caller.Info, bot: Bot.Info): Promise<Info> {
  return switchTo(deps, caller, bot, "published", "paused");
}

export async function resume(deps: Deps, caller: Caller.Info, bot: Bot.Info): Promise<Info> {
  return switchTo(deps, caller, bot, "paused", "published");
}

/**
 * Removes the stack, the endpoint and all keys. A publication that failed can be removed too.
 * @param options.deleteBot delete the bot itself once nothing of its publication is left.
 */
export async function unpublish(
  deps: Deps,
  caller: Caller.Info,
  bot: Bot.Info,
  options: { title?: string; deleteBot?: boolean } = {},
): Promise<Info> {
  requireMayPublish(caller);
  if (options.title !== undefined && options.title !== bot.title) {
    throw new Problem.ProblemError("title_mismatch", {
      message: "Repeat the bot's title exactly: unpublishing cannot be undone.",
      param: "title",
    });
  }
  const current = await fromBot(deps.table, bot.botId);
  if (!exists(current)) {
    throw new Problem.ProblemError("not_published", "The bot is not published.");
  }
  if (inFlight.includes(current.status)) throw refusal(current);
  return begin(deps, caller, current, {
    status: "unpublishing",
    title: bot.title,
    previous: null,
    deleteBot: options.deleteBot ?? false,
  });
}

/** Publications that the deployer has not finished, oldest act first. */
export async function listInFlight(table: Table): Promise<Info[]> {
  const page = await table.query({ index: "open", pk: openPartition, limit: 100 });
  return page.items.map(fromItem);
}

/** All publications, of all owners, the newest bot's first; for the administrator. */
export async function list(
  table: Table,
  options: { limit: number; cursor?: string | undefined },
): Promise<{ publications: Info[]; cursor: string | null }> {
  const newestFirst = { index: "listing", pk: "PUBLICATIONS", descending: true } as const;
  const page = await table.query({ ...newestFirst, ...options });
  return { publications: page.items.map(fromItem), cursor: page.cursor ?? null };
}

/** Every publication there ever was, those that are unpublished too. */
export async function listEvery(table: Table): Promise<Info[]> {
  const publications: Info[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query({ index: "listing", pk: "PUBLICATIONS", cursor });
    publications.push(...page.items.map(fromItem));
    cursor = page.cursor;
  } while (cursor);
  return publications;
}

/** Writes what the deployer found out, unless another act has begun meanwhile. */
export async function save(
  deps: Pick<Deps, "table" | "clock">,
  publication: Info,
  changes: Partial<Info>,
): Promise<Info | undefined> {
  const operationId = publication.operation?.operationId;
  if (!operationId) return undefined;
  const next = { ...publication, ...changes, updatedAt: deps.clock.now() };
  const written = await deps.table.put(toItem(next), equals("operationId", operationId));
  return written ? next : undefined;
}

/** Asks the deployer to look at a bot's publication. */
export async function ring(
  deps: Pick<Deps, "deployQueue">,
  botId: string,
  delaySeconds = 0,
): Promise<void> {
  await deps.deployQueue.send(JSON.stringify({ botId }), { group: botId, delaySeconds });
}

async function begin(
  deps: Deps,
  caller: Caller.Info,
  current: Info,
  act: Partial<Settings> & {
    status: Status;
    title?: string;
    previous: NonNullable<Info["operation"]>["previous"];
    deleteBot?: boolean;
  },
): Promise<Info> {
  const { previous, deleteBot = false, ...changes } = act;
  const now = deps.clock.now();
  const next: Info = {
    ...current,
    ...changes,
    operation: {
      operationId: deps.ids.ulid(),
      startedAt: now,
      requestedBy: caller.userId,
      previous,
      deleteBot,
    },
    progress: null,
    failure: null,
    updatedAt: now,
  };
  if (!(await deps.table.put(toItem(next), unchanged(current)))) {
    throw refusal(await fromBot(deps.table, current.botId));
  }
  await ring(deps, current.botId);
  return next;
}

async function switchTo(
  deps: Deps,
  caller: Caller.Info,
  bot: Bot.Info,
  from: Status,
  to: Status,
): Promise<Info> {
  requireMayPublish(caller);
  const current = await requireLive(deps.table, bot.botId);
  if (current.status === to) return current;
  if (current.status !== from) throw refusal(current);
  const next = { ...current, status: to, updatedAt: deps.clock.now() };
  if (!(await deps.table.put(toItem(next), unchanged(current)))) {
    throw refusal(await fromBot(deps.table, bot.botId));
  }
  return next;
}

function requireMayPublish(caller: Caller.Info): void {
  if (Caller.mayPublish(caller)) return;
  throw new Problem.ProblemError(
    "publish_not_allowed",
    "Only members of the group PublishAllowed publish bots. Ask an administrator, then sign in again.",
  );
}

function refusal(current: Info | undefined): Problem.ProblemError {
  if (current && inFlight.includes(current.status)) {
    return new Problem.ProblemError("publication_in_progress", {
      message: `The publication is ${current.status}. Wait until that has ended.`,
      retryAfter: 2,
    });
  }
  if (isLive(current)) {
    return new Problem.ProblemError(
      "already_published",
      "The bot is published already. Change its limits with PATCH.",
    );
  }
  return new Problem.ProblemError("conflict", "The publication changed meanwhile. Read it again.");
}

const unchanged = (current: Info): Condition =>
  all(equals("status", current.status), equals("updatedAt", current.updatedAt));

const openPartition = "DEPLOY";
const keyOf = (botId: string): TableKey => ({ pk: `BOT#${botId}`, sk: "PUBLICATION" });

function toItem(publication: Info): Item {
  const { operation } = publication;
  return {
    ...publication,
    ...keyOf(publication.botId),
    listingPk: "PUBLICATIONS",
    listingSk: publication.botId,
    ...(operation ? { operationId: operation.operationId } : {}),
    ...(operation ? { openPk: openPartition, openSk: operation.operationId } : {}),
  };
}

const fromItem = (item: Item): Info => v.parse(Info, item);
