/**
 * What one person has made and begun, held to what an installation allows. What there is is counted;
 * what is done is counted by the day, by one conditional write.
 */
export * as Person from "./index.ts";

import type { Id } from "../../foundation/id/index.ts";
import type { Limits } from "../../foundation/limits/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import { absent, any, below, type Clock, type Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Lease from "../../store/lease/index.ts";

interface Deps {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
}

const words = {
  bots: { what: "bots", next: "Delete one that is not needed." },
  keys: { what: "keys of one bot", next: "Revoke one that is not needed." },
  publications: { what: "published bots", next: "Unpublish one that is not needed." },
  testsPerDay: { what: "questions in playgrounds a day", next: "Go on tomorrow." },
  uploadsPerDay: { what: "uploads a day", next: "Go on tomorrow." },
} satisfies Record<keyof Limits.Caps, { what: string; next: string }>;

function reached(of: keyof Limits.Caps, most: number): Problem.ProblemError {
  const { what, next } = words[of];
  return new Problem.ProblemError("limit_reached", {
    message: `This installation allows ${most} ${what} for each person. ${next}`,
    extra: { limit: of, most },
  });
}

const triesMax = 300;
const pauseMs = 50;
/** Longer than making one thing takes. */
const leaseMs = 30_000;

/**
 * Makes one more of what a person may only have so many of. One after the other for each place: what
 * is counted is what there is when the new one is made.
 * @param count how many there are; no further than `most` has to be counted.
 * @throws ProblemError `limit_reached`; `conflict` where others keep making them.
 */
export async function makeWithin<T>(
  deps: Deps,
  { of, place, most }: { of: "bots" | "keys" | "publications"; place: string; most: number },
  count: (most: number) => Promise<number>,
  make: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; tries < triesMax; tries++) {
    const made = await Lease.alone(deps, Layout.making(of, place), leaseMs, async () => {
      if ((await count(most)) >= most) throw reached(of, most);
      return { one: await make() };
    });
    if (made) return made.one;
    await deps.clock.sleep(pauseMs);
  }
  throw new Problem.ProblemError("conflict", {
    message: "Others of the same kind are being made. Repeat it.",
    retryAfter: 2,
  });
}

/** Begins one more of what a person may only do so often a day. @throws ProblemError `limit_reached` (429) */
export async function beginWithin(
  { table, clock }: Pick<Deps, "table" | "clock">,
  of: "testsPerDay" | "uploadsPerDay",
  userId: string,
  most: number,
): Promise<void> {
  const now = clock.now();
  const key = Layout.doneToday(userId, of, new Date(now).toISOString().slice(0, 10));
  const set = { expiresAt: Layout.expiryAfter(clock, 3 * 86_400) };
  const free = any(absent("done"), below("done", most));
  if (most > 0 && (await table.update(key, { add: { done: 1 }, set }, free))) return;
  const { message, extra } = reached(of, most).detail;
  const retryAfter = Math.ceil((86_400_000 - (now % 86_400_000)) / 1_000);
  throw new Problem.ProblemError("limit_reached", {
    message,
    status: 429,
    retryAfter,
    ...(extra && { extra }),
  });
}
