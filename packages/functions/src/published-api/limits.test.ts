import { describe, expect, test } from "vitest";
import { limitHeaders, periodOf, readLimits } from "./limits.ts";

const now = Date.parse("2026-11-27T22:00:00Z");
const throttle = { burstLimit: 100, rateLimit: 50 };
const quota = { limit: 10, period: "DAY" as const };

describe("the headers of limits", () => {
  test("name what holds, and what is left where it is known", () => {
    expect(limitHeaders({ throttle, quota, stack: null }, 4, now)).toEqual({
      "RateLimit-Policy": '"burst";q=100;w=2, "quota";q=10;w=86400',
      "x-ratelimit-limit-requests": "10",
      RateLimit: '"quota";r=6;t=7200',
      "x-ratelimit-remaining-requests": "6",
      "x-ratelimit-reset-requests": "7200s",
    });
  });
  test("are silent of what nobody counts", () => {
    expect(limitHeaders({ throttle, quota: null, stack: null }, undefined, now)).toEqual({
      "RateLimit-Policy": '"burst";q=100;w=2',
      "x-ratelimit-limit-requests": "100",
    });
    expect(limitHeaders(readLimits("no JSON"), undefined, now)).toEqual({});
  });
});

test("periods are calendar days, weeks from Monday and months, UTC", () => {
  const iso = (period: "DAY" | "WEEK" | "MONTH") =>
    Object.values(periodOf(period, now)).map((at) => new Date(at).toISOString().slice(0, 10));
  expect(iso("DAY")).toEqual(["2026-11-27", "2026-11-28"]);
  expect(iso("WEEK")).toEqual(["2026-11-23", "2026-11-30"]);
  expect(iso("MONTH")).toEqual(["2026-11-01", "2026-12-01"]);
});
