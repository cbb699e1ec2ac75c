import { absent, equals, type Key } from "@outlet/core/ports";
import { expect } from "vitest";
import type { TableChecks } from "./table-checks.ts";

export function transactionChecks({ check, table, partition }: TableChecks): void {
  const pair = async (): Promise<[Key, Key]> => {
    const old = { pk: partition(), sk: "A" };
    await table().put({ ...old, n: 1, list: ["x", "y"] });
    return [old, { pk: partition(), sk: "B" }];
  };

  check("puts and updates that are made together are all made, in any partition", async () => {
    const [old, fresh] = await pair();
    const change = { add: { n: 1 }, set: { said: "你好" }, removeFirst: ["list"] };
    const writes = [
      { item: { ...fresh, openPk: "o", openSk: "1" }, condition: absent("pk") },
      { key: old, change, condition: equals("n", 1) },
    ];
    expect(await table().transact(writes)).toBe(true);
    expect(await table().get(old)).toEqual({ ...old, n: 2, said: "你好", list: ["y"] });
    expect(await table().get(fresh)).toEqual({ ...fresh, openPk: "o", openSk: "1" });
  });

  check("where one condition does not hold, nothing is written", async () => {
    const [old, fresh] = await pair();
    const before = await table().get(old);
    const writes = [
      { item: { ...fresh, n: 1 }, condition: absent("pk") },
      { key: old, change: { add: { n: 1 } }, condition: equals("n", 7) },
    ];
    expect(await table().transact(writes)).toBe(false);
    expect(await table().transact(writes.toReversed())).toBe(false);
    expect(await table().get(old)).toEqual(before);
    expect(await table().get(fresh)).toBeUndefined();
  });

  check("an item too large among others is refused as it is alone, with all of them", async () => {
    const [old, fresh] = await pair();
    const before = await table().get(old);
    const writes = [
      { key: old, change: { set: { n: 5 } } },
      { item: { ...fresh, body: "x".repeat(409_601) } },
    ];
    await expect(table().transact(writes)).rejects.toThrow(/size|ValidationError/i);
    expect(await table().get(old)).toEqual(before);
    expect(await table().get(fresh)).toBeUndefined();
  });

  check("one item cannot be written twice in one call", async () => {
    const [old] = await pair();
    const write = { key: old, change: { add: { n: 1 } } };
    await expect(table().transact([write, write])).rejects.toMatchObject({
      name: "ValidationException",
    });
    expect(await table().get(old)).toMatchObject({ n: 1 });
  });

  check("of many that race for the same two items nobody has one of them", async () => {
    const keys = [partition(), partition()].map((pk) => ({ pk, sk: "A" }));
    const tries = Array.from({ length: 8 }, (_, who) =>
      table().transact(keys.map((key) => ({ item: { ...key, who }, condition: absent("pk") }))),
    );
    const won = (await Promise.all(tries)).flatMap((all, who) => (all ? [who] : []));
    expect(won.length).toBeLessThanOrEqual(1);
    const owners = await Promise.all(keys.map(async (key) => (await table().get(key))?.who));
    expect(owners).toEqual(won.length === 1 ? [won[0], won[0]] : [undefined, undefined]);
  });
}
