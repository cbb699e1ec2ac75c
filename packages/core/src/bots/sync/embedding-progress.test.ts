import { expect, test } from "vitest";
import { type Embedder, systemClock } from "../../ports/index.ts";
import { createLibrary } from "./library.test-support.ts";
import { Sync } from "./index.ts";

test("while passages are embedded a source says how many of them are, batch by batch", async () => {
  const library = await createLibrary();
  const { sourceId } = await library.add(
    "long.md",
    Array.from({ length: 50 }, (_, i) => `# Part ${i}\n\nWhat part ${i} says.`).join("\n\n"),
  );
  const seen: unknown[] = [];
  // Each look is later than the one before by more than progress is written.
  let now = Date.now();
  const clock = { ...systemClock, now: () => (now += 2_000) };
  const embedder: Embedder = {
    id: "m",
    async embed(texts, kind) {
      const source = (await library.sources()).find((one) => one.sourceId === sourceId);
      if (kind === "passage") seen.push(source?.progress);
      return { vectors: texts.map(() => Float32Array.of(1, 0)), inputTokens: 0 };
    },
  };
  await Sync.advance({ ...library.deps, clock, embedder }, library.botId);
  expect(seen.length).toBeGreaterThan(3);
  const done = seen.flatMap((one) => (one ? [(one as { done: number }).done] : []));
  expect(done.length).toBeGreaterThan(1);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(new Set(done).size).toBeGreaterThan(1);
  expect(seen.at(-1)).toMatchObject({ total: 50, of: "passages" });
  expect(await library.sources()).toMatchObject([{ status: "SUCCEEDED", progress: null }]);
});
