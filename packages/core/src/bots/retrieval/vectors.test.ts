import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Embedder,
  EmbedderUnavailable,
  type EmbeddingPrice,
  type ObjectStore,
} from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Ledger } from "../../records/ledger/index.ts";
import { fuse } from "./fuse.ts";
import { storePassages } from "./passage-store.ts";
import { publish, type Wanted } from "./publish.ts";
import { createRetriever } from "./retriever.ts";
import { apartFrom } from "./typical.ts";
import { VectorRows } from "./vectors.ts";

const botId = "B";

/** Directions by what a text is about: words in common are not needed. */
const subjects = ["dog puppy hound", "car vehicle driving", "money fee price"].map((list) =>
  list.split(" "),
);

function createEmbedder(id = "subjects", price?: EmbeddingPrice) {
  const asked: string[] = [];
  const state = { down: false, dimensions: 3 };
  const embedder: Embedder = {
    id,
    ...(price && { price }),
    async embed(texts, kind) {
      if (state.down) throw new EmbedderUnavailable("away");
      asked.push(...texts.map((text) => `${kind}: ${text}`));
      const vectors = texts.map((text) =>
        Float32Array.from({ length: state.dimensions }, (_, i) =>
          (subjects[i] ?? []).some((word) => text.includes(word)) ? 1 : 0.01,
        ),
      );
      return { vectors, inputTokens: 1_000 * texts.length };
    },
  };
  return { embedder, asked, state };
}

function createWorld() {
  const stored = new Map<string, Uint8Array>();
  const objects: ObjectStore = {
    put: async (path, bytes) => void stored.set(path, bytes),
    get: async (path) => stored.get(path),
    getRange: async (path, from, length) => stored.get(path)?.subarray(from, from + length),
    remove: async (path) => void stored.delete(path),
  };
  const clock = { now: () => 1_800_000_000_000, sleep: async () => undefined };
  const deps = { table: createMemoryTable(), objects, clock };
  const sources = new Map<string, Wanted>();
  return {
    deps,
    async put(sourceId: string, version: string, ...texts: string[]) {
      const passages = texts.map((text) => ({ text, place: { headings: [] } }));
      await storePassages(objects, botId, { sourceId, version }, passages);
      sources.set(sourceId, { sourceId, version, name: sourceId });
    },
    publish: (embedder?: Embedder) =>
      publish({ ...deps, embedder }, botId, async () => [...sources.values()]),
    find: (question: string, embedder?: Embedder, engine?: "hybrid" | "vectors" | "lexical") =>
      createRetriever({ ...deps, embedder }, engine).search(botId, question, 8),
  };
}

describe("finding by meaning", () => {
  test("finds what shares no word with the question, and says how near it is", async () => {
    const world = createWorld();
    const { embedder } = createEmbedder();
    await world.put("a", "1", "A puppy sleeps.", "The vehicle is red.");
    await world.publish(embedder);
    const { engine, passages } = await world.find("hound", embedder);
    expect(engine).toBe("hybrid");
    expect(passages[0]).toMatchObject({ text: "A puppy sleeps.", words: [] });
    expect(passages[0]?.similarity).toBeGreaterThan(0.9);
    expect((await world.find("hound", embedder, "lexical")).passages).toEqual([]);
    const byMeaning = await world.find("hound", embedder, "vectors");
    expect([byMeaning.engine, byMeaning.passages[0]?.text]).toEqual(["vectors", "A puppy sleeps."]);
  });

  test("embeds only what is new, questions and passages each as what they are", async () => {
    const world = createWorld();
    const { embedder, asked } = createEmbedder();
    await world.put("a", "1", "dog");
    await world.put("b", "1", "car");
    await world.publish(embedder);
    await world.put("b", "2", "vehicle");
    await world.publish(embedder);
    await world.publish(embedder);
    const ofPassages = ["dog", "car", "a", "b", "vehicle", "b"].map((text) => `passage: ${text}`);
    // What questions about it are like is asked once: the knowledge is as large as it was.
    expect(asked).toEqual(["question: a?", "question: b?", ...ofPassages]);
    await world.find("puppy?", embedder);
    expect(asked.at(-1)).toBe("question: puppy?");
  });

  test("a passage is near to what its headings or its source's name are about", async () => {
    const world = createWorld();
    const { embedder, asked } = createEmbedder();
    await world.put("car-rental.pdf", "1", "Ask at the desk.", "Nothing else.");
    await world.put("dog_walks.pdf", "1", "Ask at the desk.");
    await world.publish(embedder);
    expect(asked).toContain("passage: dog walks");
    expect(asked.filter((text) => text === "passage: car rental")).toHaveLength(1);
    const { passages } = await world.find("hound", embedder, "vectors");
    expect(passages[0]?.source).toBe("dog_walks.pdf");
  });

  test("what a sync was charged is cost of the bot, and no run of it", async () => {
    const world = createWorld();
    const price = { model: "small", input: 20_000, version: "1" };
    const { embedder } = createEmbedder("paid", price);
    await world.put("a", "1", "dog", "car");
    await world.publish(embedder);
    await world.publish(embedder);
    const hour = Ledger.hourOf(world.deps.clock.now());
    const entries = await Ledger.listHour(world.deps.table, botId, hour);
    // Two passages, a title, and it as a question, once: 4,000 tokens at 2 cents a million.
    expect(entries).toMatchObject([{ model: "small", inputTokens: 4_000, costMicroUsd: 80 }]);
    expect(entries.map(Ledger.isRun)).toEqual([false]);
  });

  test("with another model, or one of other vectors, begins anew", async () => {
    const world = createWorld();
    const first = createEmbedder();
    await world.put("a", "1", "dog");
    await world.publish(first.embedder);
    const other = createEmbedder("another");
    expect((await world.find("hound", other.embedder)).engine).toBe("lexical");
    await world.publish(other.embedder);
    expect(other.asked).toEqual(["question: a?", "passage: dog", "passage: a"]);
    expect((await world.find("hound", other.embedder)).passages).toHaveLength(1);
    other.state.dimensions = 4;
    await world.put("b", "1", "car");
    await world.publish(other.embedder);
    await world.publish(other.embedder);
    const { passages } = await world.find("hound", other.embedder);
    expect(passages[0]).toMatchObject({ text: "dog" });
  });

  test("goes by words while the model is away, and the next sync makes up for it", async () => {
    const world = createWorld();
    const { embedder, state } = createEmbedder();
    await world.put("a", "1", "A dog barks.");
    state.down = true;
    await world.publish(embedder);
    expect(await world.find("dog", embedder)).toMatchObject({
      engine: "lexical",
      passages: [{ text: "A dog barks.", similarity: null }],
    });
    state.down = false;
    await world.publish(embedder);
    expect((await world.find("hound", embedder)).passages).toHaveLength(1);
    state.down = true;
    expect((await world.find("dog", embedder)).engine).toBe("lexical");
  });
});

describe("vectors in bytes", () => {
  const vector = fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 })
    .filter((values) => Math.hypot(...values) > 0.1)
    .map((values) => Float32Array.from(values));

  test("are as near to each other as the vectors themselves, but for a hundredth", () => {
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const rows = VectorRows.of(1, 24);
        rows.set(0, a);
        const product = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
        const cosine = product / Math.hypot(...a) / Math.hypot(...b);
        expect(Math.abs((rows.similarities(b)[0] ?? 9) - cosine)).toBeLessThan(0.02);
      }),
    );
  });

  test("without what all have in common, what tells one from the others is what counts", () => {
    // The second is near to every question of its kind, the first to this one.
    const rows = VectorRows.of(3, 3);
    for (const [at, x, y, z] of [
      [0, 0.8, 0.6, 0],
      [1, 1, 0.1, 0],
      [2, 0.8, 0, 0.6],
    ] as const) {
      rows.set(at, Float32Array.of(x, y, z));
    }
    const question = Float32Array.of(0.97, 0.23, 0);
    const nearest = (similarities: Float32Array) => similarities.indexOf(Math.max(...similarities));
    expect(nearest(rows.similarities(question))).toBe(1);
    const typical = Float32Array.of(0.99, 0.05, 0.05);
    const apart = rows.similarities(apartFrom(question, typical, 0.9), 0.9);
    expect(nearest(apart)).toBe(0);
    // As reckoned by hand: of the directions from nine tenths of the mean.
    const mean = [0, 1, 2].map(
      (i) =>
        0.9 *
        (
          [
            [0.8, 0.995, 0.8],
            [0.6, 0.0995, 0],
            [0, 0, 0.6],
          ][i] ?? []
        ).reduce((sum, value) => sum + value / 3, 0),
    );
    const cosine = (a: number[], b: number[]) =>
      a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) /
      Math.hypot(...a) /
      Math.hypot(...b);
    const without = [0.8, 0.6, 0].map((value, i) => value - (mean[i] ?? 0));
    const asked = [0.97, 0.23, 0].map(
      (value, i) => value / Math.hypot(0.97, 0.23) - 0.9 * (typical[i] ?? 0),
    );
    expect(apart[0]).toBeCloseTo(cosine(without, asked), 1);
    expect(apart.every((value) => value <= 1.02)).toBe(true);
  });

  test("of no direction or another length are left out", () => {
    const rows = VectorRows.of(3, 2);
    rows.set(0, Float32Array.of(0, 0));
    rows.set(1, Float32Array.of(Number.NaN, 1));
    rows.set(2, Float32Array.of(1, 2, 3));
    expect([0, 1, 2].map(rows.has)).toEqual([false, false, false]);
    expect([...rows.similarities(Float32Array.of(1, 1, 1))]).toEqual([0, 0, 0]);
  });
});

describe("one list of two", () => {
  const list = (...scores: number[]) => scores.map((score, passage) => ({ passage, score }));

  test("scales each by its own least and greatest score, and counts meaning more", () => {
    const fused = fuse(list(20, 10, 5), [
      { passage: 2, score: 0.9 },
      { passage: 0, score: 0.8 },
      { passage: 3, score: 0.7 },
    ]);
    expect(fused.map(({ passage }) => passage)).toEqual([0, 2, 1, 3]);
    expect(fused.map(({ score }) => Number(score.toFixed(4)))).toEqual([0.675, 0.65, 0.1167, 0]);
  });

  test("of one list alone keeps its order", () => {
    expect(fuse(list(3, 2, 1), []).map(({ passage }) => passage)).toEqual([0, 1, 2]);
    expect(fuse([], list(0.3, 0.2)).map(({ passage }) => passage)).toEqual([0, 1]);
    expect(fuse(list(7), list(7))).toEqual([{ passage: 0, score: 1 }]);
    expect(fuse([], [])).toEqual([]);
  });
});
