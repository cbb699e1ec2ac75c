import * as Problem from "@outlet/core/foundation/problem";
import type { Key } from "@outlet/core/publishing/key";
import type { Context, MiddlewareHandler } from "hono";
import { wholeText } from "../http/whole.ts";
import type { PublishedApiDeps } from "./deps.ts";
import type { PublishedEnv } from "./identity.ts";
import { preferredWait } from "./prefer.ts";

/** A little more than a preference is heeded at most. */
const preferenceMs = 30_000;

/**
 * Lets so many wait with one key and no more, for each holds a process: one key would otherwise take
 * all that there are. Who is too much and would have waited is answered at once, as to a poll; who can
 * only be answered by being held is refused before anything is accepted.
 */
export function waiting({
  waiters,
  policy,
}: Pick<PublishedApiDeps, "waiters" | "policy">): MiddlewareHandler<PublishedEnv> {
  return async function holdPlace(c, next) {
    const kind = waiters ? kindOf(c) : "none";
    if (!waiters || kind === "none") return next();
    const forMs = kind === "held" ? policy.holdMaxMs : preferenceMs;
    const leave = await waiters.enter(c.get("client"), forMs);
    if (!leave && kind === "held") throw tooMany();
    if (!leave) {
      c.set("mayNotWait", true);
      await next();
      if (!c.res.headers.has("Retry-After")) c.header("Retry-After", "1");
      return;
    }
    try {
      await next();
    } catch (error) {
      await leave();
      throw error;
    }
    // What is there as a whole holds nothing; without a body it is out already, and no 204 with one.
    if (wholeText(c.res) !== undefined || c.res.body === null) await leave();
    else c.res = leavingAtEnd(c.res, c.res.body.getReader(), leave);
  };
}

/** How a request waits: as it prefers, until its answer is there, or not at all. */
function kindOf(c: Context<PublishedEnv>): "none" | "preference" | "held" {
  const { method, path } = c.req;
  const isSending =
    method === "POST" && /^\/(v1\/(chat\/completions|responses)|mcp)\/?$/.test(path);
  const isStream = /\btext\/event-stream\b/.test(c.req.header("accept") ?? "");
  const isEvents = method === "GET" && /^\/conversation\/[^/]+\/[^/]+\/events\/?$/.test(path);
  if (isSending || isEvents || c.req.query("stream") === "true") return "held";
  if (isStream && method === "POST") return "held";
  const asks = c.req.query("wait") !== undefined || preferredWait(c.req.header("prefer"));
  return asks && path.startsWith("/conversation") ? "preference" : "none";
}

const tooMany = () =>
  new Problem.ProblemError("rate_exceeded", {
    message: "Too many calls wait for answers with this key. Send again when some have ended.",
    retryAfter: 2,
  });

/** The answer as it is, whose place is left when all of it is out, or nobody takes it any more. */
function leavingAtEnd(
  response: Response,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  leave: Key.Leave,
): Response {
  const passed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      await leave();
    },
    async cancel(reason) {
      await Promise.all([reader.cancel(reason), leave()]);
    },
  });
  return new Response(passed, response);
}
