import { describe, expect, test } from "vitest";
import { Tokens } from "./index.ts";

describe("the estimate of a text's tokens", () => {
  // What the tokenizers of Claude 3, GPT-4o and Llama 3 make of such text, from least to most.
  test.each([
    ["English", "The quick brown fox jumps over the lazy dog. ".repeat(20), 190, 300],
    ["German", "Die Geschäftsführung überprüft regelmäßig die Größe. ".repeat(20), 240, 420],
    ["Russian", "Съешь ещё этих мягких французских булок. ".repeat(20), 200, 520],
    ["Chinese", "漢字".repeat(1_000), 1_400, 2_600],
    ["Japanese", "これは日本語の文章です。".repeat(50), 400, 800],
    ["Korean", "대한민국의 수도는 서울입니다. ".repeat(50), 400, 1_000],
    ["Hindi", "भारत की राजधानी दिल्ली है। ".repeat(50), 600, 1_500],
    ["emoji", "😀🎉".repeat(100), 200, 800],
    ["digits", "1234567890".repeat(100), 330, 1_000],
    ["nothing", "", 0, 0],
  ])("of %s is between what tokenizers say", (_script, text, least, most) => {
    expect(Tokens.estimate(text)).toBeGreaterThanOrEqual(least);
    expect(Tokens.estimate(text)).toBeLessThanOrEqual(most);
  });
});

test("the room that a model refused is halved, and grows again while it takes all", () => {
  const rooms = new Tokens.Rooms();
  expect(rooms.of("m", 1_000)).toBe(1_000);
  rooms.note("m", 1_000, false);
  expect(rooms.of("m", 1_000)).toBe(1_000);
  rooms.note("m", 1_000, true);
  expect(rooms.of("m", 1_000)).toBe(500);
  expect(rooms.of("other", 1_000)).toBe(1_000);
  rooms.note("m", 500, false);
  expect(rooms.of("m", 1_000)).toBeCloseTo(550);
  for (let times = 0; times < 20; times++) rooms.note("m", rooms.of("m", 1_000), false);
  expect(rooms.of("m", 1_000)).toBe(1_000);
});
