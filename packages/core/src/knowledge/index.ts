/**
 * A bot's knowledge: named texts, cut into passages, searched for each question. The passages lie
 * in the object store; the table holds one item for each source.
 */
export * as Knowledge from "./index.ts";

import MiniSearch from "minisearch";
import * as v from "valibot";
import { Bot } from "../bot/index.ts";
import type { Id } from "../id/index.ts";
import type { Clock, Item, ObjectStore, Table, Key as TableKey } from "../ports/index.ts";
import { Problem } from "../problem/index.ts";
import { cut } from "./passages.ts";

export const Info = v.object({
  sourceId: v.string(),
  botId: v.string(),
  name: v.string(),
  /** UTF-8 bytes of the text. */
  bytes: v.number(),
  passages: v.number(),
  status: Bot.SyncStatus,
  createdAt: v.number(),
});
export type Info = v.InferOutput<typeof Info>;

export const Create = v.strictObject({
  /** How answers name it: a file name or title. */
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(5_000_000)),
});

export interface Passage {
  source: string;
  text: string;
}

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
  ids: Id.Ids;
}

const sourcesMax = 200;

/** Adds a text and cuts it into passages; the next question can use it. */
export async function add(
  deps: Deps,
  botId: string,
  input: v.InferOutput<typeof Create>,
): Promise<Info> {
  const existing = await list(deps.table, botId);
  if (existing.length >= sourcesMax) {
    throw new Problem.ProblemError("invalid_request", {
      message: `A bot has at most ${sourcesMax} sources. Remove one first.`,
      param: "name",
    });
  }
  const passages = cut(input.text);
  const source: Info = {
    sourceId: deps.ids.ulid(),
    botId,
    name: input.name,
    bytes: Buffer.byteLength(input.text),
    passages: passages.length,
    status: "SUCCEEDED",
    createdAt: deps.clock.now(),
  };
  // The text first: a crash leaves an object that no item names, not a source without a text.
  await deps.objects.put(
    pathOf(botId, source.sourceId),
    Buffer.from(JSON.stringify(passages)),
    "application/json",
  );
  await deps.table.put({ ...source, ...keyOf(botId, source.sourceId) });
  return source;
}

export async function list(table: Table, botId: string): Promise<Info[]> {
  const page = await table.query({ pk: `BOT#${botId}`, skPrefix: "SOURCE#", limit: sourcesMax });
  return page.items.map(fromItem);
}

export async function remove(
  deps: Pick<Deps, "table" | "objects">,
  botId: string,
  sourceId: string,
): Promise<void> {
  const item = await deps.table.get(keyOf(botId, sourceId));
  if (!item) {
    throw new Problem.ProblemError("not_found", `The bot has no source ${sourceId.slice(0, 40)}.`);
  }
  await deps.table.remove(keyOf(botId, sourceId));
  await deps.objects.remove(pathOf(botId, sourceId));
}

/** Removes every source of a bot that is being deleted. */
export async function removeAll(
  deps: Pick<Deps, "table" | "objects">,
  botId: string,
): Promise<void> {
  for (const source of await list(deps.table, botId)) await remove(deps, botId, source.sourceId);
}

/** Passages that fit a question best, by BM25+, best first. */
export async function search(
  deps: Pick<Deps, "table" | "objects">,
  botId: string,
  question: string,
  passagesMax = 8,
): Promise<Passage[]> {
  const sources = await list(deps.table, botId);
  if (sources.length === 0) return [];
  const passages = (await Promise.all(sources.map((source) => read(deps.objects, source)))).flat();
  const index = new MiniSearch<Passage & { id: number }>({ fields: ["text", "source"] });
  index.addAll(passages.map((passage, id) => ({ ...passage, id })));
  return index
    .search(question, { prefix: (term) => term.length > 3, fuzzy: 0.1 })
    .slice(0, passagesMax)
    .flatMap(({ id }) => passages[Number(id)] ?? []);
}

async function read(objects: ObjectStore, source: Info): Promise<Passage[]> {
  const bytes = await objects.get(pathOf(source.botId, source.sourceId));
  if (!bytes) return [];
  const texts = v.parse(v.array(v.string()), JSON.parse(Buffer.from(bytes).toString("utf8")));
  return texts.map((text) => ({ source: source.name, text }));
}

const keyOf = (botId: string, sourceId: string): TableKey => ({
  pk: `BOT#${botId}`,
  sk: `SOURCE#${sourceId}`,
});
const pathOf = (botId: string, sourceId: string) => `knowledge/${botId}/${sourceId}.json`;
const fromItem = (item: Item): Info => v.parse(Info, item);
