import { expect, test } from "vitest";
import { inWords, piecesOf } from "./place.ts";

test("a place is named as a reader looks it up", () => {
  expect(inWords({ page: 3, headings: ["Prices", "Guests"] })).toBe("Page 3 · Prices › Guests");
  expect(inWords({ page: 3, pageLabel: "iii", headings: [] })).toBe("Page iii");
  expect(inWords({ sheet: "Fees", row: 12, headings: [] })).toBe("Sheet Fees · Row 12");
  expect(inWords({ slide: 2, headings: [] })).toBe("Slide 2");
  expect(inWords({ headings: [] })).toBe("");
});

test("citations of passages that there are come apart from the text, others stay in it", () => {
  expect(piecesOf("Two years.[^1][^3] Ask.[^0]", 2)).toEqual([
    { text: "Two years." },
    { rank: 1 },
    { text: "[^3] Ask.[^0]" },
  ]);
  expect(piecesOf("[^2]", 2)).toEqual([{ rank: 2 }]);
  expect(piecesOf("", 2)).toEqual([]);
});
