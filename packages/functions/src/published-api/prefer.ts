import * as Problem from "@outlet/core/foundation/problem";

/** Seconds that a request may be held at most; a gateway that buffers gives up after 29. */
const waitMaxSeconds = 25;

/**
 * Seconds that a client would wait for the answer: `Prefer: wait=10` (RFC 7240 §4.3). A preference
 * that cannot be understood is ignored (§2), one that asks for more gets the most there is.
 */
export function preferredWait(prefer: string | undefined): number | undefined {
  for (const preference of (prefer ?? "").split(",")) {
    const [, seconds] = /^\s*wait\s*=\s*"?([0-9]{1,6})"?\s*(;.*)?$/i.exec(preference) ?? [];
    if (seconds === undefined) continue;
    return Number(seconds) === 0 ? undefined : Math.min(Number(seconds), waitMaxSeconds);
  }
  return undefined;
}

/** `?wait=10`; unlike a preference it is part of the request, so a wrong one is an error. */
export function queriedWait(wait: string | undefined): number | undefined {
  if (wait === undefined) return undefined;
  const seconds = /^[0-9]{1,2}$/.test(wait) ? Number(wait) : 0;
  if (seconds >= 1 && seconds <= waitMaxSeconds) return seconds;
  throw new Problem.ProblemError("invalid_request", {
    message: `wait must be a whole number of seconds from 1 to ${waitMaxSeconds}.`,
    param: "wait",
  });
}

/**
 * The value of `Idempotency-Key`: a structured-field string, or bare as most clients send it.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(text)?.[1];
  const value = quoted === undefined ? text : quoted.replace(/\\(["\\])/g, "$1");
  const bare = quoted !== undefined || !/["\\]/.test(text);
  if (bare && value.length >= 1 && value.length <= 255 && /^[\x20-\x7e]*$/.test(value)) {
    return value;
  }
  throw new Problem.ProblemError("invalid_request", {
    message: 'Idempotency-Key must be 1–255 printable ASCII characters, bare or in "quotes".',
    param: "Idempotency-Key",
  });
}
