import * as Key from "@outlet/core/publishing/key";
import type { QuotaCounters } from "@outlet/core/ports";
import type { MiddlewareHandler } from "hono";
import * as v from "valibot";
import * as Members from "@outlet/core/foundation/members";
import type { PublishedApiDeps } from "./deps.ts";
import type { PublishedEnv } from "./identity.ts";

const Throttle = v.nullable(v.object({ burstLimit: v.number(), rateLimit: v.number() }));
const Quota = v.nullable(
  v.object({ limit: v.number(), period: v.picklist(["DAY", "WEEK", "MONTH"]) }),
);

const Limits = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    throttle: Throttle,
    quota: Quota,
    /** What the gateway's counters are found by. */
    stack: v.nullable(Members.of(v.string(), v.string())),
    /** What the key has of its own, below those: held here, as the gateway knows one plan alone. */
    own: v.optional(v.object({ throttle: Throttle, quota: Quota })),
  }),
);
export type Limits = v.InferOutput<typeof Limits>;
type Period = NonNullable<Limits["quota"]>["period"];

const none: Limits = { throttle: null, quota: null, stack: null };

/** The limits of the calling key, as the authorizer gave them. */
export function readLimits(text = ""): Limits {
  const before = known.get(text);
  if (before !== undefined) return before;
  const parsed = v.safeParse(Limits, text);
  const limits = parsed.success ? parsed.output : none;
  if (known.size >= knownMax) known.clear();
  known.set(text, limits);
  return limits;
}

/** Each request has them as text, and one key's mostly are those of the request before. */
const known = new Map<string, Limits>();
const knownMax = 500;

const daySeconds = 86_400;
const periodSeconds = { DAY: daySeconds, WEEK: 7 * daySeconds, MONTH: 30 * daySeconds };

/** When the present period began and ends, epoch milliseconds, UTC; a week begins on Monday. */
export function periodOf(period: Period, now: number): { from: number; to: number } {
  const date = new Date(now);
  const [year, month, today] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (period === "MONTH") {
    return { from: Date.UTC(year, month, 1), to: Date.UTC(year, month + 1, 1) };
  }
  const first = period === "DAY" ? today : today - ((date.getUTCDay() + 6) % 7);
  const days = period === "DAY" ? 1 : 7;
  return { from: Date.UTC(year, month, first), to: Date.UTC(year, month, first + days) };
}

const dayOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

/** Requests of a key in the present period; `undefined` where nobody here counts them. */
export async function usedOf(
  counters: QuotaCounters | undefined,
  { quota, stack }: Limits,
  keyId: string,
  now: number,
): Promise<number | undefined> {
  if (!counters || !quota || !stack) return undefined;
  const { from } = periodOf(quota.period, now);
  const uses = await counters.used(stack, { from: dayOf(from), to: dayOf(now) });
  return uses.reduce((sum, use) => sum + (use.keyId === keyId ? use.used : 0), 0);
}

/**
 * What a key may do, in the words of the IETF's draft and of OpenAI.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 * @param used requests in the present period, where they are known.
 */
export function limitHeaders(
  { throttle, quota }: Limits,
  used: number | undefined,
  now: number,
): Record<string, string> {
  const policies: string[] = [];
  if (throttle) {
    const { burstLimit, rateLimit } = throttle;
    policies.push(`"burst";q=${burstLimit};w=${Math.max(1, Math.ceil(burstLimit / rateLimit))}`);
  }
  if (quota) policies.push(`"quota";q=${quota.limit};w=${periodSeconds[quota.period]}`);
  if (policies.length === 0) return {};
  const headers: Record<string, string> = {
    "RateLimit-Policy": policies.join(", "),
    "x-ratelimit-limit-requests": String(quota?.limit ?? throttle?.burstLimit),
  };
  if (!quota || used === undefined) return headers;
  const left = Math.max(0, quota.limit - used);
  const seconds = Math.ceil((periodOf(quota.period, now).to - now) / 1_000);
  return {
    ...headers,
    RateLimit: `"quota";r=${left};t=${seconds}`,
    "x-ratelimit-remaining-requests": String(left),
    "x-ratelimit-reset-requests": `${seconds}s`,
  };
}

/** The limits that a key meets first: its own where it has any. */
export const effectiveOf = ({ throttle, quota, own }: Limits) => ({
  throttle: own?.throttle ?? throttle,
  quota: own?.quota ?? quota,
});

/**
 * Takes a request off what the key has of its own.
 * @returns what it has used of its own quota; `undefined` where it has none.
 * @throws ProblemError `rate_exceeded`, `quota_exceeded`
 */
async function useOwn(
  deps: Pick<PublishedApiDeps, "table" | "clock">,
  { own }: Limits,
  place: { botId: string; keyId: string },
): Promise<number | undefined> {
  if (!own) return undefined;
  if (own.throttle) await Key.takeRate(deps, place, own.throttle);
  return own.quota ? Key.takeQuota(deps, place, own.quota) : undefined;
}

/** Holds the calling key to its own limits, and says on every answer what it may do. */
export function limits({
  table,
  quotaCounters,
  clock,
}: Pick<PublishedApiDeps, "table" | "quotaCounters" | "clock">): MiddlewareHandler<PublishedEnv> {
  return async function sayLimits(c, next) {
    const { botId, keyId, limits: text } = c.get("client");
    const known = readLimits(text);
    const now = clock.now();
    const used = await useOwn({ table, clock }, known, { botId, keyId });
    const effective = { ...known, ...effectiveOf(known) };
    const all = used ?? (await usedOf(quotaCounters, known, keyId, now));
    // Before the answer: one that streams has said its headers long before its end.
    for (const [name, value] of Object.entries(limitHeaders(effective, all, now))) {
      c.header(name, value);
    }
    await next();
  };
}
