import type { Clock, ObjectStore, Queue, Table } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import * as Bot from "../bot/index.ts";
import { removePassages } from "../retrieval/passage-store.ts";
import { type Info, shape, toItem } from "./info.ts";
import { uploadPath } from "./uploads.ts";

export interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
  syncQueue: Queue;
}

const sourcesMax = 10_000;

/** @throws ProblemError `invalid_request` */
export async function checkRoom(table: Table, botId: string): Promise<void> {
  if ((await list(table, botId)).length < sourcesMax) return;
  throw new Problem.ProblemError("invalid_request", {
    message: `A bot has at most ${sourcesMax} sources. Remove one first.`,
    param: "name",
  });
}

export function newSource(
  { clock }: Pick<Deps, "clock">,
  botId: string,
  given: Pick<Info, "sourceId" | "name" | "kind" | "bytes"> & Partial<Info>,
): Info {
  const now = clock.now();
  return {
    botId,
    siteId: null,
    url: null,
    fetched: null,
    passages: 0,
    status: "QUEUED",
    failure: null,
    failureCode: null,
    notes: [],
    progress: null,
    version: null,
    versions: [],
    attempts: 0,
    createdAt: now,
    statusAt: now,
    ...given,
  };
}

export async function enqueue(
  deps: Pick<Deps, "table" | "syncQueue">,
  source: Info,
): Promise<void> {
  await deps.table.put(toItem(source));
  await refreshStatus(deps.table, source.botId);
  await ring(deps, source.botId);
}

export function list(table: Table, botId: string): Promise<Info[]> {
  const range = { pk: Layout.botPartition(botId), skPrefix: Layout.sourcePrefix };
  return Paging.all(table, range, shape.readAll);
}

export async function fromId(
  table: Table,
  botId: string,
  sourceId: string,
): Promise<Info | undefined> {
  return shape.find(table, Layout.source(botId, sourceId));
}

/** Writes the bot's sync status as its sources have it: the worst of them. */
export function refreshStatus(table: Table, botId: string): Promise<void> {
  return Bot.setSyncStatus(table, botId, async () => {
    const states = new Set((await list(table, botId)).map(({ status }) => status));
    const worst = (["RUNNING", "QUEUED", "FAILED"] as const).find((status) => states.has(status));
    return worst ?? "SUCCEEDED";
  });
}

/** Asks for a look at a bot's sources. */
export async function ring(deps: Pick<Deps, "syncQueue">, botId: string): Promise<void> {
  await deps.syncQueue.send(JSON.stringify({ botId }), { group: botId });
}

export async function removeOne(
  deps: Pick<Deps, "table" | "objects">,
  source: Info,
): Promise<void> {
  const { botId, sourceId, versions } = source;
  await deps.table.remove(Layout.source(botId, sourceId));
  await deps.objects.remove(uploadPath(botId, sourceId));
  for (const version of versions) {
    await removePassages(deps.objects, botId, { sourceId, version });
  }
}
