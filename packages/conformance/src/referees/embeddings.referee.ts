import { createOpenAiEmbedder } from "@outlet/local/openai-embedder";
import { systemClock } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningEmbeddings, startEmbeddings } from "./embeddings.ts";

let server: RunningEmbeddings;
beforeAll(async () => {
  server = await startEmbeddings();
});
afterAll(() => server?.stop());

/** A question, the passage that answers it in other words or another language, and others. */
const cases: [question: string, answer: string][] = [
  ["Can I bring my dog?", "Haustiere sind im ganzen Gebäude erlaubt."],
  ["How long is the warranty?", "保证期为两年，从购买之日算起。"],
  ["When is breakfast served?", "朝食は七時から十時までです。"],
];

const dot = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe("an embedding model behind an OpenAI-compatible server", () => {
  test.each(["field", "prefix"] as const)(
    "told by %s, is nearest to what answers",
    async (kind) => {
      const embedder = createOpenAiEmbedder({ ...server, kind }, systemClock);
      const { vectors: passages } = await embedder.embed(
        cases.map(([, answer]) => answer),
        "passage",
      );
      for (const [i, [question]] of cases.entries()) {
        const { vectors } = await embedder.embed([question], "question");
        const [vector = new Float32Array()] = vectors;
        const similarities = passages.map((passage) => dot(passage, vector));
        expect(similarities.indexOf(Math.max(...similarities))).toBe(i);
      }
    },
  );
});
