import type { EdgeDatabase } from "./database.ts";
import { GatewayRefusal } from "./gateway-responses.ts";
import type { UsagePlan } from "./mount.ts";

type Throttle = NonNullable<UsagePlan["throttle"]>;

interface Bucket {
  throttle: Throttle;
  tokens: number;
  /** The latest arrival it was filled up for. */
  at: number;
}

/** Enforces usage plans: a token bucket per key in memory, a quota per key in the database. */
export class UsagePlans {
  readonly #database: EdgeDatabase;
  readonly #buckets = new Map<string, Bucket>();

  constructor(database: EdgeDatabase) {
    this.#database = database;
  }

  /**
   * Lets one request of a key through and counts it. Refused requests do not count.
   * @param arrivedAt when the request came in. Filling the bucket by that time keeps a burst a
   *   burst, however long the checks before this one take.
   */
  admit(plan: UsagePlan, keyId: string, arrivedAt: number): void {
    if (plan.throttle !== null && !this.#takeToken(plan.id, plan.throttle, keyId, arrivedAt)) {
      throw new GatewayRefusal("THROTTLED");
    }
    if (plan.quota !== null) {
      const used = this.#database.used(plan.id, keyId, periodStart(plan.quota.period, arrivedAt));
      if (used >= plan.quota.limit) throw new GatewayRefusal("QUOTA_EXCEEDED");
    }
    this.#database.count(plan.id, keyId, dayAt(arrivedAt));
    // The answer says what is left, and reads it from the file.
    if (plan.quota !== null) this.#database.flush();
  }

  #takeToken(planId: string, throttle: Throttle, keyId: string, arrivedAt: number): boolean {
    const { burstLimit, rateLimit } = throttle;
    const name = `${planId}/${keyId}`;
    const known = this.#buckets.get(name);
    // New limits begin with a full bucket: the old one's level says nothing of them.
    const bucket =
      known && isSame(known.throttle, throttle)
        ? known
        : { throttle, tokens: burstLimit, at: arrivedAt };
    const elapsedSeconds = Math.max(0, arrivedAt - bucket.at) / 1000;
    bucket.tokens = Math.min(burstLimit, bucket.tokens + elapsedSeconds * rateLimit);
    bucket.at = Math.max(bucket.at, arrivedAt);
    this.#buckets.set(name, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

const isSame = (a: Throttle, b: Throttle): boolean =>
  a.burstLimit === b.burstLimit && a.rateLimit === b.rateLimit;

/**
 * The first day a quota counts now. AWS does not say when a period ends; here it is a calendar
 * period in UTC: a day, a week from Monday, a month from its first day.
 */
function periodStart(period: "DAY" | "WEEK" | "MONTH", now: number): string {
  const date = new Date(now);
  if (period === "WEEK") date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  if (period === "MONTH") date.setUTCDate(1);
  return dayOf(date);
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

const dayMs = 86_400_000;
let latest = { number: Number.NaN, day: "" };

/** The day of a request, which mostly is that of the one before. */
function dayAt(epochMs: number): string {
  const number = Math.floor(epochMs / dayMs);
  if (latest.number !== number) latest = { number, day: dayOf(new Date(epochMs)) };
  return latest.day;
}
