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
    await next();
    c.header("x-request-id", id);
  };
}
