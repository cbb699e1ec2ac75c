import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut } from "./passages.ts";

const words = (text: string) => text.split(/\s+/).filter(Boolean);

describe("cutting a text into passages", () => {
  test("keeps every word, in order", () => {
    const paragraph = fc.array(fc.stringMatching(/^[a-zé.]{1,12}$/), { maxLength: 400 });
    fc.assert(
      fc.property(fc.array(paragraph, { maxLength: 6 }), (paragraphs) => {
        const text = paragraphs.map((p) => p.join(" ")).join("\n\n");
        expect(words(cut(text).join(" ")).join("")).toBe(words(text).join(""));
      }),
    );
  });

  test("makes none longer than the limit, even of one endless word", () => {
    for (const passage of cut(`Short.\n\n${"x".repeat(10_000)}`)) {
      expect(passage.length).toBeLessThanOrEqual(1_200);
    }
  });

  test("keeps short neighbours together and blank texts out", () => {
    expect(cut("One.\n\nTwo.")).toEqual(["One.\n\nTwo."]);
    expect(cut(" \n\n \n")).toEqual([]);
  });
});
