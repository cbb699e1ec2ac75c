import * as v from "valibot";
import type { DocumentReader, Http, ObjectStore, Queue } from "../../ports/index.ts";
import { HttpRefused, systemClock } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Id } from "../../foundation/id/index.ts";
import { ModelCatalog } from "../../models/catalog/index.ts";
import { Bot } from "../bot/index.ts";
import { Reading } from "../reading/index.ts";
import { Knowledge } from "../knowledge/index.ts";
import { Retrieval } from "../retrieval/index.ts";
import { Sync } from "./index.ts";

/** Objects in memory, and their paths to look at. */
function createMemoryObjects(): { objects: ObjectStore; stored: Map<string, Uint8Array> } {
  const stored = new Map<string, Uint8Array>();
  const objects: ObjectStore = {
    put: async (path, body) => void stored.set(path, Uint8Array.from(body)),
    get: async (path) => stored.get(path),
    getRange: async (path, from, length) => stored.get(path)?.subarray(from, from + length),
    remove: async (path) => void stored.delete(path),
  };
  return { objects, stored };
}

const owner = { userId: "owner", username: "owner", groups: [] };

/** A bot whose sources are uploaded, read and searched as they are anywhere. */
export async function createLibrary(
  sources: Record<string, string> = {},
  options: { http?: Http } = {},
) {
  const { objects, stored } = createMemoryObjects();
  const table = createMemoryTable();
  const syncQueue: Queue = { send: async () => undefined };
  // In the same process: what hurts is tried where it can be ended.
  const reader: DocumentReader = { read: (file, options) => Reading.read(file, options) };
  const http: Http = options.http ?? {
    send: () => Promise.reject(new HttpRefused("unreachable", "There is no network here.")),
  };
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const deps = {
    table,
    objects,
    reader,
    http,
    clock: systemClock,
    ids: Id.createIds(systemClock),
    syncQueue,
    log,
    catalog: ModelCatalog.createCatalog(["outlet-demo"]),
  };
  const { botId } = await Bot.create(deps, owner, v.parse(Bot.Create, { title: "A bot" }));
  const retriever = Retrieval.createRetriever(deps);
  const add = (name: string, text: string) => Knowledge.add(deps, botId, { name, text });
  for (const [name, text] of Object.entries(sources)) await add(name, text);
  await Sync.advance(deps, botId);
  return {
    botId,
    deps,
    stored,
    retriever,
    add,
    sync: () => Sync.advance(deps, botId),
    sources: () => Knowledge.list(table, botId),
    search: async (question: string, limit = 8) =>
      (await retriever.search(botId, question, limit)).passages,
  };
}
