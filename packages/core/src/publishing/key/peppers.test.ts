import { describe, expect, test } from "vitest";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Id } from "../../foundation/id/index.ts";
import { systemRandomness } from "../../ports/index.ts";
import { Key } from "./index.ts";

const clock = { now: () => 1_000, sleep: async () => undefined };
const pepper = (fill: number) => Buffer.alloc(32, fill);
const text = (...fills: number[]) => fills.map((fill) => pepper(fill).toString("base64")).join(",");

describe("a new pepper", () => {
  test("ends no key: those of before go on, are rotated under the new one, and count as they did", async () => {
    const table = createMemoryTable();
    const at = (...fills: number[]) => ({
      table,
      clock,
      ids: Id.createIds(clock),
      randomness: systemRandomness,
      ...Key.readPeppers(text(...fills)),
    });
    const old = await Key.create(at(1), "bot", { label: "Old", createdBy: "ann" });
    await Key.activate(table, old.key);
    const counted = Key.gatewayKey(at(1), old.key).value;

    const opens = async (value: string, ...fills: number[]) =>
      (await Key.authenticate(at(...fills), "bot", value)).key?.keyId;
    expect(await opens(old.value, 2, 1)).toBe(old.key.keyId);
    expect(await opens(old.value, 2)).toBeUndefined();
    expect(Key.gatewayKey(at(2, 1), old.key).value).toBe(counted);

    const rotated = await Key.rotate(at(2, 1), "bot", old.key.keyId, { graceSeconds: 60 });
    expect(await opens(rotated.value, 2, 1)).toBe(old.key.keyId);
    expect(await opens(old.value, 3, 2, 1)).toBe(old.key.keyId);
    expect(Key.gatewayKey(at(3, 2, 1), rotated.key).value).toBe(counted);
    // Its secret needs the old one no more.
    expect(await opens(rotated.value, 3, 2)).toBe(old.key.keyId);
  });

  test("is at least 32 bytes, and what is wrong is not quoted", () => {
    expect(() => Key.readPeppers("c2hvcnQ=")).toThrow(/32 random bytes/);
    expect(() => Key.readPeppers(`${text(1)},`)).toThrow(/32 random bytes/);
  });
});
