/**
 * The publication of a bot: its limits, its state and its endpoint. Acts are accepted here and
 * carried out by the deployer (`../deployer`), step by step and safe to repeat.
 */
export * as Publication from "./index.ts";

import type * as v from "valibot";
import * as Bot from "../../bots/bot/index.ts";
import * as Budget from "../budget/index.ts";
import * as Caller from "../../foundation/caller/index.ts";
import * as Ceiling from "../ceiling/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import type { Queue, Table } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import { exists, type Info, inFlight, isLive, type Status, withoutStack } from "./info.ts";
import { prerequisites } from "./prerequisites.ts";
import { type Edit, edited, type Publish, settingsOf } from "./settings.ts";
import { add, amend, fromBot, listInFlight, type StoreDeps } from "./store.ts";

export * from "./info.ts";
export { requireChangeable } from "./live-changes.ts";
export { type Prerequisite, prerequisites } from "./prerequisites.ts";
export { Edit, Publish, Settings, settingsOf, shownSettings } from "./settings.ts";
export {
  AllowedOrigins,
  canonicalOrigin,
  originMatches,
  Quota,
  RetentionDays,
  Stage,
  Throttle,
} from "./setting-schemas.ts";
export { amend, forget, fromBot, fromItem, list, listEvery, listInFlight, save } from "./store.ts";

interface Deps extends StoreDeps, Ceiling.Deps {
  catalog: ModelCatalog.Catalog;
  deployQueue: Queue;
  cell: string;
  /** What the names of stacks begin with; the bot's id follows. `outlet-bot-` where absent. */
  stackPrefix?: string;
}

/** @throws ProblemError `not_published` unless the endpoint exists. */
export async function requireLive(table: Table, botId: string): Promise<Info> {
  const publication = await fromBot(table, botId);
  requireIsLive(publication);
  return publication;
}

/**
 * Accepts the act of publishing; the deployer does the rest.
 * @throws ProblemError `publish_not_allowed`, `prerequisites_not_met`, `publication_in_progress`,
 *   `already_published`, `no_room`.
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
  await Ceiling.requireRoom(deps, await countPublishing(deps.table));
  const now = deps.clock.now();
  const operationId = deps.ids.ulid();
  const publication: Info = {
    ...input,
    ownerBudget: await Budget.ofOwner(deps.table, bot.ownerId),
    botId: bot.botId,
    ownerId: bot.ownerId,
    title: bot.title,
    status: "publishing",
    cell: deps.cell,
    stackName: `${deps.stackPrefix ?? "outlet-bot-"}${bot.botId}`,
    operation: {
      operationId,
      startedAt: now,
      requestedBy: caller.userId,
      previous: null,
      deleteBot: false,
    },
    progress: null,
    ...withoutStack,
    failure: null,
    ownAddress: false,
    upgrade: null,
    publishedAt: null,
    updatedAt: now,
    revision: deps.ids.ulid(),
  };
  if (!(await add(deps, publication))) throw refusal(await fromBot(deps.table, bot.botId));
  await ring(deps, bot.botId);
  return withOwnerBudget(deps, publication);
}

/**
 * Sets what all bots of an owner together may spend. It is kept with the owner for what is published
 * later, and with every publication, so that no call has to read it elsewhere.
 */
export async function setOwnerBudget(
  deps: StoreDeps,
  ownerId: string,
  limit: Budget.Limit | null,
): Promise<void> {
  await Budget.setOfOwner(deps.table, ownerId, limit);
  let cursor: string | undefined;
  do {
    const page = await Bot.listOwned(deps.table, ownerId, { limit: 100, cursor });
    for (const { botId } of page.bots) {
      const publication = await fromBot(deps.table, botId);
      if (publication) await withOwnerBudget(deps, publication);
    }
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
}

/** A publication with its owner's budget as it is now, whoever has written either meanwhile. */
export async function withOwnerBudget(deps: StoreDeps, publication: Info): Promise<Info> {
  let current: Info | undefined = publication;
  for (let tries = 0; current && tries < actTriesMax; tries++) {
    const ownerBudget = await Budget.ofOwner(deps.table, current.ownerId);
    if (JSON.stringify(ownerBudget) === JSON.stringify(current.ownerBudget)) return current;
    const next = await amend(deps, current, { ownerBudget });
    current = next ?? (await fromBot(deps.table, publication.botId));
  }
  throw refusal(undefined);
}

/** Those that were let in and whose stack may not be there yet. */
const countPublishing = async (table: Table): Promise<number> =>
  (await listInFlight(table)).filter(({ status, stack }) => status === "publishing" && !stack)
    .length;

/** Changes limits and origins in place: URL and keys stay. */
export async function update(
  deps: Deps,
  caller: Caller.Info,
  bot: Bot.Info,
  input: Edit,
): Promise<Info> {
  requireMayPublish(caller);
  const next = await act(deps, bot.botId, (current) => {
    requireIsLive(current);
    if (current.status === "updating") throw refusal(current);
    const previous = { ...settingsOf(current), status: current.status };
    return {
      ...edited(current, input),
      status: "updating" as const,
      ...begin(deps, caller, { previous }),
    };
  });
  await ring(deps, bot.botId);
  return next;
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
 */
export async function unpublish(
  deps: Deps,
  caller: Caller.Info,
  bot: Bot.Info,
  options: { title?: string } = {},
): Promise<Info> {
  requireMayPublish(caller);
  if (options.title !== undefined && options.title !== bot.title) {
    throw new Problem.ProblemError("title_mismatch", {
      message: "Repeat the bot's title exactly: unpublishing cannot be undone.",
      param: "title",
    });
  }
  const next = await act(deps, bot.botId, (current) => {
    if (!exists(current)) {
      throw new Problem.ProblemError("not_published", "The bot is not published.");
    }
    if (inFlight.includes(current.status)) throw refusal(current);
    return {
      status: "unpublishing" as const,
      title: bot.title,
      ...begin(deps, caller, {}),
    };
  });
  await ring(deps, bot.botId);
  return next;
}

/**
 * Deletes a bot that is published, or was: the deployer removes what there is of its publication, then
 * everything that its clients left, then the bot.
 * @throws ProblemError `publish_not_allowed` where it is published still, `publication_in_progress`.
 */
export async function removeWithBot(deps: Deps, caller: Caller.Info, bot: Bot.Info): Promise<Info> {
  const next = await act(deps, bot.botId, (current) => {
    if (exists(current)) requireMayPublish(caller);
    if (current && inFlight.includes(current.status)) throw refusal(current);
    return {
      status: "unpublishing" as const,
      title: bot.title,
      ...begin(deps, caller, { deleteBot: true }),
    };
  });
  await ring(deps, bot.botId);
  return next;
}

/** Asks the deployer to look at a bot's publication. */
export async function ring(
  deps: Pick<Deps, "deployQueue">,
  botId: string,
  delaySeconds = 0,
): Promise<void> {
  await deps.deployQueue.send(JSON.stringify({ botId }), { group: botId, delaySeconds });
}

/** What every act that the deployer carries out writes besides its own. */
function begin(
  deps: Deps,
  caller: Caller.Info,
  {
    previous = null,
    deleteBot = false,
  }: Partial<Pick<NonNullable<Info["operation"]>, "previous" | "deleteBot">>,
) {
  const operation: Info["operation"] = {
    operationId: deps.ids.ulid(),
    startedAt: deps.clock.now(),
    requestedBy: caller.userId,
    previous,
    deleteBot,
  };
  return { operation, progress: null, failure: null };
}

async function switchTo(
  deps: Deps,
  caller: Caller.Info,
  bot: Bot.Info,
  from: Status,
  to: Status,
): Promise<Info> {
  requireMayPublish(caller);
  return act(deps, bot.botId, (current) => {
    requireIsLive(current);
    if (current.status === to) return undefined;
    if (current.status !== from) throw refusal(current);
    return { status: to };
  });
}

const actTriesMax = 5;

/**
 * Writes what an act changes. It is decided anew where something else was written meanwhile: an
 * upgrade of the template never keeps an owner from acting.
 * @param decide `undefined` where there is nothing to change.
 */
async function act(
  deps: Deps,
  botId: string,
  decide: (current: Info | undefined) => Partial<Info> | undefined,
): Promise<Info> {
  for (let tries = 0; tries < actTriesMax; tries++) {
    const current = await fromBot(deps.table, botId);
    const changes = decide(current);
    if (!current) throw refusal(current);
    if (!changes) return current;
    const next = await amend(deps, current, changes);
    if (next) return next;
  }
  throw refusal(undefined);
}

/** What only those who may publish do, as it is said to those who may not. */
const privileges = {
  publish: "publish bots. Ask an administrator, then sign in again.",
  keys: "manage keys. Ask an administrator.",
  requests: "read a bot's requests. Ask an administrator.",
  metrics: "see what a bot's API does. Ask an administrator.",
};
export type Privilege = keyof typeof privileges;

/** @throws ProblemError `publish_not_allowed` */
function requireMayPublish(caller: Caller.Info, to: Privilege = "publish"): void {
  if (Caller.mayPublish(caller)) return;
  throw new Problem.ProblemError(
    "publish_not_allowed",
    `Only those with the right to publish (the group PublishAllowed) ${privileges[to]}`,
  );
}

/**
 * The bot, for an owner who may publish, or an administrator. Being able to see a bot grants nothing
 * about its publication.
 * @throws ProblemError `not_found`, `publish_not_allowed`
 */
export async function publishableBy(
  table: Table,
  caller: Caller.Info,
  botId: string,
  to: Privilege,
): Promise<Bot.Info> {
  const bot = await Bot.ownedBy(table, caller, botId);
  requireMayPublish(caller, to);
  return bot;
}

function requireIsLive(publication: Info | undefined): asserts publication is Info {
  if (isLive(publication)) return;
  throw new Problem.ProblemError("not_published", "The bot is not published: publish it first.");
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
