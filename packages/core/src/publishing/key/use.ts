import { absent, any, below, type Clock, type Table } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Layout from "../../store/layout/index.ts";
import { periodAt } from "../budget/limit.ts";
import type { Quota, Throttle } from "./limits.ts";

interface Deps {
  table: Table;
  clock: Clock;
}

interface Place {
  botId: string;
  keyId: string;
}

/** Limits of a key below those of its publication, which the gateway holds. */
export interface OwnLimits {
  throttle: Throttle | null;
  quota: Quota | null;
}

const perMs = 1_000;

/**
 * Takes one request off a key's own rate, by the generic cell rate algorithm: `next` is when a bucket
 * that is never refilled in advance would be full again, in microseconds. One write, two where the
 * key was used just before; whoever comes at once, the table puts in order.
 * https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 * @throws ProblemError `rate_exceeded`
 */
export async function takeRate(deps: Deps, place: Place, throttle: Throttle): Promise<void> {
  const key = Layout.keyRate(place.botId, place.keyId);
  const now = deps.clock.now() * perMs;
  const every = Math.ceil(1e6 / throttle.rateLimit);
  const fresh = { set: { next: now + every, expiresAt: Layout.expiryAfter(deps.clock, 86_400) } };
  if (await deps.table.update(key, fresh, any(absent("next"), below("next", now)))) return;
  const full = now + (throttle.burstLimit - 1) * every;
  if (await deps.table.update(key, { add: { next: every } }, below("next", full + 1))) return;
  throw new Problem.ProblemError("rate_exceeded", {
    message: `This key may send ${throttle.rateLimit} requests a second, ${throttle.burstLimit} at once.`,
    retryAfter: Math.max(1, Math.ceil(every / 1e6)),
  });
}

/**
 * Takes one request off a key's own quota.
 * @returns how many it has used in this period, with this one.
 * @throws ProblemError `quota_exceeded`
 */
export async function takeQuota(deps: Deps, place: Place, quota: Quota): Promise<number> {
  const now = deps.clock.now();
  const { name, to } = periodAt(quota.period, now);
  const end = to ?? now;
  const item = await deps.table.update(
    Layout.keyQuota(place.botId, place.keyId, name),
    { add: { used: 1 }, set: { expiresAt: Math.ceil(end / 1000) + 86_400 } },
    any(absent("used"), below("used", quota.limit)),
  );
  if (typeof item?.used === "number") return item.used;
  throw new Problem.ProblemError("quota_exceeded", {
    message: `This key has used its ${quota.limit} requests. It begins anew at ${new Date(end).toISOString()}.`,
    retryAfter: Math.max(1, Math.ceil((end - now) / 1000)),
  });
}

/** What a key has used of its own quota in this period. */
export async function usedOfQuota(deps: Deps, place: Place, quota: Quota): Promise<number> {
  const { name } = periodAt(quota.period, deps.clock.now());
  const item = await deps.table.get(Layout.keyQuota(place.botId, place.keyId, name));
  return typeof item?.used === "number" ? item.used : 0;
}
