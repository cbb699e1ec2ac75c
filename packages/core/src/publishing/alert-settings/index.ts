import * as v from "valibot";

const Percent = v.pipe(
  v.number(),
  v.check((percent) => percent > 0, "must be more than 0"),
  v.maxValue(100),
);

/** What an owner wants to be told of; `null` is not at all. */
export const Settings = v.strictObject({
  /** Of the requests of the last 15 minutes, how many in a hundred were answered 4xx or 5xx. */
  errorRatePercent: v.optional(v.nullable(Percent), null),
  /** The slowest hundredth of the requests of the last 15 minutes. */
  p99Ms: v.optional(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(900_000))),
    null,
  ),
  /** What the key that used most has used of its quota in the present period. */
  quotaUsedPercent: v.optional(v.nullable(Percent), null),
  /** Cost of the runs of this calendar month, UTC. */
  monthlySpendMicroUsd: v.optional(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1e12))),
    null,
  ),
  /** Who is written to when an alarm of the stack goes off. */
  emails: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.email("must be an e-mail address, such as ann@example.com"),
          v.maxLength(254),
        ),
      ),
      v.maxLength(5),
    ),
    [],
  ),
});
export type Settings = v.InferOutput<typeof Settings>;

export const none: Settings = {
  errorRatePercent: null,
  p99Ms: null,
  quotaUsedPercent: null,
  monthlySpendMicroUsd: null,
  emails: [],
};
