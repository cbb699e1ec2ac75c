import { describe, expect, test } from "vitest";
import { callsFor } from "./demo-questions.ts";

const both = new Set(["calculate", "current_time"]);
const sum = (question: string) =>
  callsFor(question, new Set(["calculate"])).map(({ input }) => input);

describe("a question in plain words", () => {
  test.each([
    ["What is 3 * 49.90 + 12.50?", "3 * 49.90 + 12.50"],
    ["How much is (2 + 3) × 4.", "(2 + 3) * 4"],
    ["What is 19% of 240?", "19 / 100 * 240"],
    ["What is 12 times 12, please", "12 * 12"],
    ["7 plus 5 minus 2", "7 + 5 - 2"],
  ])("%s is worked out as %s", (question, expression) => {
    expect(sum(question)).toEqual([{ expression }]);
  });

  test.each(["Call 030-1234", "On 2026-11-27?", "Rooms 2, 3 and 4", "How are you?", "- - -"])(
    "%s is no sum",
    (question) => {
      expect(sum(question)).toEqual([]);
    },
  );

  test("asks for the time of a city, of a zone, or of UTC", () => {
    const asked = (question: string) => callsFor(question, both).map(({ input }) => input);
    expect(asked("What time is it in Tokyo?")).toEqual([{ zone: "Asia/Tokyo" }]);
    expect(asked("What day is it in America/New_York?")).toEqual([{ zone: "America/New_York" }]);
    expect(asked("What time is it?")).toEqual([{}]);
    expect(asked("When do you open?")).toEqual([]);
  });

  test("calls only what is offered, side by side", () => {
    const question = "What time is it in Berlin, and what is 6 * 7?";
    expect(callsFor(question, both).map(({ name }) => name)).toEqual(["calculate", "current_time"]);
    expect(callsFor(question, new Set())).toEqual([]);
  });
});
