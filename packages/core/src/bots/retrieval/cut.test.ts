import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Block } from "../../ports/index.ts";
import { cut } from "./cut.ts";

const block = (text: string, over: Partial<Block> = {}): Block => ({
  kind: "paragraph",
  text,
  place: { headings: [] },
  ...over,
});
const under = (...headings: string[]) => ({ place: { headings } });
const textsOf = (...blocks: Block[]) => [...cut(blocks)].map(({ text }) => text);
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
const charactersOf = (text: string) => [...graphemes.segment(text)].map(({ segment }) => segment);

describe("where a long text is cut", () => {
  test.each([
    ["English", "Ask at the desk before you leave. "],
    ["questions and calls", "Is the gate shut? Ring the bell! "],
    ["Chinese", "出门之前请关好窗户，谢谢大家配合。"],
    ["Japanese", "退室の際は窓を必ず閉めてください。"],
    ["Hindi", "कृपया बाहर जाने से पहले खिड़की बंद करें। "],
  ])("%s at the ends of sentences", (_language, sentence) => {
    const passages = textsOf(block(sentence.repeat(200)));
    expect(passages.length).toBeGreaterThan(2);
    for (const passage of passages)
      expect(`${passage} `.endsWith(`${sentence.trim()} `)).toBe(true);
  });

  test.each([
    ["words", "counterdemonstration "],
    ["Thai, which has no spaces", "กรุณาปิดหน้าต่างก่อนออกจากห้อง"],
  ])("%s between words where there are no sentences", (_what, text) => {
    const words = new Intl.Segmenter("und", { granularity: "word" });
    const known = new Set([...words.segment(text.repeat(3))].map(({ segment }) => segment));
    for (const passage of textsOf(block(text.repeat(200)))) {
      const last = [...words.segment(passage)].at(-1)?.segment ?? "";
      expect(known).toContain(last);
    }
  });

  test.each([
    ["an endless word", "x"],
    ["pictures", "🍰"],
    ["families of pictures", "👩‍👩‍👧‍👦"],
    ["letters with marks", "ệ"],
    ["flags", "🇩🇪"],
  ])("%s between characters, none of which is broken", (_what, character) => {
    const passages = textsOf(block(character.normalize("NFD").repeat(2_000)));
    expect(passages.length).toBeGreaterThan(1);
    const characters = new Set(passages.flatMap(charactersOf));
    expect([...characters]).toEqual([character.normalize("NFD")]);
  });

  test("a character of ten thousand marks in pieces that are still text", () => {
    const passages = textsOf(block(`z${"\u0341".repeat(10_000)}`));
    expect(passages.join("").length).toBeGreaterThanOrEqual(10_001);
    for (const passage of passages) expect(passage.length).toBeLessThanOrEqual(1_350);
  });
});

describe("what a passage is made of", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 60 }),
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.lorem({ maxCount: 60, mode: "sentences" }),
    fc.constantFrom("年".repeat(700), "🏳️‍🌈".repeat(300), "a".repeat(2_500), "．。!?\n"),
  );
  const paragraphs = fc.array(
    fc.array(text, { maxLength: 12 }).map((parts) => parts.join(" ")),
    { maxLength: 8 },
  );

  test("nothing is left out, nothing comes in another order, and none is too wide", () => {
    fc.assert(
      fc.property(paragraphs, (texts) => {
        const passages = textsOf(...texts.map((one) => block(one)));
        // A sentence that two passages share is in the text once.
        let rest = bare(texts.join("\n\n"));
        for (const passage of passages) {
          expect(passage.length).toBeLessThanOrEqual(1_350);
          const piece = bare(passage);
          const skipped = longestOverlap(piece, rest);
          expect(rest.startsWith(piece.slice(skipped))).toBe(true);
          rest = rest.slice(piece.length - skipped);
        }
        expect(rest).toBe("");
      }),
    );
  });

  test("short neighbours stay together; blank ones are none", () => {
    expect(textsOf(block("One."), block("Two."))).toEqual(["One.\n\nTwo."]);
    expect(textsOf(block("  "), block("\n\n"))).toEqual([]);
  });

  test("what is under another heading, on another page, slide or sheet is another passage", () => {
    const at = (place: Partial<Block["place"]>) =>
      block("Text.", { place: { headings: [], ...place } });
    const blocks = [
      block("Text.", under("A")),
      block("Text.", under("A", "B")),
      at({ page: 1 }),
      at({ page: 2, pageLabel: "ii" }),
      at({ slide: 3 }),
      at({ slide: 4 }),
      at({ sheet: "Prices", row: 4 }),
      at({ sheet: "Prices", row: 5 }),
    ];
    expect([...cut(blocks)].map(({ place }) => place)).toEqual([
      { headings: ["A"] },
      { headings: ["A", "B"] },
      { headings: [], page: 1 },
      { headings: [], page: 2, pageLabel: "ii" },
      { headings: [], slide: 3 },
      { headings: [], slide: 4 },
      { headings: [], sheet: "Prices", row: 4 },
    ]);
  });

  test("a heading is in the place of what follows, and a passage where nothing does", () => {
    const blocks = [
      block("Fees", { kind: "heading" }),
      block("Seven euros.", under("Fees")),
      block("Lost and found", { kind: "heading" }),
      block("Staff", { kind: "heading" }),
      block("Ann", { kind: "heading", ...under("Staff") }),
      block("She is in.", under("Staff", "Ann")),
      block("The end", { kind: "heading" }),
    ];
    expect([...cut(blocks)]).toEqual([
      { text: "Seven euros.", place: { headings: ["Fees"] } },
      { text: "Lost and found", place: { headings: [] } },
      { text: "She is in.", place: { headings: ["Staff", "Ann"] } },
      { text: "The end", place: { headings: [] } },
    ]);
  });

  test("rows are never broken where they are short, and begin where they say", () => {
    const rows = Array.from({ length: 90 }, (_, i) =>
      block(`name: Person ${i}; room: ${i}`, { kind: "row", place: { headings: [], row: i + 2 } }),
    );
    const passages = [...cut(rows)];
    expect(passages.flatMap(({ text }) => text.split("\n"))).toEqual(rows.map(({ text }) => text));
    for (const { text, place } of passages) {
      expect(text.startsWith(rows[(place.row ?? 0) - 2]?.text ?? "?")).toBe(true);
    }
  });

  test("passages of one long paragraph share a short sentence", () => {
    const sentences = Array.from(
      { length: 60 },
      (_, i) => `This is what sentence ${i} says to us.`,
    );
    const [first = "", second = ""] = textsOf(block(sentences.join(" ")));
    const last = /This is what sentence \d+ says to us\.$/.exec(first)?.[0] ?? "none";
    expect(second.startsWith(last)).toBe(true);
  });

  test("a program is cut between its lines", () => {
    const code = Array.from({ length: 200 }, (_, i) => `  let value${i} = read(${i});`).join("\n");
    const passages = textsOf(block(code, { kind: "code" }));
    expect(passages.flatMap((passage) => passage.split("\n"))).toHaveLength(200);
  });
});

const bare = (text: string): string => text.replace(/\s+/gu, "");

/** How much of the beginning of `piece` was in the passage before it. */
function longestOverlap(piece: string, rest: string): number {
  for (let skipped = 0; skipped <= Math.min(300, piece.length); skipped++) {
    if (rest.startsWith(piece.slice(skipped))) return skipped;
  }
  return 0;
}
