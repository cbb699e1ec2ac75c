import * as Problem from "@outlet/core/foundation/problem";
import type { MiddlewareHandler } from "hono";

/** Bytes of one segment of a path: 128 characters of a conversation's id, four bytes each. */
const segmentBytesMax = 512;

/** Nothing has a longer id, and stores refuse to look for one. */
export function boundedPath(): MiddlewareHandler {
  return async function boundPath(c, next) {
    if (new URL(c.req.url).pathname.split("/").some(isTooLong)) {
      const message = `Nothing has an id of more than ${segmentBytesMax} bytes.`;
      throw new Problem.ProblemError("not_found", message);
    }
    await next();
  };
}

function isTooLong(segment: string): boolean {
  // Each byte takes three characters at most.
  if (segment.length > segmentBytesMax * 3) return true;
  return Buffer.byteLength(decoded(segment)) > segmentBytesMax;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not percent-encoded UTF-8: taken as it came.
    return segment;
  }
}

/** What was answered is of one caller, and for nobody to keep or to take for something else. */
export function guardedAnswers(): MiddlewareHandler {
  return async function guardAnswers(c, next) {
    await next();
    if (!c.res.headers.has("cache-control")) c.header("Cache-Control", "private, no-store");
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Cross-Origin-Resource-Policy", "same-origin");
  };
}
