import {
  type Embedder,
  EmbedderUnavailable,
  type Engine,
  type Found,
  type Log,
  type ObjectStore,
  type Retriever,
  silentLog,
  type Table,
  type VectorStore,
  VectorStoreUnavailable,
} from "../../ports/index.ts";
import { SizedCache } from "./cache.ts";
import { bounded, vectorsId } from "./embed-batches.ts";
import { LexicalIndex } from "./lexical-index.ts";
import { decodePassage } from "./passage-records.ts";
import { type Meaning, meaningByRows, meaningByStore } from "./meaning.ts";
import { passagesPath } from "./passage-store.ts";
import { indexPath, type Pointer, readPointer } from "./pointer.ts";
import { consideredOf, type FullHit, search } from "./search.ts";
import { apartFrom, readTypical, shareOf } from "./typical.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  /** Passages are found by meaning too where there is one, and where the index has its vectors. */
  embedder?: Embedder | undefined;
  /** Where vectors lie that are not in the index. */
  vectors?: VectorStore | undefined;
  log?: Log;
}

/** Indexes that a process keeps, in bytes of all of them. */
const keptBytesMax = 64 * 1024 * 1024;
/** That a store of vectors is asked for. */
const nearestMax = 100;

interface Asked {
  botId: string;
  question: string;
  limit: number;
  without: Set<string>;
}

/**
 * Finds passages in a bot's index. Indexes are kept from one question to the next: an object of
 * another name is another index, so that what is kept is never out of date.
 * @param engine of those that are possible; else words alone.
 */
export function createRetriever(
  { table, objects, embedder, vectors, log = silentLog }: Deps,
  engine: Engine = "hybrid",
): Retriever {
  const kept = new SizedCache<LexicalIndex | undefined>(keptBytesMax, (index) => index?.bytes ?? 0);

  async function open({ botId, indexId }: Pointer): Promise<LexicalIndex | undefined> {
    if (indexId === null) return undefined;
    const path = indexPath(botId, indexId);
    const index = await kept.get(path, async () => {
      const bytes = await objects.get(path);
      return bytes && new LexicalIndex(bytes);
    });
    if (!index) kept.delete(path);
    return index;
  }

  async function current(botId: string) {
    const pointer = await readPointer(table, botId);
    return pointer && { pointer, index: await open(pointer) };
  }

  /** What cannot be reached now is no reason not to answer: words find a lot. */
  async function meaningOf(index: LexicalIndex, asked: Asked): Promise<Meaning | undefined> {
    if (!embedder || engine === "lexical") return undefined;
    const embedderId = vectorsId(embedder);
    const rows = index.vectorsBy(embedderId);
    const store = index.header.stored?.embedderId === embedderId ? vectors : undefined;
    if (!rows && !store) return undefined;
    const { botId, limit, without } = asked;
    try {
      const text = bounded(asked.question);
      const [question] = (await embedder.embed([text], "question")).vectors;
      if (!question) return undefined;
      const typical = readTypical(index.header.typical, embedderId, question.length);
      const share = typical ? shareOf(index.header.passages) : 0;
      const apart = apartFrom(question, typical, share);
      if (rows) return meaningByRows(index, rows, { question: apart, share, limit, without });
      const most = Math.min(limit, nearestMax);
      const found = await store?.nearest({ botId, embedderId }, apart, most);
      return found && meaningByStore(index, found, without);
    } catch (cause) {
      const isAway =
        cause instanceof EmbedderUnavailable || cause instanceof VectorStoreUnavailable;
      if (!isAway) throw cause;
      log.warn("a question is searched for by words alone", { botId, cause });
      return undefined;
    }
  }

  return {
    async search(botId, question, limit) {
      let found = await current(botId);
      // Another one took its place between the two reads.
      if (found && !found.index) found = await current(botId);
      const { index, pointer } = found ?? {};
      if (!index || !pointer || question.trim() === "") return { engine: "lexical", passages: [] };
      const without = new Set(pointer.removed);
      const asked = { botId, question, limit: consideredOf(limit), without };
      const meaning = await meaningOf(index, asked);
      const hits = search(index, meaning, { question, limit, without, engine });
      const passages = await Promise.all(hits.map((hit) => read(objects, botId, index, hit)));
      return {
        engine: meaning ? engine : "lexical",
        passages: passages.filter((passage) => passage !== undefined),
      };
    },
  };
}

/** The passage itself; `undefined` where its source was removed just now. */
async function read(
  objects: ObjectStore,
  botId: string,
  index: LexicalIndex,
  { passage, score, words, similarity }: FullHit,
): Promise<Found | undefined> {
  const place = index.place(passage);
  if (!place) return undefined;
  const { source, ordinal, from, length } = place;
  const bytes = await objects.getRange(passagesPath(botId, source), from, length);
  if (!bytes) return undefined;
  const { sourceId, name } = source;
  return { ...decodePassage(bytes), sourceId, source: name, ordinal, score, words, similarity };
}
