import * as v from "valibot";

const Period = v.picklist(["DAY", "WEEK", "MONTH", "TOTAL"]);
export type Period = v.InferOutput<typeof Period>;

/**
 * What may be spent at most, UTC periods: of money, of runs, or both. What was begun in a period
 * counts there, whenever it ends.
 */
export const Limit = v.pipe(
  v.strictObject({
    period: Period,
    /** Micro-USD of model tokens. */
    spendMicroUsd: v.optional(
      v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1e12))),
      null,
    ),
    /** Runs that were answered; one that failed or was cancelled is none. */
    runs: v.optional(
      v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_147_483_647))),
      null,
    ),
  }),
  v.check(
    ({ spendMicroUsd, runs }) => spendMicroUsd !== null || runs !== null,
    "must limit spendMicroUsd, runs or both",
  ),
);
export type Limit = v.InferOutput<typeof Limit>;

/**
 * The period that a time lies in: its name, and when it began and ends, epoch milliseconds. A week
 * begins on Monday; `TOTAL` never ends.
 */
export function periodAt(
  period: Period,
  at: number,
): { name: string; from: number; to: number | null } {
  if (period === "TOTAL") return { name: "TOTAL", from: 0, to: null };
  const date = new Date(at);
  const [year, month, today] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  const day = period === "MONTH" ? 1 : period === "WEEK" ? today - sinceMonday : today;
  const from = Date.UTC(year, month, day);
  const to =
    period === "MONTH"
      ? Date.UTC(year, month + 1)
      : Date.UTC(year, month, day + (period === "WEEK" ? 7 : 1));
  return { name: `${period}#${new Date(from).toISOString().slice(0, 10)}`, from, to };
}
