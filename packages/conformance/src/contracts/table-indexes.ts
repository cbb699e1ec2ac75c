import type { QueryRange } from "@outlet/core/ports";
import { expect, vi } from "vitest";
import type { TableChecks } from "./table-checks.ts";
import { readPages, sortKeys } from "./table-queries.ts";

/** What holds is seen at once; the rest is for busy machines. */
const until = <T>(act: () => T | Promise<T>): Promise<T> => vi.waitFor(act, { timeout: 30_000 });

export function indexChecks({ check, table, partition }: TableChecks): void {
  /** Indexes follow the table with a delay. */
  const expectSoon = (range: QueryRange, expected: string[]) =>
    until(async () => {
      expect(sortKeys((await table().query(range)).items)).toEqual(expected);
    });

  check("an index holds just the items that have both its attributes, in their order", async () => {
    const listingPk = partition();
    await table().put({ pk: partition(), sk: "plain" });
    await table().put({ pk: partition(), sk: "half", listingPk });
    const last = { pk: partition(), sk: "last", listingPk, listingSk: "2", body: { whole: true } };
    await table().put(last);
    await table().put({ pk: partition(), sk: "first", listingPk, listingSk: "1" });
    await expectSoon({ index: "listing", pk: listingPk }, ["first", "last"]);
    const { items } = await table().query({ index: "listing", pk: listingPk, skPrefix: "2" });
    expect(items).toEqual([last]);
    await expectSoon({ index: "listing", pk: listingPk, descending: true }, ["last", "first"]);
    await expectSoon({ index: "public", pk: listingPk }, []);
  });

  check("an item enters, moves in and leaves an index as its attributes change", async () => {
    const [openPk, otherPk] = [partition(), partition()];
    const key = { pk: partition(), sk: "A" };
    await table().put(key);
    await table().update(key, { set: { openPk, openSk: "1" } });
    await expectSoon({ index: "open", pk: openPk, skPrefix: "1" }, ["A"]);
    await table().update(key, { set: { openSk: "2" } });
    await expectSoon({ index: "open", pk: openPk, skPrefix: "1" }, []);
    await expectSoon({ index: "open", pk: openPk, skPrefix: "2" }, ["A"]);
    await table().update(key, { set: { openPk: otherPk } });
    await expectSoon({ index: "open", pk: openPk }, []);
    await expectSoon({ index: "open", pk: otherPk }, ["A"]);
    await table().update(key, { remove: ["openPk", "openSk"] });
    await expectSoon({ index: "open", pk: otherPk }, []);
    expect(await table().get(key)).toEqual(key);
  });

  check("an item is found as it is now, whatever an index keeps of it", async () => {
    const openPk = partition();
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, openPk, openSk: "1", beat: 1 });
    await expectSoon({ index: "open", pk: openPk }, ["A"]);
    await table().update(key, { set: { beat: 2 } });
    await until(async () => {
      const { items } = await table().query({ index: "open", pk: openPk });
      expect(items).toEqual([{ ...key, openPk, openSk: "1", beat: 2 }]);
    });
  });

  check("of an index of keys no more than these is read where no more is asked for", async () => {
    const openPk = partition();
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, openPk, openSk: "1", beat: 1 });
    await until(async () => {
      const { items } = await table().query({ index: "open", pk: openPk, keysOnly: true });
      expect(items).toEqual([{ ...key, openPk, openSk: "1" }]);
    });
  });

  check("a removed item leaves its indexes", async () => {
    const publicPk = partition();
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, publicPk, publicSk: "1" });
    await expectSoon({ index: "public", pk: publicPk }, ["A"]);
    await table().remove(key);
    await expectSoon({ index: "public", pk: publicPk }, []);
  });

  check("pages of an index lose none of the items that share a place in it", async () => {
    const listingPk = partition();
    for (let n = 0; n < 7; n++) {
      const place = { listingPk, listingSk: n < 5 ? "same" : "tail" };
      await table().put({ pk: partition(), sk: `N#${n}`, ...place });
    }
    await until(async () => {
      const pages = await readPages(table(), { index: "listing", pk: listingPk, limit: 2 });
      expect(new Set(sortKeys(pages.flat())).size).toBe(7);
      expect(pages.flat()).toHaveLength(7);
    });
  });
}
