import { expect, test, vi } from "vitest";
import { createMemoryTable } from "./memory-table.test-support.ts";
import { absent } from "./table.ts";
import { watchedTable } from "./watched-table.ts";

const key = { pk: "run", sk: "1" };

async function told(act: (table: ReturnType<typeof watchedTable>) => Promise<unknown>) {
  const table = watchedTable(createMemoryTable());
  const heard = vi.fn();
  void table.watch(key).written.then(heard);
  await act(table).catch(() => {});
  await Promise.resolve();
  return heard.mock.calls.length;
}

test.each([
  ["a put", 1, (table) => table.put({ ...key, a: 1 })],
  ["an update", 1, (table) => table.update(key, { set: { a: 1 } })],
  ["a removal", 1, (table) => table.remove(key)],
  [
    "one of several writes",
    1,
    (table) => table.transact([{ item: { pk: "run", sk: "2" } }, { key, change: {} }]),
  ],
  ["a look at it", 0, (table) => table.get(key)],
  ["a write to its neighbour", 0, (table) => table.put({ pk: "run", sk: "2" })],
] satisfies [string, number, Parameters<typeof told>[0]][])(
  "%s tells the watch of an item so many times: %i",
  async (_, times, act) => {
    expect(await told(act)).toBe(times);
  },
);

test("a watch of a partition hears of every item in it, and of no other's", async () => {
  const table = watchedTable(createMemoryTable());
  const heard = vi.fn();
  void table.watch({ pk: "run" }).written.then(heard);
  await table.put({ pk: "runs", sk: "1" });
  expect(heard).not.toHaveBeenCalled();
  await table.put({ pk: "run", sk: "2" });
  expect(heard).toHaveBeenCalledOnce();
});

test("a write whose reply was lost is told of as well: it may have been carried out", async () => {
  const memory = createMemoryTable();
  const table = watchedTable({
    ...memory,
    async put(item, condition) {
      await memory.put(item, condition);
      throw new Error("The reply was lost.");
    },
  });
  const { written } = table.watch(key);
  await expect(table.put({ ...key }, absent("pk"))).rejects.toThrow("lost");
  await expect(written).resolves.toBeUndefined();
});

test("a watch that was closed hears nothing, and its neighbour still does", async () => {
  const table = watchedTable(createMemoryTable());
  const closed = vi.fn();
  const first = table.watch(key);
  const second = table.watch(key);
  void first.written.then(closed);
  first.close();
  await table.put({ ...key });
  await second.written;
  second.close();
  expect(closed).not.toHaveBeenCalled();
});
