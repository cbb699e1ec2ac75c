import type { Item, QueryRange, Table } from "@outlet/core/ports";
import { MalformedCursor } from "@outlet/core/ports";
import { expect } from "vitest";
import type { TableChecks } from "./table-checks.ts";

/** Every page of a query, as a caller reads them. */
export async function readPages(table: Table, range: QueryRange): Promise<Item[][]> {
  const pages: Item[][] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query({ ...range, cursor });
    pages.push(page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}

export const sortKeys = (items: Item[]): string[] => items.map((item) => item.sk);

export function queryChecks(checks: TableChecks): void {
  rangeChecks(checks);
  pagingChecks(checks);
}

function rangeChecks({ check, table, partition }: TableChecks): void {
  check("a query reads one partition, in the order of the sort key", async () => {
    const pk = partition();
    for (const sk of ["B", "A", "C"]) await table().put({ pk, sk, own: sk });
    await table().put({ pk: `${pk}x`, sk: "A" });
    const { items, cursor } = await table().query({ pk });
    expect(items).toEqual(["A", "B", "C"].map((sk) => ({ pk, sk, own: sk })));
    expect(cursor).toBeUndefined();
    expect(await table().query({ pk: partition() })).toEqual({ items: [] });
  });

  check("the sort key's order is that of its UTF-8 bytes", async () => {
    const pk = partition();
    const ordered = ["0", "10", "9", "A", "_", "a", "é", "한", "\uffee", "🤖"];
    for (const sk of ordered.toReversed()) await table().put({ pk, sk });
    expect(sortKeys((await table().query({ pk })).items)).toEqual(ordered);
  });

  check("a query is limited to a prefix or to inclusive bounds of the sort key", async () => {
    const pk = partition();
    for (const sk of ["A", "A#1", "A#2", "B#1", "B#2", "C"]) await table().put({ pk, sk });
    const read = async (range: Omit<QueryRange, "pk">) =>
      sortKeys((await table().query({ pk, ...range })).items);
    expect(await read({ skPrefix: "A#" })).toEqual(["A#1", "A#2"]);
    expect(await read({ skPrefix: "D" })).toEqual([]);
    expect(await read({ skPrefix: "" })).toHaveLength(6);
    expect(await read({ skFrom: "A#2", skTo: "B#1" })).toEqual(["A#2", "B#1"]);
    expect(await read({ skFrom: "B#2" })).toEqual(["B#2", "C"]);
    expect(await read({ skTo: "A#1" })).toEqual(["A", "A#1"]);
    expect(await read({ skPrefix: "B", descending: true })).toEqual(["B#2", "B#1"]);
    await expect(table().query({ pk, skPrefix: "A", skTo: "B" })).rejects.toThrow(RangeError);
  });

  check("a query of the table sees what was written just before", async () => {
    const pk = partition();
    for (let n = 0; n < 10; n++) {
      await table().put({ pk, sk: `N#${n}` });
      expect((await table().query({ pk })).items).toHaveLength(n + 1);
    }
  });
}

function pagingChecks({ check, table, partition }: TableChecks): void {
  check("pages follow each other without a gap, in both directions", async () => {
    const pk = partition();
    const all = Array.from({ length: 7 }, (_, n) => `N#${n}`);
    await Promise.all(all.map((sk) => table().put({ pk, sk })));
    for (const descending of [false, true]) {
      const pages = await readPages(table(), { pk, skPrefix: "N#", limit: 3, descending });
      expect(sortKeys(pages.flat())).toEqual(descending ? all.toReversed() : all);
      expect(Math.max(...pages.map((page) => page.length))).toBe(3);
    }
  });

  check("more than 1 MB comes in several pages, with nothing lost", async () => {
    const pk = partition();
    for (let n = 0; n < 5; n++) await table().put({ pk, sk: `N#${n}`, body: "x".repeat(300_000) });
    const pages = await readPages(table(), { pk });
    expect(pages.length).toBeGreaterThan(1);
    expect(sortKeys(pages.flat())).toEqual(["N#0", "N#1", "N#2", "N#3", "N#4"]);
  });

  check("a cursor stays good when the item it stands on is removed", async () => {
    const pk = partition();
    for (const sk of ["A", "B", "C"]) await table().put({ pk, sk });
    const { cursor } = await table().query({ pk, limit: 2 });
    await table().remove({ pk, sk: "B" });
    expect(sortKeys((await table().query({ pk, cursor })).items)).toEqual(["C"]);
  });

  check("a cursor cannot lead out of the query's own range", async () => {
    const pk = partition();
    for (const sk of ["A#1", "A#2", "B#1"]) await table().put({ pk, sk });
    const { cursor } = await table().query({ pk, skPrefix: "A#", limit: 1 });
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    const elsewhere = await table().query({ pk: partition(), skPrefix: "A#", cursor });
    expect(elsewhere.items).toEqual([]);
    await expect(table().query({ pk, skPrefix: "B#", cursor })).rejects.toThrow(MalformedCursor);
    await expect(table().query({ pk, skFrom: "A#2", cursor })).rejects.toThrow(MalformedCursor);
    await expect(table().query({ pk, skTo: "A", cursor })).rejects.toThrow(MalformedCursor);
    await expect(table().query({ index: "open", pk, cursor })).rejects.toThrow(MalformedCursor);
  });

  check("a malformed cursor is refused", async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const malformed = ["", "x", "💥", encode(null), encode([]), encode({}), encode({ sk: 1 })];
    malformed.push(
      encode({ sk: { S: "A" } }),
      encode({ sk: "A", pk: "other" }),
      encode({ sk: "" }),
    );
    for (const cursor of malformed) {
      await expect(table().query({ pk: partition(), cursor })).rejects.toThrow(MalformedCursor);
    }
  });
}
