import {
  above,
  absent,
  all,
  any,
  below,
  type Condition,
  contains,
  differs,
  equals,
  exists,
  first,
  lacks,
  sizeBelow,
  type Value,
} from "@outlet/core/ports";
import { expect } from "vitest";
import type { TableChecks } from "./table-checks.ts";

const attributes: Record<string, Value> = {
  text: "abc",
  number: 5,
  nothing: null,
  list: ["a", "b", "c"],
  numbers: [1, 2],
  emptyList: [],
  map: { x: [1, { y: 2 }] },
  "dotted.name": "d",
};

/** What holds of an item with those attributes, and what does not. */
const truths: [name: string, held: Condition[], refused: Condition[]][] = [
  ["exists", [exists("text"), exists("nothing"), exists("dotted.name")], [exists("gone")]],
  ["absent", [absent("gone"), absent("dotted")], [absent("text"), absent("nothing")]],
  [
    "equals",
    [equals("text", "abc"), equals("number", 5)],
    [equals("text", "ABC"), equals("number", "5"), equals("number", 5.5), equals("gone", "abc")],
  ],
  [
    "equals of null, which a missing attribute is not",
    [equals("nothing", null)],
    [equals("gone", null), equals("text", null), equals("nothing", "")],
  ],
  [
    "equals of lists and maps",
    [equals("list", ["a", "b", "c"]), equals("map", { x: [1, { y: 2 }] }), equals("emptyList", [])],
    [equals("list", ["b", "a", "c"]), equals("map", { x: [1, { y: 3 }] })],
  ],
  [
    "differs, which a missing attribute does from anything",
    [differs("text", "abd"), differs("number", "5"), differs("gone", "abc")],
    [differs("text", "abc"), differs("number", 5), differs("nothing", null)],
  ],
  ["below", [below("number", 6)], [below("number", 5), below("gone", 5)]],
  ["above", [above("number", 4)], [above("number", 5), above("gone", 5)]],
  [
    "below and above of what is no number",
    [],
    [below("text", 5), above("text", 5), above("list", 0)],
  ],
  [
    "contains",
    [contains("list", "a"), contains("list", "c")],
    [
      contains("list", "d"),
      contains("emptyList", "a"),
      contains("gone", "a"),
      contains("numbers", "1"),
    ],
  ],
  [
    "lacks",
    [lacks("list", "d"), lacks("emptyList", "a"), lacks("gone", "a")],
    [lacks("list", "a"), lacks("list", "c")],
  ],
  [
    "first",
    [first("list", "a")],
    [first("list", "b"), first("emptyList", "a"), first("gone", "a"), first("text", "a")],
  ],
  [
    "sizeBelow",
    [sizeBelow("list", 4), sizeBelow("emptyList", 1), sizeBelow("gone", 1)],
    [sizeBelow("list", 3), sizeBelow("emptyList", 0)],
  ],
  [
    "all",
    [all(equals("text", "abc"), above("number", 1)), all(exists("text"))],
    [all(equals("text", "abc"), above("number", 9)), all(exists("text"), exists("gone"))],
  ],
  [
    "any",
    [any(equals("text", "x"), above("number", 1)), any(exists("text"))],
    [any(equals("text", "x"), above("number", 9)), any(exists("gone"))],
  ],
  [
    "nested all and any",
    [
      all(any(exists("gone"), exists("text")), any(below("number", 1), first("list", "a"))),
      any(all(exists("gone"), exists("text")), all(lacks("list", "z"), equals("number", 5))),
    ],
    [
      all(any(exists("gone"), exists("text")), any(below("number", 1), first("list", "b"))),
      any(all(exists("gone"), exists("text")), all(lacks("list", "z"), equals("number", 6))),
    ],
  ],
];

export function conditionChecks({ check, table, partition }: TableChecks): void {
  for (const [name, held, refused] of truths) {
    check(`a write on condition: ${name}`, async () => {
      const key = { pk: partition(), sk: "A" };
      const item = { ...key, ...attributes };
      await table().put(item);
      const store = table();
      const touch = { set: { touched: true } };
      for (const condition of held) {
        const answers = {
          put: await store.put(item, condition),
          update: await store.update(key, touch, condition),
          remove: await store.remove(key, condition),
          left: await store.get(key),
        };
        const expected = { put: true, update: { ...item, touched: true }, remove: true };
        // The condition is there for the message of a failure.
        expect({ condition, ...answers }).toEqual({ condition, ...expected, left: undefined });
        await store.put(item);
      }
      for (const condition of refused) {
        const answers = {
          put: await store.put(key, condition),
          update: await store.update(key, touch, condition),
          remove: await store.remove(key, condition),
          left: await store.get(key),
        };
        const expected = { put: false, update: undefined, remove: false, left: item };
        expect({ condition, ...answers }).toEqual({ condition, ...expected });
      }
    });
  }

  check("an item that is not there has no attributes", async () => {
    const key = { pk: partition(), sk: "A" };
    expect(await table().put(key, exists("pk"))).toBe(false);
    expect(await table().update(key, { set: { a: 1 } }, exists("pk"))).toBeUndefined();
    expect(await table().remove(key, exists("pk"))).toBe(false);
    expect(await table().get(key)).toBeUndefined();
    expect(await table().put(key, absent("pk"))).toBe(true);
    expect(await table().put(key, absent("pk"))).toBe(false);
  });

  check("a condition of no parts is a mistake, not a condition that holds", async () => {
    const key = { pk: partition(), sk: "A" };
    await expect(table().put(key, all())).rejects.toThrow(RangeError);
    await expect(table().put(key, any())).rejects.toThrow(RangeError);
    expect(await table().get(key)).toBeUndefined();
  });
}
