import { getMany, type Item, type Key, keyOfWrite, type Table } from "./table.ts";

/** Items kept at most; then all are read anew. */
const keptMax = 5_000;

/**
 * A table that keeps what is read again and again, for as long as nobody writes it: where readers and
 * writers share a process, and no other process writes. A write takes its item away before it begins
 * and when it has ended, so a read that begins after a write has been answered finds what it wrote.
 * What is kept cannot be changed by its readers.
 * @param isKept which items are.
 *
 * @example const table = rememberingTable(watchedTable(createLeanTable(client)), Layout.isReadForEach);
 */
export function rememberingTable<T extends Table>(table: T, isKept: (key: Key) => boolean): T {
  const kept = new Map<string, Item | undefined>();
  /** Whose last write may still be carried out: its reply was lost. Never kept again. */
  const unsure = new Set<string>();
  let writing = 0;
  /** Counts beginnings and ends of writes: what was read meanwhile may be old already. */
  let moment = 0;

  async function forgetting<R>(keys: readonly Key[], write: () => Promise<R>): Promise<R> {
    const names = keys.filter(isKept).map(nameOf);
    if (names.length === 0) return write();
    const forget = () => {
      moment += 1;
      for (const name of names) kept.delete(name);
    };
    writing += 1;
    forget();
    try {
      return await write();
    } catch (error) {
      for (const name of names) unsure.add(name);
      throw error;
    } finally {
      writing -= 1;
      forget();
    }
  }

  function keep(key: Key, item: Item | undefined): void {
    const name = nameOf(key);
    if (!isKept(key) || unsure.has(name)) return;
    if (kept.size >= keptMax) kept.clear();
    kept.set(name, item && frozen(item));
  }

  async function readMany(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    const missing = keys.filter((key) => !kept.has(nameOf(key)));
    if (missing.length === 0) return keys.map((key) => kept.get(nameOf(key)));
    const known = new Map(keys.map((key) => [nameOf(key), kept.get(nameOf(key))]));
    const begun = moment;
    const read = await getMany(table, missing);
    const isCurrent = writing === 0 && moment === begun;
    for (const [i, key] of missing.entries()) {
      if (isCurrent) keep(key, read[i]);
      known.set(nameOf(key), read[i]);
    }
    return keys.map((key) => known.get(nameOf(key)));
  }

  return {
    ...table,
    getMany: readMany,
    async get(key) {
      if (!isKept(key)) return table.get(key);
      const [item] = await readMany([key]);
      return item;
    },
    put: (item, condition) => forgetting([item], () => table.put(item, condition)),
    update: (key, change, condition) =>
      forgetting([key], () => table.update(key, change, condition)),
    remove: (key, condition) => forgetting([key], () => table.remove(key, condition)),
    transact: (writes) => forgetting(writes.map(keyOfWrite), () => table.transact(writes)),
  };
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** With all that is in it. */
export function frozen<V>(value: V): V {
  if (typeof value !== "object" || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
