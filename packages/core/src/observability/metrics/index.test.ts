import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Metrics } from "./index.ts";

const now = Date.parse("2026-11-22T12:34:56Z");
const day = 86_400_000;
const ago = (days: number) => now - days * day;

describe("a range of metrics", () => {
  test("is the last day where nothing is said, in whole periods", () => {
    const { from, to, periodSeconds } = Metrics.toRange({}, now);
    expect(periodSeconds).toBe(300);
    expect([new Date(from).toISOString(), new Date(to).toISOString()]).toEqual([
      "2026-11-21T12:30:00.000Z",
      "2026-11-22T12:35:00.000Z",
    ]);
  });

  test("gets a period that gives as many points as a chart is wide", () => {
    const periodOf = (days: number) => Metrics.toRange({ from: ago(days) }, now).periodSeconds;
    expect([0.1, 1, 3, 7, 30, 200].map(periodOf)).toEqual([60, 300, 900, 3_600, 21_600, 86_400]);
  });

  test("is always one that the store has, of whole periods, and within the limit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60_000, max: 455 * day }),
        fc.integer({ min: 60_000, max: 400 * day }),
        fc.option(fc.constantFrom(...Metrics.periods), { nil: undefined }),
        (sinceFrom, length, periodSeconds) => {
          const from = now - sinceFrom;
          const asked = { from, to: from + length, periodSeconds };
          let range;
          try {
            range = Metrics.toRange(asked, now);
          } catch (error) {
            expect(error).toMatchObject({ code: "invalid_request" });
            return;
          }
          const step = range.periodSeconds * 1000;
          expect(range.from % step).toBe(0);
          expect((range.to - range.from) % step).toBe(0);
          expect(range.from).toBeLessThanOrEqual(from);
          expect((range.to - range.from) / step).toBeLessThanOrEqual(Metrics.pointsMax);
          expect(step).toBeGreaterThanOrEqual((Metrics.finestPeriod(from, now) ?? 0) * 1000);
        },
      ),
    );
  });

  test("is refused where the figures are not kept, or too many", () => {
    const refusal = (query: object) => () => Metrics.toRange(query, now);
    expect(refusal({ from: ago(20), periodSeconds: 60 })).toThrow("by 300 s");
    expect(refusal({ from: ago(100), to: ago(99), periodSeconds: 900 })).toThrow("by 3600 s");
    expect(refusal({ from: ago(500) })).toThrow("455 days");
    expect(refusal({ from: now + day })).toThrow("before to");
    expect(refusal({ from: ago(10), periodSeconds: 60 })).toThrow("1500 points");
  });

  test("has every period on its axis, known or not", () => {
    const range = { from: 0, to: 180_000, periodSeconds: 60 };
    const point = { at: 60_000, requests: 1 } as never;
    expect(Metrics.onAxis(range, [point])).toEqual([
      { at: 0, point: undefined },
      { at: 60_000, point },
      { at: 120_000, point: undefined },
    ]);
  });
});

describe("quantiles", () => {
  const values = fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 1, maxLength: 400 });

  test("are within half a percent, however they were merged and stored", () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (parts) => {
        const merged = new Metrics.Quantiles();
        for (const part of parts) {
          const one = new Metrics.Quantiles();
          for (const ms of part) one.add(ms);
          merged.merge(one.encode());
        }
        const all = parts.flat().sort((a, b) => a - b);
        expect(merged.count).toBe(all.length);
        for (const percent of [0, 7, 50, 90, 99, 100]) {
          const exact = all[Math.max(0, Math.ceil((percent * all.length) / 100) - 1)] ?? 0;
          expect(Math.abs((merged.at(percent / 100) ?? -1) - exact)).toBeLessThanOrEqual(
            exact * 0.005 + 1e-9,
          );
        }
      }),
    );
  });

  test("of few values are among them: the 99th percentile of three is the largest", () => {
    const few = new Metrics.Quantiles();
    for (const ms of [0, 100, 1_200]) few.add(ms);
    const at = (q: number) => Math.round(few.at(q) ?? -1);
    expect([at(0), at(0.33), at(0.5), at(0.66)]).toEqual([0, 0, 100, 100]);
    expect(Math.abs(at(0.99) - 1_200)).toBeLessThan(12);
    expect(at(0.67)).toBe(at(0.99));
  });

  test("of nothing are unknown", () => {
    expect(new Metrics.Quantiles().at(0.5)).toBeNull();
  });

  test("take a few hundred bytes, and counts above 32 bits", () => {
    const many = new Metrics.Quantiles();
    for (let i = 0; i < 1_000; i++) many.add(50 + i);
    expect(many.encode().length).toBeLessThan(700);
    const twice = new Metrics.Quantiles();
    for (let i = 0; i < 33; i++) {
      twice.add(1);
      twice.merge(twice.encode());
    }
    const stored = new Metrics.Quantiles();
    stored.merge(twice.encode());
    expect(stored.count).toBe(2 ** 34 - 2);
  });
});

describe("patterns", () => {
  const at = (text: string, requests = 1) => ({ at: Date.parse(text), requests });
  const busy = (counts: { at: number; requests: number }[], zone: string) =>
    Metrics.toCells(counts, Metrics.createLocalClock(zone))
      .filter(({ requests }) => requests > 0)
      .map(({ weekday, hour, requests }) => [weekday, hour, requests]);

  test("are told by the clock on the wall, across the change to summer time", () => {
    // Clocks in Berlin went forward on Sunday 29 March 2026.
    const counts = [at("2026-03-22T07:00Z"), at("2026-03-29T06:00Z"), at("2026-03-29T07:00Z")];
    expect(busy(counts, "Europe/Berlin")).toEqual([
      [7, 8, 2],
      [7, 9, 1],
    ]);
    expect(busy(counts, "UTC")).toEqual([
      [7, 6, 1],
      [7, 7, 2],
    ]);
  });

  test("have both hours that have the same name when clocks are set back", () => {
    // In Berlin it was 2:30 twice on Sunday 25 October 2026.
    const counts = [
      at("2026-10-25T00:30Z", 3),
      at("2026-10-25T01:30Z", 4),
      at("2026-10-25T02:30Z"),
    ];
    expect(busy(counts, "Europe/Berlin")).toEqual([
      [7, 2, 7],
      [7, 3, 1],
    ]);
  });

  test("fall on the right side of midnight and of the quarter", () => {
    expect(busy([at("2026-11-22T23:30Z")], "Pacific/Auckland")).toEqual([[1, 12, 1]]);
    expect(busy([at("2026-11-22T18:00Z"), at("2026-11-22T18:15Z")], "Asia/Kathmandu")).toEqual([
      [1, 0, 1],
      [7, 23, 1],
    ]);
  });

  test("are counted by the quarter only where the zone asks for it", () => {
    const hours = { from: Date.parse("2026-11-15T00:00Z"), to: Date.parse("2026-11-22T00:00Z") };
    const period = (zone: string, finest = 300) => {
      const counting = Metrics.countingRange(hours, Metrics.createLocalClock(zone), finest);
      return [counting.range.periodSeconds, counting.exact];
    };
    expect(period("Europe/Berlin")).toEqual([3_600, true]);
    expect(period("Asia/Kolkata")).toEqual([900, true]);
    expect(period("Asia/Kolkata", 3_600)).toEqual([3_600, false]);
  });

  test("have 168 cells, and need a zone that exists", () => {
    expect(Metrics.toCells([], Metrics.createLocalClock("UTC"))).toHaveLength(168);
    expect(() => Metrics.createLocalClock("Mars/Olympus")).toThrow("IANA");
  });
});
