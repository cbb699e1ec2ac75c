import { describe, expect, test } from "vitest";
import { changesOf } from "./diff.ts";
import { fieldName, fieldValue } from "./fields.ts";

describe("what an act has changed", () => {
  test("is told field by field, down to the last member", () => {
    const before = { title: "A", quota: { limit: 10, period: "DAY" }, allowedOrigins: [] };
    const after = { title: "A", quota: { limit: 7, period: "DAY" }, allowedOrigins: ["*"] };
    expect(changesOf(before, after)).toEqual([
      { name: "quota.limit", before: "10", after: "7" },
      { name: "allowedOrigins", before: "none", after: "*" },
    ]);
  });

  test("names what was switched off and on, made and taken away", () => {
    expect(changesOf({ throttle: { rateLimit: 0.5 } }, { throttle: null })).toEqual([
      { name: "throttle.rateLimit", before: "0.5", after: undefined },
      { name: "throttle", before: undefined, after: "none" },
    ]);
    expect(changesOf(null, { enabled: true, label: "" })).toEqual([
      { name: "enabled", before: undefined, after: "on" },
      { name: "label", before: undefined, after: "“”" },
    ]);
    expect(changesOf({ name: "hours.txt" }, null)).toEqual([
      { name: "name", before: "hours.txt", after: undefined },
    ]);
  });

  test("is nothing where nothing differs, or nothing is known", () => {
    expect(changesOf({ a: { b: [1, 2] } }, { a: { b: [1, 2] } })).toEqual([]);
    expect(changesOf(null, null)).toEqual([]);
  });

  test("is said in the words of the pages where it is set", () => {
    expect(changesOf({ scope: "private", cell: null }, { scope: "all" })).toEqual([
      { name: "scope", before: "private", after: "shared with everyone" },
      { name: "cell", before: "none", after: undefined },
    ]);
    expect([fieldName("throttle.burstLimit"), fieldName("toString")]).toEqual([
      "Burst",
      "toString",
    ]);
    expect(fieldValue("cell", "000000000000/us-east-1")).toBe("This machine");
    expect(fieldValue("quota.period", "DAY")).toBe("Day");
    expect(fieldName("alerts.monthlySpendMicroUsd")).toBe("Alert: Spend in a month, in USD");
    expect(fieldValue("alerts.monthlySpendMicroUsd", 2_500_000)).toBe("2.5");
    expect(fieldName("throttle")).toBe("Limit requests per second");
    expect(fieldValue("status", "constructor")).toBe("constructor");
    expect(fieldValue("bytes", 24_310)).toBe("24.3 kB");
  });
});
