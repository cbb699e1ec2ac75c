import { randomUUID } from "node:crypto";
import { StoreUnavailable, type Table } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createContract, type Contract, type Deviations } from "./contract.ts";
import { changeChecks } from "./table-changes.ts";
import { conditionChecks } from "./table-conditions.ts";
import { indexChecks } from "./table-indexes.ts";
import { queryChecks } from "./table-queries.ts";
import { raceChecks } from "./table-races.ts";

export interface TableSubject {
  table: Table;
  /** The same, on a store that does not answer. */
  unreachable: Table;
  close(): Promise<void>;
}

export interface TableChecks extends Contract {
  /** Only once a check runs. */
  table: () => Table;
  /** A partition no other check uses. */
  partition: () => string;
}

/** What every implementation of the table port does. `makeTable` is called once. */
export function tableContract(
  name: string,
  makeTable: () => Promise<TableSubject>,
  deviations: Deviations = {},
): void {
  describe(`table contract: ${name}`, () => {
    let subject: TableSubject;
    beforeAll(async () => {
      subject = await makeTable();
    }, 60_000);
    afterAll(() => subject?.close());

    const checks: TableChecks = {
      ...createContract(deviations),
      table: () => subject.table,
      partition: () => `P#${randomUUID()}`,
    };
    itemChecks(checks);
    conditionChecks(checks);
    changeChecks(checks);
    queryChecks(checks);
    indexChecks(checks);
    raceChecks(checks);
    outageChecks(checks, () => subject.unreachable);
    checks.end();
  });
}

function itemChecks({ check, table, partition }: TableChecks): void {
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

function outageChecks({ check }: TableChecks, unreachable: () => Table): void {
  check(
    "every call to a store that does not answer is StoreUnavailable, with a cause",
    async () => {
      const key = { pk: "P", sk: "S" };
      const table = unreachable();
      const calls = [
        () => table.get(key),
        () => table.put(key),
        () => table.update(key, { set: { a: 1 } }),
        () => table.remove(key),
        () => table.query({ pk: "P" }),
      ];
      for (const call of calls) {
        const error = await call().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StoreUnavailable);
        expect((error as StoreUnavailable).cause).toBeInstanceOf(Error);
      }
    },
  );
}
