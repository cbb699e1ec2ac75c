import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluate } from "./expression.ts";
import { CalculationError, toText } from "./rational.ts";

test.each([
  ["0.1 + 0.2", "0.3"],
  ["(19.99 * 3 + 4.5) * 1.19", "76.7193"],
  ["1/3", "about 0.333333333333333333333333333333 (exactly 1/3)"],
  ["-2^2", "-4"],
  ["2^-2", "0.25"],
  ["2^3^2", "512"],
  ["7 % 3", "1"],
  ["-7 % 3", "2"],
  ["round(2.5)", "3"],
  ["round(-2.5)", "-3"],
  ["round(1234.5678, 2)", "1234.57"],
  ["round(1250, -2)", "1300"],
  ["sqrt(2.25)", "1.5"],
  ["max(1, 2.5, -3) - min(4, 0.5)", "2"],
  ["1e3 × 2 ÷ 4 − 1", "499"],
  ["9007199254740993 + 1e-20", "9007199254740993.00000000000000000001"],
  ["floor(-0.5) + ceil(0.2)", "0"],
  [".5+.5", "1"],
])("%s is %s", (expression, value) => {
  expect(toText(evaluate(expression))).toBe(value);
});

test.each([
  "",
  "1 +",
  "(1",
  "1)",
  "1 2",
  "x + 1",
  "constructor(1)",
  "1/0",
  "0^-1",
  "sqrt(-1)",
  "10^10^10",
  "9^9999^2",
  `${"(".repeat(500)}1`,
  `${"-".repeat(500)}1`,
  "1".repeat(3_000),
  "2^0.5",
  "process.exit()",
])("%s is refused with a reason", (expression) => {
  expect(() => evaluate(expression)).toThrow(CalculationError);
});

test("no expression takes long, or fails otherwise", () => {
  const piece = fc.constantFrom(..."0123456789.+-*/^%(),e ".split(""), "sqrt(", "9999", "round(");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      try {
        toText(evaluate(pieces.join("")));
      } catch (error) {
        expect(error).toBeInstanceOf(CalculationError);
      }
    }),
    { numRuns: 500 },
  );
});
