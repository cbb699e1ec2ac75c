import { createMemoryTable } from "@outlet/conformance/memory-table";
import { Bot } from "@outlet/core/bots/bot";
import { Knowledge } from "@outlet/core/bots/knowledge";
import { Reading } from "@outlet/core/bots/reading";
import { Retrieval } from "@outlet/core/bots/retrieval";
import { Sync } from "@outlet/core/bots/sync";
import { Id } from "@outlet/core/foundation/id";
import { ModelCatalog } from "@outlet/core/models/catalog";
import {
  type Embedder,
  type Engine,
  type ObjectStore,
  type Reranker,
  type Retriever,
  systemClock,
} from "@outlet/core/ports";
import * as v from "valibot";
import type { Passage } from "./questions.ts";

const owner = { userId: "owner", username: "owner", groups: [] };

export interface Library {
  /** Ids of the passages whose sources fit a question, best first, each once. */
  rank(question: string): Promise<string[]>;
  /** Pieces that the passages were cut into. */
  pieces: number;
}

/** Passages of sources looked at for one ranking: many may be of the same source. */
const searchedMax = 100;

/** A bot that was given each passage as a source, read and indexed by what does so in the product. */
export async function createLibrary(
  passages: readonly Passage[],
  engine: Engine,
  { embedder, reranker }: { embedder?: Embedder | undefined; reranker?: Reranker | undefined } = {},
): Promise<Library> {
  const table = createMemoryTable();
  const objects = createMemoryObjects();
  const deps = {
    table,
    objects,
    embedder,
    reader: { read: Reading.read },
    // No passage of a set is fetched.
    http: { send: () => Promise.reject(new Error("Nothing is fetched here.")) },
    clock: systemClock,
    ids: Id.createIds(systemClock),
    catalog: ModelCatalog.createCatalog(["outlet-demo"]),
    syncQueue: { send: async () => undefined },
    log: { debug() {}, info() {}, warn: say, error: say },
  };
  const { botId } = await Bot.create(deps, owner, v.parse(Bot.Create, { title: "Eval" }));
  const idOf = new Map<string, string>();
  for (const passage of passages) {
    const input = v.parse(Knowledge.Create, { name: nameOf(passage), text: passage.text });
    const { sourceId } = await Knowledge.add(deps, botId, input);
    idOf.set(sourceId, passage.id);
  }
  await Sync.advance(deps, botId);
  const sources = await Knowledge.list(table, botId);
  const unread = sources.filter(({ status }) => status !== "SUCCEEDED");
  if (unread.length > 0) throw new Error(`Not read: ${unread[0]?.name}: ${unread[0]?.failure}`);
  const retriever: Retriever = Retrieval.withReranker(Retrieval.createRetriever(deps, engine), {
    ...deps,
    reranker,
  });
  return {
    pieces: sources.reduce((sum, source) => sum + source.passages, 0),
    async rank(question) {
      const {
        engine: used,
        passages: found,
        problems,
      } = await retriever.search(botId, question, searchedMax);
      if (problems?.length) throw new Error(problems.join(" "));
      if (used !== engine) throw new Error(`The engine was ${used}, not ${engine}.`);
      return [...new Set(found.flatMap(({ sourceId }) => idOf.get(sourceId) ?? []))];
    },
  };
}

/** A title is no file's name: text that was typed in stays text. */
const nameOf = ({ id, title }: Passage): string => {
  const name = (title.trim() || id).slice(0, 190);
  return /\.\w{1,8}$/.test(name) ? `${name} (text)` : name;
};

function createMemoryObjects(): ObjectStore {
  const stored = new Map<string, Uint8Array>();
  return {
    put: async (path, body) => void stored.set(path, body),
    get: async (path) => stored.get(path),
    getRange: async (path, from, length) => stored.get(path)?.subarray(from, from + length),
    remove: async (path) => void stored.delete(path),
  };
}

const say = (message: string, fields?: Record<string, unknown>): void => {
  process.stderr.write(`${message} ${JSON.stringify(fields ?? {})}\n`);
};
