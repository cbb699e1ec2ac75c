import { keyOfWrite, type ObjectStore, type Table } from "@outlet/core/ports";
import { createMemoryTable } from "../memory-table.ts";
import type { Stores } from "./stores.ts";

/** Stores in memory: for many episodes in little time. What the wire adds is not here. */
export function createMemoryStores(): Stores {
  const tables = new Map<string, Table>();
  const table = (pk: string): Table => {
    // Each episode's partitions begin with a name of its own.
    const space = pk.slice(0, pk.indexOf(".", pk.indexOf(".") + 1));
    const known = tables.get(space) ?? createMemoryTable();
    tables.set(space, known);
    return known;
  };
  const objects = new Map<string, Uint8Array>();
  const stores: { table: Table; objects: ObjectStore } = {
    table: {
      get: (key) => table(key.pk).get(key),
      put: (item, condition) => table(item.pk).put(item, condition),
      update: (key, change, condition) => table(key.pk).update(key, change, condition),
      remove: (key, condition) => table(key.pk).remove(key, condition),
      // What is written together is of one episode.
      transact: (writes) => table(writes[0] ? keyOfWrite(writes[0]).pk : "").transact(writes),
      query: (range) => table(range.pk).query(range),
    },
    objects: {
      put: async (path, body) => void objects.set(path, body),
      get: async (path) => objects.get(path),
      getRange: async (path, from, length) => objects.get(path)?.subarray(from, from + length),
      remove: async (path) => void objects.delete(path),
    },
  };
  let messages = 0;
  return {
    ...stores,
    trusted: stores,
    openLane: async () => ({
      pass: async (body) => {
        const id = `message-${++messages}`;
        return [{ messageId: id, body, receiptHandle: id }];
      },
      remove: async () => {},
    }),
    close: async () => tables.clear(),
  };
}
