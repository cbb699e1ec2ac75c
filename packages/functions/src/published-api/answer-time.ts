import * as Problem from "@outlet/core/foundation/problem";
import type { MiddlewareHandler } from "hono";

/**
 * Whatever is not a stream is answered within a minute: the function may run for as long as a stream
 * may take, and a request that hangs would be paid for all that time. A stream, and what is kept
 * alive by white space, has begun its answer long before.
 */
export const answeredInTime = (limitMs = 60_000): MiddlewareHandler =>
  async function answerInTime(_c, next) {
    const overdue = Promise.withResolvers<never>();
    const timer = setTimeout(() => overdue.reject(tooLate(limitMs)), limitMs);
    // It keeps no process going that has nothing else to do.
    timer.unref();
    try {
      await Promise.race([next(), overdue.promise]);
    } finally {
      clearTimeout(timer);
    }
  };

const tooLate = (limitMs: number): Error =>
  new Problem.ProblemError("service_unavailable", {
    message: `It took longer than ${limitMs / 1000} s to answer, and whether the request was carried out is not known. Send it again, with the same Idempotency-Key where it changes something.`,
    retryAfter: 2,
  });
