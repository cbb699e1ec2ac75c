import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildIndex } from "./index-builder.ts";
import { LexicalIndex } from "./lexical-index.ts";
import { searchLexical } from "./lexical-search.ts";
import { readQuestion } from "./question.ts";
import { tokenise } from "./tokens.ts";

/** What hurts where work is not bounded: each is made as long as is asked. */
const hostile: Record<string, (length: number) => string> = {
  "one word": (length) => "a".repeat(length),
  "hexadecimal digits": (length) => "0123456789abcdef".repeat(length / 16),
  "Chinese without an end": (length) => "年".repeat(length),
  "Thai without an end": (length) => "ก".repeat(length),
  "Korean without an end": (length) => "가".repeat(length),
  "marks on one letter": (length) => `e${"\u0301".repeat(length)}`,
  "a word for each letter": (length) => "a ".repeat(length / 2),
  "words, none twice": (length) => Array.from({ length: length / 8 }, (_, i) => `w${i}`).join(" "),
  "parts of an id": (length) => "a-".repeat(length / 2),
  dots: (length) => ".".repeat(length),
  "digits and blanks": (length) => "1 ".repeat(length / 2),
  "hyphens at line ends": (length) => "a-\n".repeat(length / 3),
  camels: (length) => "aA".repeat(length / 2),
  addresses: (length) => "https://".repeat(length / 8),
  "a ligature that grows eighteenfold": (length) => "\ufdfa".repeat(length),
  "halves of characters": (length) => "\ud83d".repeat(length),
};

describe("a hostile question", () => {
  test.each(Object.entries(hostile))("of %s asks for a bounded number of terms", (_what, make) => {
    const wanted = readQuestion(make(2_000_000), ["en", "de"]);
    expect(wanted.length).toBeLessThanOrEqual(512);
    for (const { terms } of wanted) {
      expect(terms.length).toBeLessThanOrEqual(5);
      for (const term of terms) expect(term.length).toBeLessThanOrEqual(80);
    }
  });

  test.each(Object.entries(hostile))(
    "of %s has tokens in proportion to its length",
    (_what, make) => {
      const tokensOf = (length: number) => [...tokenise(make(length))].length;
      const [once, twice] = [tokensOf(4_000), tokensOf(8_000)];
      expect(twice).toBeLessThanOrEqual(2 * once + 64);
      // NFKC makes one of them eighteen times as long.
      expect(once).toBeLessThanOrEqual(3 * 18 * 4_000);
    },
  );

  test("searches for the rarest of its terms, and reads each one's passages twice at most", async () => {
    const words = Array.from({ length: 600 }, (_, i) => `term${i}x`);
    const passages = words.map((_, i) => ({
      texts: [words.slice(i).join(" ")],
      from: 0,
      length: 0,
    }));
    const source = { sourceId: "s", version: "1", name: "s" };
    const index = new LexicalIndex(await buildIndex({ added: [{ source, passages }] }));
    let visits = 0;
    const each = index.each.bind(index);
    index.each = (entry, visit) =>
      each(entry, (passage, count) => {
        visits += 1;
        visit(passage, count);
      });
    const [first] = searchLexical(index, words.join(" "), 8);
    // term0x is in one passage, term1x in two and so on.
    expect(first?.words.map(({ word }) => word)).toContain("term0x");
    expect(visits).toBeLessThanOrEqual((2 * (64 * 65)) / 2);
  });
});

test("a question of anything is read", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (question) => {
      for (const { terms } of readQuestion(question, ["en", "ru", "ar"])) {
        expect(terms.length).toBeGreaterThan(0);
        for (const term of terms) expect(term.isWellFormed()).toBe(true);
      }
    }),
  );
});
