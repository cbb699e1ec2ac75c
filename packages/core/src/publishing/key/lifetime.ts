import type { Clock } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";

/** How long keys of an installation live, in days; `null`: without an end. */
export interface Lifetime {
  /** Where whoever makes one says nothing. */
  defaultDays: number | null;
  /** At most. */
  mostDays: number | null;
}

const dayMs = 86_400_000;

/**
 * When a key ends, RFC 3339: what is asked for, within what the installation allows.
 * @param asked `null`: never; `undefined`: nothing was said.
 * @throws ProblemError `invalid_request`
 */
export function lifetimeOf(
  { clock }: { clock: Clock },
  { defaultDays, mostDays }: Lifetime,
  asked: string | null | undefined,
): string | null {
  const inDays = (days: number) => new Date(clock.now() + days * dayMs).toISOString();
  if (asked === undefined) {
    const days = Math.min(
      defaultDays ?? Number.POSITIVE_INFINITY,
      mostDays ?? Number.POSITIVE_INFINITY,
    );
    return Number.isFinite(days) ? inDays(days) : null;
  }
  // A minute to spare, for a client whose clock is ahead and asks for the longest.
  const isOver =
    asked === null || Date.parse(asked) > clock.now() + (mostDays ?? 0) * dayMs + 60_000;
  if (mostDays === null || !isOver) return asked;
  throw new Problem.ProblemError("invalid_request", {
    message: `expiresAt must be within ${mostDays} days: keys of this installation live no longer.`,
    param: "expiresAt",
  });
}
