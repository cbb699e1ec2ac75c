import { getMany, type Key, keyOfWrite, type Table, type Watch } from "./table.ts";

/**
 * A table that tells of the writes it carries out: where readers and writers share a process, whoever
 * waits for an item need not look at it again and again. Of other processes' writes it knows nothing,
 * so whoever waits has to look now and then all the same.
 *
 * @example const table = watchedTable(createDynamoTable({ client, tableName }));
 */
export function watchedTable(table: Table): Table & Required<Pick<Table, "watch">> {
  const watches = new Map<string, Set<() => void>>();

  /** Also where the write failed: it may have been carried out, and its reply lost. */
  async function telling<T>(keys: readonly Key[], write: Promise<T>): Promise<T> {
    try {
      return await write;
    } finally {
      for (const name of new Set(keys.flatMap((key) => [nameOf(key), nameOf({ pk: key.pk })]))) {
        for (const tell of watches.get(name) ?? []) tell();
      }
    }
  }

  return {
    get: (key) => table.get(key),
    getMany: (keys) => getMany(table, keys),
    query: (range) => table.query(range),
    put: (item, condition) => telling([item], table.put(item, condition)),
    update: (key, change, condition) => telling([key], table.update(key, change, condition)),
    remove: (key, condition) => telling([key], table.remove(key, condition)),
    transact: (writes) => telling(writes.map(keyOfWrite), table.transact(writes)),
    ...(table.report ? { report: (error) => table.report?.(error) } : {}),
    watch(key): Watch {
      const name = nameOf(key);
      const { promise: written, resolve: tell } = Promise.withResolvers<void>();
      const others = watches.get(name) ?? new Set();
      watches.set(name, others.add(tell));
      return {
        written,
        close() {
          others.delete(tell);
          if (others.size === 0 && watches.get(name) === others) watches.delete(name);
        },
      };
    },
  };
}

/** Of an item, or of a partition: no sort key is empty. */
const nameOf = ({ pk, sk = "" }: { pk: string; sk?: string }): string => `${pk}\n${sk}`;
