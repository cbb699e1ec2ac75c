import {
  type Change,
  type Condition,
  indexes,
  type Item,
  type Key,
  keyOfWrite,
  type QueryRange,
  type Table,
  type Value,
  type Write,
} from "./table.ts";

/**
 * The table port in memory, for tests that need thousands of interleavings in a second. Conditions
 * and changes are the port's; DynamoDB's limits and refusals are not here.
 * @param pause awaited before each call takes effect: where others may come between.
 */
export function createMemoryTable(pause: () => Promise<void> = async () => undefined): Table {
  const items = new Map<string, Item>();
  const nameOf = ({ pk, sk }: Key) => JSON.stringify([pk, sk]);
  return {
    async get(key) {
      await pause();
      return structuredClone(items.get(nameOf(key)));
    },
    async put(item, condition) {
      await pause();
      if (condition && !holds(condition, items.get(nameOf(item)))) return false;
      items.set(nameOf(item), structuredClone(item));
      return true;
    },
    async update(key, change, condition) {
      await pause();
      const known = items.get(nameOf(key));
      if (condition && !holds(condition, known)) return undefined;
      const changed = apply(change, structuredClone(known) ?? { pk: key.pk, sk: key.sk });
      items.set(nameOf(key), changed);
      return structuredClone(changed);
    },
    async remove(key, condition) {
      await pause();
      if (condition && !holds(condition, items.get(nameOf(key)))) return false;
      items.delete(nameOf(key));
      return true;
    },
    async transact(writes) {
      await pause();
      const at = (write: Write) => nameOf(keyOfWrite(write));
      const refused = writes.some(
        (write) => write.condition && !holds(write.condition, items.get(at(write))),
      );
      if (refused) return false;
      for (const write of writes) {
        const known: Item = structuredClone(items.get(at(write))) ?? { ...keyOfWrite(write) };
        const written = "item" in write ? structuredClone(write.item) : apply(write.change, known);
        items.set(at(write), written);
      }
      return true;
    },
    async query(range) {
      await pause();
      const found = select([...items.values()], range);
      const begin = range.cursor ? found.findIndex((item) => nameOf(item) === range.cursor) + 1 : 0;
      const page = found.slice(begin, begin + (range.limit ?? 1_000));
      const last = page.at(-1);
      return {
        items: structuredClone(range.keysOnly ? page.map((item) => keysOf(item, range)) : page),
        ...(last && begin + page.length < found.length ? { cursor: nameOf(last) } : {}),
      };
    },
  };
}

/** What an index of keys has of an item. */
function keysOf(item: Item, { index }: QueryRange): Item {
  const names = index ? Object.values(indexes[index]) : [];
  return { pk: item.pk, sk: item.sk, ...Object.fromEntries(names.map((n) => [n, item[n] ?? ""])) };
}

function select(all: Item[], range: QueryRange): Item[] {
  const names = range.index ? indexes[range.index] : { pk: "pk", sk: "sk" };
  const sortKey = (item: Item) => {
    const value = item[names.sk];
    return typeof value === "string" ? value : "";
  };
  const { skPrefix = "", skFrom = "", skTo } = range;
  const found = all.filter((item) => {
    if (item[names.pk] !== range.pk || typeof item[names.sk] !== "string") return false;
    const sk = sortKey(item);
    return sk.startsWith(skPrefix) && sk >= skFrom && (skTo === undefined || sk <= skTo);
  });
  found.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return range.descending ? found.toReversed() : found;
}

function holds(condition: Condition, item: Item | undefined): boolean {
  if ("of" in condition) {
    const each = (one: Condition) => holds(one, item);
    return condition.op === "all" ? condition.of.every(each) : condition.of.some(each);
  }
  const value = item?.[condition.name];
  switch (condition.op) {
    case "exists":
      return value !== undefined;
    case "absent":
      return value === undefined;
    case "equals":
      return value !== undefined && same(value, condition.value);
    case "differs":
      return value === undefined || !same(value, condition.value);
    case "below":
      return typeof value === "number" && value < condition.value;
    case "above":
      return typeof value === "number" && value > condition.value;
    case "contains":
      return Array.isArray(value) && value.includes(condition.value);
    case "lacks":
      return !Array.isArray(value) || !value.includes(condition.value);
    case "first":
      return Array.isArray(value) && value[0] === condition.value;
    case "sizeBelow":
      return !Array.isArray(value) || value.length < condition.value;
  }
}

const same = (a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b);

function apply(change: Change, item: Item): Item {
  for (const [name, value] of Object.entries(change.set ?? {})) {
    if (value !== undefined) item[name] = structuredClone(value);
  }
  for (const [name, value] of Object.entries(change.setIfAbsent ?? {})) item[name] ??= value;
  for (const [name, value] of Object.entries(change.add ?? {})) {
    item[name] = Number(item[name] ?? 0) + value;
  }
  for (const [name, values] of Object.entries(change.append ?? {})) {
    const known = item[name];
    item[name] = [...(Array.isArray(known) ? known : []), ...structuredClone(values)];
  }
  for (const name of change.removeFirst ?? []) {
    const known = item[name];
    if (Array.isArray(known)) item[name] = known.slice(1);
  }
  for (const name of change.remove ?? []) delete item[name];
  return item;
}
