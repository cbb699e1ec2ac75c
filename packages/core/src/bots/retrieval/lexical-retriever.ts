import type { Found, ObjectStore, Retriever, Table } from "../../ports/index.ts";
import { SizedCache } from "./cache.ts";
import { LexicalIndex } from "./lexical-index.ts";
import { type Hit, searchLexical } from "./lexical-search.ts";
import { decodePassage } from "./passage-records.ts";
import { passagesPath } from "./passage-store.ts";
import { indexPath, type Pointer, readPointer } from "./pointer.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
}

/** Indexes that a process keeps, in bytes of all of them. */
const keptBytesMax = 64 * 1024 * 1024;

/**
 * Finds passages by their words. Indexes are kept from one question to the next: an object of
 * another name is another index, so that what is kept is never out of date.
 */
export function createLexicalRetriever({ table, objects }: Deps): Retriever {
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

  return {
    async search(botId, question, limit) {
      let found = await current(botId);
      // Another one took its place between the two reads.
      if (found && !found.index) found = await current(botId);
      const { index, pointer } = found ?? {};
      if (!index || !pointer) return { engine: "lexical", passages: [] };
      const hits = searchLexical(index, question, limit, new Set(pointer.removed));
      const passages = await Promise.all(hits.map((hit) => read(objects, botId, index, hit)));
      return { engine: "lexical", passages: passages.filter((passage) => passage !== undefined) };
    },
  };
}

/** The passage itself; `undefined` where its source was removed just now. */
async function read(
  objects: ObjectStore,
  botId: string,
  index: LexicalIndex,
  { passage, score, words }: Hit,
): Promise<Found | undefined> {
  const place = index.place(passage);
  if (!place) return undefined;
  const { source, ordinal, from, length } = place;
  const bytes = await objects.getRange(passagesPath(botId, source), from, length);
  if (!bytes) return undefined;
  const { sourceId, name } = source;
  return { ...decodePassage(bytes), sourceId, source: name, ordinal, score, words };
}
