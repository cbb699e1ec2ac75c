import { randomUUID } from "node:crypto";
import { type VectorIndex, type VectorStore, VectorStoreUnavailable } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createContract, type Deviations } from "./contract.ts";

export interface VectorStoreSubject {
  store: VectorStore;
  /** The same where nobody listens. */
  unreachable: VectorStore;
  close(): void;
}

const newIndex = (botId: string = randomUUID()): VectorIndex => ({ botId, embedderId: "m 2" });
const at = (key: string, ...numbers: number[]) => ({ key, vector: Float32Array.from(numbers) });

/** What every implementation of the vector store port does. */
export function vectorStoreContract(
  name: string,
  makeStore: () => Promise<VectorStoreSubject>,
  deviations: Deviations = {},
): void {
  describe(`vector store contract: ${name}`, () => {
    let subject: VectorStoreSubject;
    let store: VectorStore;
    beforeAll(async () => {
      subject = await makeStore();
      ({ store } = subject);
    }, 60_000);
    afterAll(() => subject?.close());
    const { check, end } = createContract(deviations);

    check(
      "what is nearest comes first, with its cosine, and no more than were asked for",
      async () => {
        const index = newIndex();
        const others = Array.from({ length: 8 }, (_, i) => at(`o${i}`, -1, i));
        await store.put(index, [
          at("s/1/0", 1, 0),
          at("s/1/1", 3, 4),
          at("鍵/🔑", 0, -2),
          ...others,
        ]);
        const found = await store.nearest(index, Float32Array.of(2, 0), 3);
        expect(found.map(({ key }) => key).slice(0, 2)).toEqual(["s/1/0", "s/1/1"]);
        expect(found).toHaveLength(3);
        expect(found[0]?.similarity).toBeCloseTo(1, 5);
        expect(found[1]?.similarity).toBeCloseTo(0.6, 5);
      },
    );

    check("a vector is put in place of the one before, and says whether it is there", async () => {
      const index = newIndex();
      await store.put(index, [at("a", 1, 0), at("b", 1, 0)]);
      await store.put(index, [at("a", 0, 1)]);
      expect(await store.known(index, ["a", "b", "c"])).toEqual(new Set(["a", "b"]));
      const many = Array.from({ length: 250 }, (_, i) => `none ${i}`);
      expect(await store.known(index, [...many, "b"])).toEqual(new Set(["b"]));
    });

    check("what was put in a vector's place is what is found", async () => {
      const index = newIndex();
      await store.put(index, [at("a", 1, 0), at("b", 1, 1)]);
      await store.put(index, [at("a", 0, 1)]);
      const [first] = await store.nearest(index, Float32Array.of(0, 1), 1);
      expect(first?.key).toBe("a");
    });

    check("what was removed is not found, and removing it again holds", async () => {
      const index = newIndex();
      const keys = Array.from({ length: 600 }, (_, i) => `k${i}`);
      for (const from of [0, 300]) {
        await store.put(
          index,
          keys.slice(from, from + 300).map((key, i) => at(key, 1, i)),
        );
      }
      await store.remove(index, keys.slice(1));
      await store.remove(index, ["k1"]);
      expect(await store.known(index, keys)).toEqual(new Set(["k0"]));
    });

    check("an index that there is not has nothing, and nothing to remove", async () => {
      const index = newIndex();
      expect(await store.known(index, ["a"])).toEqual(new Set());
      await store.remove(index, ["a"]);
      await store.removeAll(index.botId);
    });

    check("in an index that there is not nothing is near", async () => {
      expect(await store.nearest(newIndex(), Float32Array.of(1, 0), 5)).toEqual([]);
    });

    check("two who make one index at once both put into it", async () => {
      const index = newIndex();
      await Promise.all(["a", "b", "c"].map((key) => store.put(index, [at(key, 1, 0)])));
      expect(await store.known(index, ["a", "b", "c"])).toEqual(new Set(["a", "b", "c"]));
    });

    check("each bot and each model has its own, and a bot's go together", async () => {
      const index = newIndex();
      const { botId } = index;
      const other = { botId, embedderId: "n 3" };
      const longer = newIndex(`${botId}0`);
      await store.put(index, [at("a", 1, 0)]);
      await store.put(other, [at("b", 1, 0, 0)]);
      await store.put(longer, [at("c", 1, 0)]);
      expect(await store.known(index, ["a", "b", "c"])).toEqual(new Set(["a"]));
      await store.removeAll(botId, other.embedderId);
      expect(await store.known(index, ["a"])).toEqual(new Set());
      expect(await store.known(other, ["b"])).toEqual(new Set(["b"]));
      await store.removeAll(botId);
      expect(await store.known(other, ["b"])).toEqual(new Set());
      expect(await store.known(longer, ["c"])).toEqual(new Set(["c"]));
    });

    check("says by its own error that it was not reached, or refuses", async () => {
      const index = newIndex();
      const { unreachable } = subject;
      await store.put(index, [at("a", 1, 0)]);
      const attempts = [
        () => store.put(index, [at("b", 1, 0, 0)]),
        () => store.nearest(index, Float32Array.of(1), 1),
        () => unreachable.put(index, [at("a", 1, 0)]),
        () => unreachable.known(index, ["a"]),
        () => unreachable.nearest(index, Float32Array.of(1, 0), 1),
        () => unreachable.remove(index, ["a"]),
        () => unreachable.removeAll(index.botId),
      ];
      for (const attempt of attempts) {
        await expect(attempt()).rejects.toThrow(VectorStoreUnavailable);
      }
    });

    end();
  });
}
