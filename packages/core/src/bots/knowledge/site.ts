/**
 * Web addresses that a bot knows: one page, or all that a sitemap names. Each page is a source of
 * its own; a visit finds out which pages there are, and has those read that are new or changed.
 */
import * as v from "valibot";
import * as Problem from "../../foundation/problem/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import {
  type Clock,
  equals,
  exists,
  type Item,
  type Queue,
  type Table,
} from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Shape from "../../store/shape/index.ts";
import * as Text from "../../foundation/text/index.ts";
import * as Bot from "../bot/index.ts";
import {
  type Deps as ItemDeps,
  list as listSources,
  newSource,
  refreshStatus,
  removeOne,
  ring,
} from "./items.ts";
import { strike } from "../retrieval/pointer.ts";
import { toItem } from "./info.ts";

export const Info = v.object({
  siteId: v.string(),
  botId: v.string(),
  url: v.string(),
  kind: v.picklist(["page", "sitemap"]),
  /** Between two visits; `null` where it is visited on request only. */
  everyHours: v.nullable(v.number()),
  pagesMax: v.number(),
  status: Bot.SyncStatus,
  failure: v.nullable(v.string()),
  /** What its owner should know although it was visited. */
  notes: v.array(v.string()),
  pages: v.number(),
  visitedAt: v.nullable(v.number()),
  /** When it is to be visited, or its visitor given up; `null` for never. */
  nextAt: v.nullable(v.number()),
  createdAt: v.number(),
});
export type Info = v.InferOutput<typeof Info>;
const shape = Shape.of("site", Info);

const sitesMax = 50;
const pagesMaxMax = 1_000;

export const Create = v.strictObject({
  url: v.pipe(
    v.string(),
    v.trim(),
    v.maxLength(2_000),
    v.check(
      (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""),
      "must be an address that begins with https:// or http://",
    ),
  ),
  kind: v.optional(v.picklist(["page", "sitemap"]), "page"),
  everyHours: v.optional(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(24 * 31))),
    null,
  ),
  pagesMax: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(pagesMaxMax)),
    200,
  ),
});

interface Deps {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
  syncQueue: Queue;
}

/** @throws ProblemError `invalid_request` where there are too many. */
export async function create(
  deps: Deps,
  botId: string,
  input: v.InferOutput<typeof Create>,
): Promise<Info> {
  const all = await list(deps.table, botId);
  if (all.length >= sitesMax) {
    throw new Problem.ProblemError("invalid_request", {
      message: `A bot has at most ${sitesMax} web addresses. Remove one, or use a sitemap.`,
      param: "url",
    });
  }
  const now = deps.clock.now();
  const site: Info = {
    ...input,
    siteId: deps.ids.ulid(),
    botId,
    status: "QUEUED",
    failure: null,
    notes: [],
    pages: 0,
    visitedAt: null,
    nextAt: now,
    createdAt: now,
  };
  await deps.table.put(siteItem(site));
  await ring(deps, botId);
  return site;
}

export async function list(table: Table, botId: string): Promise<Info[]> {
  const range = { pk: Layout.botPartition(botId), skPrefix: Layout.sitePrefix, limit: 100 };
  return shape.readAll(table, (await table.query(range)).items);
}

/** @throws ProblemError `not_found` */
export async function fromId(table: Table, botId: string, siteId: string): Promise<Info> {
  const item = await table.get(Layout.site(botId, siteId));
  if (item) return shape.read(table, item);
  throw new Problem.ProblemError("not_found", "The bot has no such web address.");
}

/** Visits it soon, whatever its schedule says. */
export async function revisit(deps: Deps, site: Info): Promise<Info> {
  const queued: Info = { ...site, status: "QUEUED", nextAt: deps.clock.now() };
  await deps.table.put(siteItem(queued), exists("pk"));
  await ring(deps, site.botId);
  return queued;
}

/** Removes a site and all of its pages. */
export async function remove(deps: ItemDeps, site: Info): Promise<void> {
  await deps.table.remove(Layout.site(site.botId, site.siteId));
  for (const source of await listSources(deps.table, site.botId)) {
    if (source.siteId !== site.siteId) continue;
    await removeOne(deps, source);
    await strike(deps.table, site.botId, source.sourceId);
  }
  await refreshStatus(deps.table, site.botId);
  await ring(deps, site.botId);
}

/** Of a bot that is being deleted. */
export async function removeSites(table: Table, botId: string): Promise<void> {
  for (const { siteId } of await list(table, botId)) {
    await table.remove(Layout.site(botId, siteId));
  }
}

/** Sites of all bots that are to be visited by now, those that wait longest first. */
export async function listDue(table: Table, now: number): Promise<Info[]> {
  const page = await table.query({ index: "open", pk: Layout.open.sites, limit: 100 });
  return shape.readAll(table, page.items).filter((site) => isDue(site, now));
}

export const isDue = ({ nextAt }: Info, now: number): boolean => nextAt !== null && nextAt <= now;

/** A visitor silent for so long is dead: another goes. */
const visitMs = 5 * 60_000;

/** Takes a site to be visited, unless somebody else is at it. */
export async function begin(
  deps: Pick<Deps, "table" | "clock">,
  site: Info,
): Promise<Info | undefined> {
  const mine: Info = { ...site, status: "RUNNING", nextAt: deps.clock.now() + visitMs };
  const taken = await deps.table.put(siteItem(mine), equals("nextAt", site.nextAt ?? 0));
  return taken ? mine : undefined;
}

/** Writes how a visit ended, and when the next is due. */
export async function end(
  deps: Pick<Deps, "table" | "clock">,
  site: Info,
  outcome: Pick<Info, "status" | "failure"> & Partial<Pick<Info, "notes" | "pages">>,
): Promise<void> {
  const now = deps.clock.now();
  const nextAt = site.everyHours === null ? null : now + site.everyHours * 3_600_000;
  const ended: Info = { ...site, ...outcome, visitedAt: now, nextAt };
  await deps.table.put(siteItem(ended), equals("nextAt", site.nextAt ?? 0));
}

/**
 * Makes the pages of a site its sources: new ones are added, those that are there are looked at
 * again, and those that are gone are removed.
 * @param urls in the order of the site, without doubles.
 */
export async function setPages(
  deps: Pick<ItemDeps, "table" | "objects" | "clock"> & { ids: Id.Ids },
  site: Info,
  urls: readonly string[],
): Promise<void> {
  const wanted = new Set(urls);
  const sources = await listSources(deps.table, site.botId);
  const own = sources.filter(({ siteId }) => siteId === site.siteId);
  for (const source of own) {
    if (source.url !== null && wanted.has(source.url)) {
      wanted.delete(source.url);
      if (source.status === "QUEUED" || source.status === "RUNNING") continue;
      const queued = { ...source, status: "QUEUED" as const, attempts: 0 };
      const item = toItem({ ...queued, statusAt: deps.clock.now() });
      await deps.table.put(item, equals("status", source.status));
    } else {
      await removeOne(deps, source);
      await strike(deps.table, site.botId, source.sourceId);
    }
  }
  for (const url of wanted) {
    const source = newSource(deps, site.botId, {
      sourceId: deps.ids.ulid(),
      siteId: site.siteId,
      url,
      name: nameOf(url),
      kind: "html",
      bytes: 0,
    });
    await deps.table.put(toItem(source));
  }
  await refreshStatus(deps.table, site.botId);
}

/** An address as people say it. */
function nameOf(url: string): string {
  const { host, pathname, search } = new URL(url);
  const path = `${host}${pathname}${search}`.replace(/\/$/, "");
  return Text.cut(path, 200);
}

const siteItem = (site: Info): Item => ({
  ...shape.check(site),
  ...Layout.site(site.botId, site.siteId),
  ...(site.nextAt !== null &&
    Layout.inOpen(
      Layout.open.sites,
      `${Layout.sortable(site.nextAt)}#${site.botId}#${site.siteId}`,
    )),
});
