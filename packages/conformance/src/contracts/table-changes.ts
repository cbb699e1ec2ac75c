import { first } from "@outlet/core/ports";
import { expect } from "vitest";
import type { TableChecks } from "./table-checks.ts";

export function changeChecks({ check, table, partition }: TableChecks): void {
  check("an update returns the whole item as it is afterwards", async () => {
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, kept: "k", old: 1 });
    const after = await table().update(key, { set: { new: { deep: [true] } }, remove: ["old"] });
    expect(after).toEqual({ ...key, kept: "k", new: { deep: [true] } });
    expect(await table().get(key)).toEqual(after);
  });

  check("an update of an item that is not there makes it", async () => {
    const key = { pk: partition(), sk: "A" };
    const after = await table().update(key, {
      set: { name: "n" },
      setIfAbsent: { since: 1 },
      add: { count: 2 },
      append: { list: ["a"] },
      remove: ["gone"],
    });
    expect(after).toEqual({ ...key, name: "n", since: 1, count: 2, list: ["a"] });
  });

  check("all parts of a change take effect together", async () => {
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, since: 1, count: 5, list: ["a"], open: ["x", "y"], old: 1 });
    const after = await table().update(
      key,
      {
        set: { "dotted.name": "d", skipped: undefined },
        setIfAbsent: { since: 9, until: 9 },
        add: { count: -3, other: 0.5 },
        append: { list: ["b", "c"] },
        removeFirst: ["open"],
        remove: ["old", "gone"],
      },
      first("open", "x"),
    );
    expect(after).toEqual({
      ...key,
      "dotted.name": "d",
      since: 1,
      until: 9,
      count: 2,
      other: 0.5,
      list: ["a", "b", "c"],
      open: ["y"],
    });
  });

  check("taking the first off a list of one leaves an empty list", async () => {
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, open: ["x"] });
    expect(await table().update(key, { removeFirst: ["open"] })).toEqual({ ...key, open: [] });
    expect(await table().update(key, { removeFirst: ["open"] })).toEqual({ ...key, open: [] });
  });

  check("appending nothing keeps the list", async () => {
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, list: ["a"] });
    expect(await table().update(key, { append: { list: [] } })).toEqual({ ...key, list: ["a"] });
  });

  check("an empty change makes a bare item and alters no other", async () => {
    const key = { pk: partition(), sk: "A" };
    expect(await table().update(key, {})).toEqual(key);
    await table().put({ ...key, a: 1 });
    expect(await table().update(key, { set: { b: undefined } })).toEqual({ ...key, a: 1 });
  });

  check("a change of a key attribute, or twice of one attribute, is a mistake", async () => {
    const key = { pk: partition(), sk: "A" };
    await expect(table().update(key, { set: { pk: "other" } })).rejects.toThrow(RangeError);
    await expect(table().update(key, { remove: ["sk"] })).rejects.toThrow(RangeError);
    await expect(table().update(key, { set: { a: 1 }, remove: ["a"] })).rejects.toThrow(RangeError);
    expect(await table().get(key)).toBeUndefined();
  });
}
