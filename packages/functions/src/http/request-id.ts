import type { MiddlewareHandler } from "hono";

export interface RequestIdEnv {
  Variables: { requestId: string };
}

/** Names each request, in answers and logs: the gateway's own id where there is one. */
export function requestId(
  idOf: (env: unknown) => string | undefined,
): MiddlewareHandler<RequestIdEnv> {
  return async function nameRequest(c, next) {
    const id = idOf(c.env) ?? crypto.randomUUID();
    c.set("requestId", id);
    // Before the answer is made: a header that comes later has the answer made a second time.
    c.header("x-request-id", id);
    await next();
    // An answer that a route made itself takes none of what was said before.
    if (!c.res.headers.has("x-request-id")) c.header("x-request-id", id);
  };
}
