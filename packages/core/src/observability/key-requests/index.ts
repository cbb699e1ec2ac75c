/** What the gateway counted by key: requests that it let through, by the day (UTC). */
export * as KeyRequests from "./index.ts";

import type { Clock, KeyUse, QuotaCounters } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import type { Publication } from "../../publishing/publication/index.ts";

const dayMs = 86_400_000;

/** API Gateway answers for no more at once. */
const daysMax = 90;

interface Deps {
  quotaCounters: QuotaCounters;
  clock: Clock;
}

/** `2026-11-22`, UTC. */
export const dayOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

/** Days, both inclusive. */
export interface Days {
  from: string;
  to: string;
}

/**
 * The days that a range touches; the last seven where nothing is said.
 * @throws ProblemError `invalid_request`
 */
export function toDays(
  query: { from?: number | undefined; to?: number | undefined },
  now: number,
): Days {
  const to = Math.min(query.to ?? now, now);
  const from = query.from ?? to - 6 * dayMs;
  if (!(from < to)) throw invalid("from must be before to, and not in the future.");
  if (to - from > daysMax * dayMs) throw invalid(`Ask for ${daysMax} days at most.`);
  return { from: dayOf(from), to: dayOf(to - 1) };
}

/** Requests by key and day; only where there were any. */
export async function list(
  { quotaCounters }: Pick<Deps, "quotaCounters">,
  { stack }: Publication.Info,
  days: Days,
): Promise<KeyUse[]> {
  if (!stack) return [];
  const uses = await quotaCounters.used(stack, days);
  return uses.toSorted((a, b) => (a.day + a.keyId < b.day + b.keyId ? -1 : 1));
}

/** Requests of the present day (UTC) by key. */
export async function today(
  deps: Deps,
  publication: Publication.Info,
): Promise<ReadonlyMap<string, number>> {
  const day = dayOf(deps.clock.now());
  return byKey(await list(deps, publication, { from: day, to: day }));
}

export function byKey(uses: readonly KeyUse[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { keyId, used } of uses) sums.set(keyId, (sums.get(keyId) ?? 0) + used);
  return sums;
}

const invalid = (message: string) =>
  new Problem.ProblemError("invalid_request", { message, param: "from" });
