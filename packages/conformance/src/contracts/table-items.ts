import { getMany, StoreUnavailable } from "@outlet/core/ports";
import { expect } from "vitest";
import type { TableChecks } from "./table-checks.ts";

export function itemChecks({ check, table, partition }: TableChecks): void {
  check("an item that was never put is undefined", async () => {
    expect(await table().get({ pk: partition(), sk: "A" })).toBeUndefined();
  });

  check("an item comes back with every kind of value as it was put", async () => {
    const item = {
      pk: partition(),
      sk: "A",
      text: "Grüße, 世界 🤖 \u0000\n",
      empty: "",
      integer: 42,
      negative: -0.125,
      tiny: 1e-100,
      largest: Number.MAX_SAFE_INTEGER,
      yes: true,
      no: false,
      nothing: null,
      list: [1, "two", null, [], {}],
      map: { nested: { deep: ["x"] }, "with.dot": 1 },
      // Reserved words and characters that mean something in an expression.
      name: "reserved",
      "a.b": 1,
      "c[0]": 2,
      ":v": 3,
    };
    await table().put(item);
    expect(await table().get(item)).toEqual(item);
  });

  check("several items come in one call, in the order of their keys", async () => {
    const pk = partition();
    await table().put({ pk, sk: "A", n: 1 });
    await table().put({ pk, sk: "ключ", n: 2 });
    const other = { pk: partition(), sk: "A" };
    const keys = [{ pk, sk: "ключ" }, { pk, sk: "gone" }, { pk, sk: "A", more: 1 }, other];
    expect(await getMany(table(), keys)).toEqual([
      { pk, sk: "ключ", n: 2 },
      undefined,
      { pk, sk: "A", n: 1 },
      undefined,
    ]);
  });

  check("keys are told apart in any script", async () => {
    const pk = `${partition()}#한국어 ключ 🤖`;
    for (const sk of ["ключ", "κλειδί", "鍵", "🗝️", "e\u0301", "\u00e9", " ", "A#B"]) {
      await table().put({ pk, sk, own: sk });
      expect(await table().get({ pk, sk })).toEqual({ pk, sk, own: sk });
    }
    expect((await table().query({ pk })).items).toHaveLength(8);
  });

  check("a second put replaces the whole item", async () => {
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, old: 1 });
    expect(await table().put({ ...key, new: 2 })).toBe(true);
    expect(await table().get(key)).toEqual({ ...key, new: 2 });
  });

  check("an empty key is refused", async () => {
    for (const key of [
      { pk: "", sk: "A" },
      { pk: partition(), sk: "" },
    ]) {
      await expect(table().put(key)).rejects.toMatchObject({ name: "ValidationException" });
    }
  });

  check(
    "an item of up to 400 KB is kept, a larger one is refused and changes nothing",
    async () => {
      const key = { pk: partition(), sk: "A" };
      const large = { ...key, body: "x".repeat(400_000) };
      expect(await table().put(large)).toBe(true);
      const tooLarge = { ...key, body: "y".repeat(409_601) };
      const refusal = await table()
        .put(tooLarge)
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(Error);
      expect(refusal).not.toBeInstanceOf(StoreUnavailable);
      await expect(table().update(key, { set: { more: "z".repeat(10_000) } })).rejects.toThrow(
        /size/i,
      );
      expect(await table().get(key)).toEqual(large);
    },
  );

  check("a removed item is gone, and removing it again holds", async () => {
    const key = { pk: partition(), sk: "A" };
    await table().put(key);
    expect(await table().remove(key)).toBe(true);
    expect(await table().get(key)).toBeUndefined();
    expect(await table().remove(key)).toBe(true);
  });
}
