import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sharesOf } from "./shares.ts";

describe("shares of a total", () => {
  test("add up to the whole, each off by less than a basis point", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 50), { minLength: 1, maxLength: 50 }), (amounts) => {
        const total = amounts.reduce((sum, amount) => sum + amount, 0);
        const shares = sharesOf(amounts);
        const whole = total === 0 ? 0 : 10_000;
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(whole);
        shares.forEach((share, i) => {
          const exact = total === 0 ? 0 : ((amounts[i] ?? 0) / total) * 10_000;
          expect(Math.abs(share - exact)).toBeLessThan(1.000001);
        });
      }),
    );
  });

  test("of thirds are as even as can be", () => {
    expect(sharesOf([1, 1, 1]).toSorted()).toEqual([3_333, 3_333, 3_334]);
    expect(sharesOf([])).toEqual([]);
  });
});
