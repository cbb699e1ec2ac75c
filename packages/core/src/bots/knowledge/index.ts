/**
 * A bot's knowledge: sources that its owner uploads, cut into passages and searched for each
 * question. What was uploaded and the passages lie in the object store; the table holds one item
 * for each source. Reading an upload is the work of {@link Sync} (`../sync`).
 */
export * as Knowledge from "./index.ts";

import MiniSearch from "minisearch";
import * as v from "valibot";
import { Bot } from "../bot/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import {
  all,
  any,
  below,
  type Clock,
  equals,
  exists,
  type Item,
  type ObjectStore,
  type Queue,
  type Table,
} from "../../ports/index.ts";
import { Problem } from "../../foundation/problem/index.ts";
import { Layout } from "../../store/layout/index.ts";

export { leaseMs } from "./lease.ts";

/** What an upload is read as; its name's ending tells. */
export const Kind = v.picklist(["text", "markdown", "html", "csv", "json"]);
export type Kind = v.InferOutput<typeof Kind>;

const endings: Record<string, Kind> = {
  txt: "text",
  text: "text",
  log: "text",
  md: "markdown",
  markdown: "markdown",
  html: "html",
  htm: "html",
  csv: "csv",
  json: "json",
};

export const Info = v.object({
  sourceId: v.string(),
  botId: v.string(),
  name: v.string(),
  kind: v.optional(Kind, "text"),
  /** Of the upload. */
  bytes: v.number(),
  passages: v.number(),
  status: Bot.SyncStatus,
  /** Why it could not be read, and what to do about it. */
  failure: v.optional(v.nullable(v.string()), null),
  /** Fences the reader: only the newest attempt may say how it went. */
  attempts: v.optional(v.number(), 0),
  createdAt: v.number(),
  /** Of the last change of status. */
  statusAt: v.optional(v.number(), 0),
});
export type Info = v.InferOutput<typeof Info>;

const base64Max = 5_300_000;

export const Create = v.pipe(
  v.strictObject({
    /** How answers name it: a file name or title. */
    name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
    text: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(5_000_000))),
    /** A file's bytes, in place of `text`. */
    base64: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(base64Max), v.base64())),
  }),
  v.check(
    ({ text, base64 }) => (text === undefined) !== (base64 === undefined),
    "give either text or base64",
  ),
);

export const Resync = v.strictObject({
  /** Which sources to read again. */
  which: v.optional(v.picklist(["failed", "all"]), "failed"),
});

export interface Passage {
  source: string;
  text: string;
}

export interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
  ids: Id.Ids;
  syncQueue: Queue;
}

const sourcesMax = 200;

/**
 * Takes an upload in; the bot knows it once its status is `SUCCEEDED`.
 * @throws ProblemError `invalid_request` where there are too many, or it is of a kind not read here.
 */
export async function add(
  deps: Deps,
  botId: string,
  input: v.InferOutput<typeof Create>,
): Promise<Info> {
  const kind = kindOf(input);
  const existing = await list(deps.table, botId);
  if (existing.length >= sourcesMax) {
    throw new Problem.ProblemError("invalid_request", {
      message: `A bot has at most ${sourcesMax} sources. Remove one first.`,
      param: "name",
    });
  }
  const upload =
    input.base64 === undefined
      ? Buffer.from(input.text ?? "")
      : Buffer.from(input.base64, "base64");
  const now = deps.clock.now();
  const source: Info = {
    sourceId: deps.ids.ulid(),
    botId,
    name: input.name,
    kind,
    bytes: upload.byteLength,
    passages: 0,
    status: "QUEUED",
    failure: null,
    attempts: 0,
    createdAt: now,
    statusAt: now,
  };
  // The upload first: a crash leaves an object that no item names, not a source without a text.
  await deps.objects.put(uploadPath(source), upload, "application/octet-stream");
  await deps.table.put(toItem(source));
  await refreshStatus(deps.table, botId);
  await ring(deps, botId);
  return source;
}

/** Queues sources to be read again; what is being read already goes on. */
export async function resync(
  deps: Deps,
  botId: string,
  { which }: v.InferOutput<typeof Resync>,
): Promise<void> {
  const ended = (await list(deps.table, botId)).filter(
    ({ status }) => status === "FAILED" || (which === "all" && status === "SUCCEEDED"),
  );
  for (const source of ended) {
    const queued: Info = {
      ...source,
      status: "QUEUED",
      failure: null,
      attempts: 0,
      statusAt: deps.clock.now(),
    };
    await deps.table.put(toItem(queued), equals("status", source.status));
  }
  await refreshStatus(deps.table, botId);
  await ring(deps, botId);
}

export async function list(table: Table, botId: string): Promise<Info[]> {
  const page = await table.query({
    pk: Layout.botPartition(botId),
    skPrefix: Layout.sourcePrefix,
    limit: sourcesMax,
  });
  return page.items.map(fromItem);
}

export async function fromId(
  table: Table,
  botId: string,
  sourceId: string,
): Promise<Info | undefined> {
  const item = await table.get(Layout.source(botId, sourceId));
  return item && fromItem(item);
}

export async function remove(
  deps: Pick<Deps, "table" | "objects">,
  botId: string,
  sourceId: string,
): Promise<void> {
  const source = await fromId(deps.table, botId, sourceId);
  if (!source) {
    throw new Problem.ProblemError("not_found", `The bot has no source ${sourceId.slice(0, 40)}.`);
  }
  await removeOne(deps, source);
  await refreshStatus(deps.table, botId);
}

/** Removes every source of a bot that is being deleted. */
export async function removeAll(
  deps: Pick<Deps, "table" | "objects">,
  botId: string,
): Promise<void> {
  for (const source of await list(deps.table, botId)) await removeOne(deps, source);
}

/**
 * Takes a source to be read, unless it is read, or somebody has been at it for less than `leaseMs`.
 * @returns the source under a new attempt.
 */
export async function begin(
  deps: Pick<Deps, "table" | "clock">,
  { botId, sourceId, attempts }: Info,
  leaseMs: number,
): Promise<Info | undefined> {
  const now = deps.clock.now();
  const free = any(
    equals("status", "QUEUED"),
    all(equals("status", "RUNNING"), below("statusAt", now - leaseMs)),
  );
  const item = await deps.table.update(
    Layout.source(botId, sourceId),
    { set: { status: "RUNNING", statusAt: now, attempts: attempts + 1 } },
    all(exists("pk"), free, equals("attempts", attempts)),
  );
  return item && fromItem(item);
}

/** Writes how the reading ended, if this attempt is still the one at it. */
export async function settle(
  deps: Pick<Deps, "table" | "objects" | "clock">,
  source: Info,
  result: { passages: string[] } | { failure: string },
): Promise<void> {
  const passages = "passages" in result ? result.passages : [];
  if ("passages" in result) {
    const json = Buffer.from(JSON.stringify(passages));
    await deps.objects.put(passagesPath(source), json, "application/json");
  }
  const ended: Info = {
    ...source,
    status: "passages" in result ? "SUCCEEDED" : "FAILED",
    passages: passages.length,
    failure: "failure" in result ? result.failure : null,
    statusAt: deps.clock.now(),
  };
  const mine = all(equals("status", "RUNNING"), equals("attempts", source.attempts));
  if (await deps.table.put(toItem(ended), mine)) return;
  // Removed meanwhile: its passages must not outlive it.
  if (!(await deps.table.get(Layout.source(source.botId, source.sourceId)))) {
    await deps.objects.remove(passagesPath(source));
  }
}

export const uploaded = (objects: ObjectStore, source: Info): Promise<Uint8Array | undefined> =>
  objects.get(uploadPath(source));

/** Sources that wait or are being read, of all bots. */
export async function listOpen(table: Table): Promise<Info[]> {
  const page = await table.query({ index: "open", pk: Layout.open.sources, limit: 100 });
  return page.items.map(fromItem);
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

/** Passages that fit a question best, by BM25+, best first. */
export async function search(
  deps: Pick<Deps, "table" | "objects">,
  botId: string,
  question: string,
  passagesMax = 8,
): Promise<Passage[]> {
  const sources = (await list(deps.table, botId)).filter(({ passages }) => passages > 0);
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
  const bytes = await objects.get(passagesPath(source));
  if (!bytes) return [];
  const texts = v.parse(v.array(v.string()), JSON.parse(Buffer.from(bytes).toString("utf8")));
  return texts.map((text) => ({ source: source.name, text }));
}

async function removeOne(deps: Pick<Deps, "table" | "objects">, source: Info): Promise<void> {
  await deps.table.remove(Layout.source(source.botId, source.sourceId));
  await deps.objects.remove(uploadPath(source));
  await deps.objects.remove(passagesPath(source));
}

function kindOf(input: v.InferOutput<typeof Create>): Kind {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(input.name)?.[1]?.toLowerCase();
  const kind = ending === undefined ? undefined : endings[ending];
  if (kind) return kind;
  // Text that was typed in may be called anything.
  if (input.text !== undefined) return "text";
  throw new Problem.ProblemError("invalid_request", {
    message: `Files of this kind cannot be read. Give one of: ${Object.keys(endings).join(", ")}.`,
    param: "name",
  });
}

const uploadPath = ({ botId, sourceId }: Info) => `knowledge/${botId}/${sourceId}/upload`;
const passagesPath = ({ botId, sourceId }: Info) => `knowledge/${botId}/${sourceId}.json`;

function toItem(source: Info): Item {
  const open = source.status === "QUEUED" || source.status === "RUNNING";
  return {
    ...source,
    ...Layout.source(source.botId, source.sourceId),
    ...(open && Layout.inOpen(Layout.open.sources, `${source.botId}#${source.sourceId}`)),
  };
}

const fromItem = (item: Item): Info => v.parse(Info, item);
