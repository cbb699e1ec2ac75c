import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { invalidRequest } from "./problems.ts";

const Schema = v.strictObject({
  name: v.pipe(v.string(), v.maxLength(3)),
  count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5)),
  period: v.picklist(["DAY", "WEEK"]),
  at: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  list: v.optional(v.pipe(v.array(v.boolean()), v.maxLength(1, "must be short"))),
});
const good = { name: "abc", count: 1, period: "DAY" };

describe("what is wrong with a request is said with what to write instead", () => {
  test.each([
    ["name", "must be a string, not 5", { name: 5 }],
    ["name", "must have a length of at most 3", { name: "abcd" }],
    ["name", "required, but missing", { name: undefined }],
    ["count", 'must be a number, not "1"', { count: "1" }],
    ["count", "must be a whole number", { count: 1.5 }],
    ["count", "must be at least 1", { count: 0 }],
    ["count", "must be at most 5", { count: 6 }],
    ["period", 'must be "DAY" or "WEEK", not "HOUR"', { period: "HOUR" }],
    ["at", "must be an RFC 3339 time, such as 2026-01-31T12:00:00Z", { at: "soon" }],
    ["list", "must be an array, not Object", { list: {} }],
    ["list[0]", "must be true or false, not null", { list: [null] }],
    ["list", "must be short", { list: [true, true] }],
    ["nmae", "unknown field, remove it", { nmae: 1 }],
    ["name", "must have a length of at most 3", { name: "x".repeat(5_000) }],
    ["count", `must be a number, not "${"x".repeat(98)}…`, { count: "x".repeat(5_000) }],
  ])("%s: %s", (path, message, change) => {
    const { issues } = v.safeParse(Schema, { ...good, ...change });
    if (!issues) throw new Error("It was taken.");
    expect(invalidRequest(issues).detail).toMatchObject({
      param: path,
      errors: [{ path, message }],
    });
  });
});
