import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Text } from "./index.ts";

const graphemes = (text: string) =>
  Array.from(new Intl.Segmenter("und").segment(text), ({ segment }) => segment);

describe("a cut", () => {
  test.each([
    ["aa😀b", 3, "aa"],
    ["aa😀b", 4, "aa😀"],
    ["👨‍👩‍👧x", 5, "👨‍👩"],
    ["ab👨‍👩‍👧x", 6, "ab"],
    ["cafe\u0301s", 4, "caf"],
    ["🇩🇪🇫🇷", 6, "🇩🇪"],
    ["short", 10, "short"],
    ["", 0, ""],
  ])("of %j to %i is %j", (text, max, kept) => {
    expect(Text.cut(text, max)).toBe(kept);
  });

  test("never splits a grapheme, is never longer than asked, and never shorter than need be", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 40 });
    fc.assert(
      fc.property(text, fc.nat(60), (whole, max) => {
        const kept = Text.cut(whole, max);
        expect(whole.startsWith(kept)).toBe(true);
        expect(kept.length).toBeLessThanOrEqual(max);
        const [first = "", next = ""] = [
          graphemes(whole)[0],
          graphemes(whole)[graphemes(kept).length],
        ];
        if (first.length <= max) {
          expect(graphemes(kept)).toEqual(graphemes(whole).slice(0, graphemes(kept).length));
          if (kept !== whole) expect(kept.length + next.length).toBeGreaterThan(max);
        }
        expect(kept.isWellFormed()).toBe(true);
      }),
    );
  });

  test("from the start keeps whole graphemes of the end", () => {
    expect(Text.cutStart("a😀.txt", 5)).toBe(".txt");
    expect(Text.cutStart("a😀.txt", 6)).toBe("😀.txt");
    const text = fc.string({ unit: "grapheme", maxLength: 40 });
    fc.assert(
      fc.property(text, fc.nat(60), (whole, max) => {
        const kept = Text.cutStart(whole, max);
        expect(whole.endsWith(kept)).toBe(true);
        expect(kept.length).toBeLessThanOrEqual(max);
        expect(kept.isWellFormed()).toBe(true);
      }),
    );
  });

  test("of one endless grapheme ends between two code points, in good time", () => {
    const zalgo = `e${"\u{1d165}".repeat(1_000_000)}`;
    expect(Text.cut(zalgo, 80)).toHaveLength(79);
    expect(Text.cut(zalgo, 80).isWellFormed()).toBe(true);
  });

  test("shows that something is missing", () => {
    expect(Text.shorten("aa😀b", 5)).toBe("aa😀b");
    expect(Text.shorten("aa😀bc", 4)).toBe("aa…");
  });
});

test("text on one line has no line break of any kind", () => {
  expect(Text.oneLine(" a\r\nb\u2028c\u0000d\u0085 ")).toBe("a b c d");
});

test.each([
  ["\u200b", false],
  ["\u00ad", false],
  [" \u3000 ", false],
  ["\ufeff\u2060", false],
  ["\u202e\u202c", false],
  ["\u3164", false],
  ["\u0301", false],
  ["\ufe0f", false],
  ["\u{e0041}", false],
  ["", false],
  ["a", true],
  ["\u202eabc", true],
  ["🙂", true],
  ["​漢", true],
  [".", true],
])("whether %j can be seen: %s", (text, visible) => {
  expect(Text.isVisible(text)).toBe(visible);
});
