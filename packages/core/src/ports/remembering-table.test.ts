import { expect, test, vi } from "vitest";
import { createMemoryTable } from "./memory-table.test-support.ts";
import { rememberingTable } from "./remembering-table.ts";
import { type Item, type Key, type Table, absent } from "./table.ts";

const key = { pk: "secret", sk: "1" };
const isKept = ({ pk }: Key) => pk === "secret";

function start(over: (table: Table) => Partial<Table> = () => ({})) {
  const memory = createMemoryTable();
  const below = { ...memory, ...over(memory) };
  const get = vi.fn(below.get);
  const table = rememberingTable<Table>({ ...below, get }, isKept);
  return { table, reads: () => get.mock.calls.length };
}

test("what is kept is read once, also that there is nothing", async () => {
  const { table, reads } = start();
  expect(await table.get(key)).toBeUndefined();
  expect(await table.getMany?.([key])).toEqual([undefined]);
  expect(reads()).toBe(1);
  await table.get({ pk: "run", sk: "1" });
  await table.get({ pk: "run", sk: "1" });
  expect(reads()).toBe(3);
});

test.each([
  ["a put", (table) => table.put({ ...key, a: 2 }), { ...key, a: 2 }],
  ["an update", (table) => table.update(key, { set: { a: 2 } }), { ...key, a: 2 }],
  ["a removal", (table) => table.remove(key), undefined],
  [
    "one of several writes",
    (table) =>
      table.transact([{ item: { pk: "run", sk: "1" } }, { key, change: { set: { a: 2 } } }]),
    { ...key, a: 2 },
  ],
] satisfies [string, (table: Table) => Promise<unknown>, Item | undefined][])(
  "%s is seen by the next read",
  async (_, write, after) => {
    const { table } = start();
    await table.put({ ...key, a: 1 });
    expect(await table.get(key)).toEqual({ ...key, a: 1 });
    await write(table);
    expect(await table.get(key)).toEqual(after);
  },
);

test("what was read while it was being written is not kept", async () => {
  const read = Promise.withResolvers<void>();
  const { table } = start((memory) => ({
    async get(of) {
      const item = await memory.get(of);
      await read.promise;
      return item;
    },
  }));
  const early = table.get(key);
  await table.put({ ...key, a: 1 });
  read.resolve();
  expect(await early).toBeUndefined();
  expect(await table.get(key)).toEqual({ ...key, a: 1 });
});

test("a read that ends before the write that it crossed is not kept", async () => {
  const written = Promise.withResolvers<void>();
  const { table } = start((memory) => ({
    async put(item, condition) {
      await written.promise;
      return memory.put(item, condition);
    },
  }));
  const write = table.put({ ...key, a: 1 });
  expect(await table.get(key)).toBeUndefined();
  written.resolve();
  await write;
  expect(await table.get(key)).toEqual({ ...key, a: 1 });
});

test("an item whose write was not answered is not kept any more: it may come later", async () => {
  let late: () => Promise<unknown> = async () => undefined;
  const { table } = start((memory) => ({
    update(of, change) {
      late = () => memory.update(of, change);
      return Promise.reject(new Error("no answer"));
    },
  }));
  await expect(table.update(key, { set: { a: 1 } })).rejects.toThrow("no answer");
  expect(await table.get(key)).toBeUndefined();
  await late();
  expect(await table.get(key)).toEqual({ ...key, a: 1 });
});

test("a condition that does not hold leaves what is there, and readers change nothing", async () => {
  const { table } = start();
  await table.put({ ...key, list: [1] });
  expect(await table.put({ ...key, list: [2] }, absent("pk"))).toBe(false);
  const item = await table.get(key);
  expect(() => Object.assign(item?.list ?? [], [2])).toThrow(TypeError);
  expect(await table.get(key)).toEqual({ ...key, list: [1] });
});
