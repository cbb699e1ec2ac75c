import { randomUUID } from "node:crypto";
import { type SecretStore, secretBytesMax } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createContract, type Deviations } from "./contract.ts";

export interface SecretStoreSubject {
  store: SecretStore;
  close(): void;
}

/** What every implementation of the secret store port does. `makeStore` is called once. */
export function secretStoreContract(
  name: string,
  makeStore: () => Promise<SecretStoreSubject>,
  deviations: Deviations = {},
): void {
  describe(`secret store contract: ${name}`, () => {
    let subject: SecretStoreSubject;
    beforeAll(async () => {
      subject = await makeStore();
    }, 60_000);
    afterAll(() => subject?.close());
    const { check, end } = createContract(deviations);

    check("a secret comes back as it was put, whatever it is made of", async () => {
      const bot = randomUUID();
      const values = [
        "x",
        "ключ 鍵 🔑 é",
        '"\\\n\t{{ssm:/x}}',
        " kept ",
        "z".repeat(secretBytesMax),
      ];
      for (const [i, value] of values.entries()) {
        await subject.store.put(bot, `s${i}`, value);
        expect(await subject.store.get(bot, `s${i}`)).toBe(value);
      }
    });

    check("what was never put is not there, and no other bot's is", async () => {
      const bot = randomUUID();
      await subject.store.put(bot, "one", "secret");
      expect(await subject.store.get(bot, "two")).toBeUndefined();
      expect(await subject.store.get(randomUUID(), "one")).toBeUndefined();
    });

    check("a secret is never put over another", async () => {
      const bot = randomUUID();
      await subject.store.put(bot, "one", "first");
      const again: unknown = await subject.store.put(bot, "one", "second").catch((e: unknown) => e);
      expect(again).toBeInstanceOf(Error);
      expect(await subject.store.get(bot, "one")).toBe("first");
    });

    check("a removed secret is gone, and removing it again holds", async () => {
      const bot = randomUUID();
      await subject.store.put(bot, "one", "secret");
      await subject.store.remove(bot, "one");
      await subject.store.remove(bot, "one");
      expect(await subject.store.get(bot, "one")).toBeUndefined();
    });

    check("all of a bot's are removed, however many, and nobody else's", async () => {
      const [bot, other] = [randomUUID(), randomUUID()];
      const ids = Array.from({ length: 23 }, (_, i) => `s${i}`);
      for (const id of ids) await subject.store.put(bot, id, id);
      await subject.store.put(other, "s0", "kept");
      await subject.store.removeAll(bot);
      await subject.store.removeAll(bot);
      const left = await Promise.all(ids.map((id) => subject.store.get(bot, id)));
      expect(left.filter((value) => value !== undefined)).toEqual([]);
      expect(await subject.store.get(other, "s0")).toBe("kept");
    });

    end();
  });
}
