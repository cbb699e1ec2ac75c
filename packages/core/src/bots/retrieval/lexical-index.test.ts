import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildIndex } from "./index-builder.ts";
import { IndexUnreadable, LexicalIndex } from "./lexical-index.ts";
import { searchLexical } from "./lexical-search.ts";
import { countTerms } from "./passage-terms.ts";

type Texts = Record<string, readonly string[]>;

const sourcesOf = (texts: Texts) =>
  Object.entries(texts).map(([sourceId, passages]) => ({
    source: { sourceId, version: "1", name: sourceId },
    passages: passages.map((text, i) => ({ texts: [text], from: 10 * i, length: i + 1 })),
  }));

const noPause = { pause: async () => undefined };
const open = async (texts: Texts): Promise<LexicalIndex> =>
  new LexicalIndex(await buildIndex({ added: sourcesOf(texts) }, noPause));

/** All of it, in words. */
function contentOf(index: LexicalIndex) {
  const terms = Object.fromEntries(
    [...index.from("")].map((entry) => {
      const postings: [string, number][] = [];
      index.each(entry, (passage, count) => {
        const { source, ordinal } = index.place(passage) ?? {};
        postings.push([`${source?.sourceId}/${ordinal}`, count]);
      });
      return [entry.term, postings.toSorted()];
    }),
  );
  return { terms, passages: index.header.passages, tokens: index.header.tokens };
}

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.lorem({ maxCount: 12 }),
  fc.constantFrom(
    "INV-10024",
    "C++ và 年假 ガス",
    "𝒜😀".repeat(40),
    `a${"𐐨".repeat(50)}`,
    "\ud800 alone \udc00",
  ),
);
const library = fc.dictionary(fc.stringMatching(/^[a-e]$/), fc.array(text, { maxLength: 6 }), {
  maxKeys: 5,
});

describe("an index of any texts", () => {
  test("holds each term of each passage as often as it is there", async () => {
    await fc.assert(
      fc.asyncProperty(library, async (texts) => {
        const index = await open(texts);
        const passages = Object.entries(texts).flatMap(([sourceId, all]) =>
          all.map((one, ordinal) => ({ name: `${sourceId}/${ordinal}`, ...countTerms([one]) })),
        );
        const { terms } = contentOf(index);
        const expected: Record<string, [string, number][]> = {};
        for (const { name, counts } of passages) {
          for (const [term, count] of counts) (expected[term] ??= []).push([name, count]);
        }
        for (const list of Object.values(expected)) list.sort();
        expect(terms).toEqual(expected);
        for (const term of Object.keys(terms)) expect(index.find(term)?.term).toBe(term);
        expect(index.find("no such term ")).toBeUndefined();
      }),
    );
  });

  test("grown and shrunk is the same as built at once", async () => {
    await fc.assert(
      fc.asyncProperty(library, library, fc.array(fc.stringMatching(/^[a-e]$/)), async (...all) => {
        const [before, later, gone] = all;
        const added = Object.fromEntries(
          Object.entries(later).filter(([name]) => !(name in before)),
        );
        const grown = await buildIndex(
          {
            old: await open(before),
            kept: ({ sourceId }) => !gone.includes(sourceId),
            added: sourcesOf(added),
          },
          noPause,
        );
        const kept = Object.entries(before).filter(([name]) => !gone.includes(name));
        const atOnce = await open({ ...Object.fromEntries(kept), ...added });
        expect(contentOf(new LexicalIndex(grown))).toEqual(contentOf(atOnce));
      }),
    );
  });

  test("says where each passage's record lies", async () => {
    const index = await open({ a: ["one", "two"], b: [], c: ["three"] });
    expect([0, 1, 2].map((passage) => index.place(passage))).toMatchObject([
      { source: { sourceId: "a" }, ordinal: 0, from: 0, length: 1 },
      { source: { sourceId: "a" }, ordinal: 1, from: 10, length: 2 },
      { source: { sourceId: "c" }, ordinal: 0, from: 0, length: 1 },
    ]);
  });

  test("is read wherever its bytes lie in memory", async () => {
    const bytes = await buildIndex({ added: sourcesOf({ a: ["one two"] }) }, noPause);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const index = new LexicalIndex(shifted.subarray(3));
    expect(searchLexical(index, "two", 5)).toMatchObject([{ passage: 0 }]);
  });

  test("of other bytes is refused", () => {
    expect(() => new LexicalIndex(Buffer.from("PK\u0003\u0004 a zip"))).toThrow(IndexUnreadable);
    expect(() => new LexicalIndex(new Uint8Array())).toThrow(IndexUnreadable);
  });
});

test("building lets others have their turn, all along", async () => {
  let pauses = 0;
  const pause = async () => void pauses++;
  const texts = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`s${i}`, [`word${i} `.repeat(200)]]),
  );
  await buildIndex({ added: sourcesOf(texts) }, { pause });
  // 30,000 tokens at ten units each, 20,000 units between two pauses.
  expect(pauses).toBeGreaterThanOrEqual(10);
});
