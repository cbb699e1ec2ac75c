/**
 * A bot: instruction, model, generation parameters, knowledge, and whom it is shared with.
 * Edits take effect on the next request of its published API, without redeployment.
 */
export * as Bot from "./index.ts";

import * as v from "valibot";
import * as Caller from "../../foundation/caller/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import * as KnowledgeBase from "../knowledge-base/index.ts";
import * as Owner from "../owner/index.ts";
import * as Tools from "../tools/index.ts";
import {
  absent,
  all,
  type Change,
  type Clock,
  equals,
  exists,
  MalformedCursor,
  type Item,
  type Page,
  type Table,
} from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Text from "../../foundation/text/index.ts";
import { type Create, type Edit, Generation, type Info, type Sharing, shape } from "./info.ts";

export { Create, Edit, Generation, Info, Scope, Sharing, SyncStatus, Title } from "./info.ts";

interface Deps {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
  catalog: ModelCatalog.Catalog;
  /** None where absent. */
  knowledgeBases?: readonly KnowledgeBase.Allowed[] | undefined;
}

export async function create(
  deps: Deps,
  caller: Caller.Info,
  input: v.InferOutput<typeof Create>,
): Promise<Info> {
  const now = deps.clock.now();
  requireKnowledgeBase(deps, caller, input.knowledgeBase);
  const model = input.model ? deps.catalog.require(input.model, "model") : deps.catalog.default;
  const callerModels = requireModels(deps.catalog, input.callerModels);
  requireToolModels(deps.catalog, { ...input, model: model.name, callerModels });
  const bot: Info = {
    botId: deps.ids.ulid(),
    ownerId: caller.userId,
    title: input.title,
    description: input.description,
    instruction: input.instruction,
    model: model.name,
    callerModels,
    generation: oneOfTwo(v.parse(Generation, input.generation)),
    scope: "private",
    allowedUsers: [],
    allowedGroups: [],
    syncStatus: "SUCCEEDED",
    showSources: input.showSources,
    knowledgeBase: input.knowledgeBase ?? null,
    tools: input.tools,
    createdAt: now,
    updatedAt: now,
  };
  await Owner.note(deps.table, caller);
  await deps.table.put(toItem(bot), absent("pk"));
  return bot;
}

export async function fromId(table: Table, botId: string): Promise<Info | undefined> {
  return shape.find(table, Layout.bot(botId));
}

/**
 * The bot, for somebody who may see it.
 * @throws ProblemError `not_found`, the same for a missing and for somebody else's bot.
 */
export async function visibleTo(table: Table, caller: Caller.Info, botId: string): Promise<Info> {
  const bot = await fromId(table, botId);
  if (!bot || !canSee(bot, caller)) throw notFound(botId);
  return bot;
}

/**
 * The bot, for somebody who may change it. Being able to see a bot grants nothing here: a published
 * bot is visible to everybody.
 * @throws ProblemError `not_found`, as {@link visibleTo}.
 */
export async function ownedBy(table: Table, caller: Caller.Info, botId: string): Promise<Info> {
  const bot = await fromId(table, botId);
  if (!bot || !mayChange(bot, caller)) throw notFound(botId);
  return bot;
}

export const mayChange = (bot: Info, caller: Caller.Info): boolean =>
  bot.ownerId === caller.userId || Caller.isAdmin(caller);

export async function update(
  deps: Deps,
  caller: Caller.Info,
  botId: string,
  input: v.InferOutput<typeof Edit>,
): Promise<Info> {
  const bot = await ownedBy(deps.table, caller, botId);
  // The one that it has stays until somebody changes it: it is looked at again when it is asked.
  if (input.knowledgeBase !== bot.knowledgeBase) {
    requireKnowledgeBase(deps, caller, input.knowledgeBase);
  }
  return change(deps, botId, changesOf(deps, bot, input));
}

/** The bot as an edit would leave it. */
export const edited = (
  deps: Pick<Deps, "catalog">,
  bot: Info,
  input: v.InferOutput<typeof Edit>,
): Info => ({ ...bot, ...changesOf(deps, bot, input) });

/** The members that are there. */
const said = <T extends object>(of: T) =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

function changesOf(
  { catalog }: Pick<Deps, "catalog">,
  bot: Info,
  { generation, model, callerModels, tools, ...plain }: v.InferOutput<typeof Edit>,
) {
  const changes = {
    ...said(plain),
    ...(generation
      ? { generation: oneOfTwo(v.parse(Generation, { ...bot.generation, ...said(generation) })) }
      : {}),
    ...(model ? { model: catalog.require(model, "model").name } : {}),
    ...(callerModels ? { callerModels: requireModels(catalog, callerModels) } : {}),
    ...(tools ? { tools: { ...bot.tools, ...said(tools) } } : {}),
  };
  if (model || callerModels || tools) requireToolModels(catalog, { ...bot, ...changes });
  return changes;
}

/** @throws ProblemError `invalid_request` */
function requireKnowledgeBase(
  { knowledgeBases = [] }: Pick<Deps, "knowledgeBases">,
  caller: Caller.Info,
  id: string | null | undefined,
): void {
  if (id) KnowledgeBase.requireAllowed(knowledgeBases, caller, id);
}

/** Every model that may answer has to be able to call tools, where there are any. */
function requireToolModels(
  catalog: ModelCatalog.Catalog,
  { tools, model, callerModels }: Pick<Info, "tools" | "model" | "callerModels">,
): void {
  if (tools.allowed.length === 0) return;
  const unable = [model, ...callerModels].find((name) => catalog.find(name)?.tools === false);
  if (unable === undefined) return;
  throw new Problem.ProblemError("invalid_request", {
    message: `The model "${unable}" cannot call tools. Choose another model, or allow no tools.`,
    param: "tools.allowed",
  });
}

/** Newer models refuse to be told both. @throws ProblemError `invalid_request` */
function oneOfTwo(generation: v.InferOutput<typeof Generation>): typeof generation {
  if (generation.temperature === null || generation.topP === null) return generation;
  throw new Problem.ProblemError("invalid_request", {
    message:
      "Set generation.temperature or generation.topP: models take one of them. The other is null.",
    param: "generation.topP",
  });
}

/** Sets whom the bot is shared with. The caller makes sure that it is not published. */
export async function share(
  deps: Deps,
  caller: Caller.Info,
  botId: string,
  input: v.InferOutput<typeof Sharing>,
): Promise<Info> {
  await ownedBy(deps.table, caller, botId);
  const partial = input.scope === "partial";
  return change(
    deps,
    botId,
    {
      scope: input.scope,
      allowedUsers: partial ? input.allowedUsers : [],
      allowedGroups: partial ? input.allowedGroups : [],
    },
    input.scope === "all"
      ? { set: Layout.inShared(Layout.shared.bots, botId) }
      : { remove: Layout.sharedNames },
  );
}

/**
 * Writes the state of a bot's knowledge as `derive` finds it. Two writers may derive side by side:
 * the later write stands only if nobody else has written since it began, else it derives again.
 */
export async function setSyncStatus(
  table: Table,
  botId: string,
  derive: () => Promise<Info["syncStatus"]>,
): Promise<void> {
  for (;;) {
    const item = await table.get(Layout.bot(botId));
    if (!item) return;
    const revision = typeof item.syncRevision === "number" ? item.syncRevision : 0;
    const syncStatus = await derive();
    if (syncStatus === item.syncStatus) return;
    const unchanged = revision === 0 ? absent("syncRevision") : equals("syncRevision", revision);
    const set = { syncStatus, syncRevision: revision + 1 };
    if (await table.update(Layout.bot(botId), { set }, all(exists("pk"), unchanged))) return;
  }
}

export async function remove(table: Table, botId: string): Promise<void> {
  await table.remove(Layout.testRun(botId));
  for (const { toolId } of await Tools.list(table, botId)) await Tools.remove(table, botId, toolId);
  await table.remove(Layout.bot(botId));
}

export interface Listing {
  bots: Info[];
  cursor: string | null;
}

type Paging = { limit: number; cursor?: string | undefined };

/** Bots of one owner, newest first. */
export async function listOwned(table: Table, ownerId: string, paging: Paging): Promise<Listing> {
  const pk = Layout.listing.botsOf(ownerId);
  return toListing(table, await table.query({ index: "listing", pk, descending: true, ...paging }));
}

/** Bots shared with everybody, newest first. */
export async function listPublic(table: Table, paging: Paging): Promise<Listing> {
  return toListing(
    table,
    await table.query({ index: "public", pk: Layout.shared.bots, descending: true, ...paging }),
  );
}

/** One's own bots, then those of others that are shared with everybody. */
export async function listVisible(
  table: Table,
  ownerId: string,
  { limit, cursor }: Paging,
): Promise<Listing> {
  if (!cursor?.startsWith(publicCursor)) {
    const mine = await listOwned(table, ownerId, { limit, cursor });
    if (mine.cursor || mine.bots.length >= limit) {
      return { bots: mine.bots, cursor: mine.cursor ?? publicCursor };
    }
    const rest = await listVisible(table, ownerId, {
      limit: limit - mine.bots.length,
      cursor: publicCursor,
    });
    return { bots: [...mine.bots, ...rest.bots], cursor: rest.cursor };
  }
  const inner = cursor.slice(publicCursor.length) || undefined;
  const page = await listPublic(table, { limit, cursor: inner });
  return {
    bots: page.bots.filter((bot) => bot.ownerId !== ownerId),
    cursor: page.cursor && publicCursor + page.cursor,
  };
}

/** Before a cursor into the shared bots; no cursor of the store has a dot. */
const publicCursor = "public.";

/** No page asks more owners than that for their bots. */
const ownersMax = 25;

/**
 * Every bot there is, owner by owner, each one's newest first; for the administrator. A page may
 * hold fewer than asked for, and yet have a cursor.
 */
export async function listEvery(table: Table, { limit, cursor }: Paging): Promise<Listing> {
  const dot = cursor?.indexOf(".") ?? -1;
  const fromId = cursor?.slice(dot + 1);
  if (fromId === "" || (cursor && dot < 0)) throw new MalformedCursor();
  const inner = cursor?.slice(0, dot) || undefined;
  const bots: Info[] = [];
  const owners = await Owner.list(table, { fromId, limit: ownersMax + 1 });
  for (const { ownerId } of owners.slice(0, ownersMax)) {
    if (bots.length >= limit) return { bots, cursor: `.${ownerId}` };
    const paging = { limit: limit - bots.length, cursor: ownerId === fromId ? inner : undefined };
    const page = await listOwned(table, ownerId, paging);
    bots.push(...page.bots);
    if (page.cursor) return { bots, cursor: `${page.cursor}.${ownerId}` };
  }
  const next = owners[ownersMax];
  return { bots, cursor: next ? `.${next.ownerId}` : null };
}

const notFound = (botId: string) =>
  new Problem.ProblemError("not_found", `There is no bot ${Text.cut(botId, 40)} that you may use.`);

function canSee(bot: Info, caller: Caller.Info): boolean {
  if (mayChange(bot, caller) || bot.scope === "all") return true;
  if (bot.scope === "private") return false;
  return (
    bot.allowedUsers.includes(caller.userId) ||
    bot.allowedGroups.some((group) => caller.groups.includes(group))
  );
}

async function change(
  deps: Pick<Deps, "table" | "clock">,
  botId: string,
  fields: { [name in keyof Info]?: unknown },
  also: Change = {},
): Promise<Info> {
  const part = shape.checkPart({ ...fields, updatedAt: deps.clock.now() });
  const set = { ...part, ...also.set } as Change["set"] & object;
  const item = await deps.table.update(Layout.bot(botId), { ...also, set }, exists("pk"));
  if (!item) throw notFound(botId);
  return shape.read(deps.table, item);
}

const requireModels = (catalog: ModelCatalog.Catalog, names: string[]): string[] =>
  names.map((name, index) => catalog.require(name, `callerModels[${index}]`).name);

function toItem(bot: Info): Item {
  return {
    ...shape.check(bot),
    ...Layout.bot(bot.botId),
    ...Layout.inListing(Layout.listing.botsOf(bot.ownerId), bot.botId),
  };
}

const toListing = (table: Table, page: Page): Listing => ({
  bots: shape.readAll(table, page.items),
  cursor: page.cursor ?? null,
});
