import type { MiddlewareHandler } from "hono";

export interface RequestIdEnv {
  Variables: { requestId: string; docsUrl?: string | undefined };
}

/**
 * Names each request, in answers and logs: the gateway's own id where there is one.
 * @param docsUrl where its errors are written about.
 */
export function requestId(
  idOf: (env: unknown) => string | undefined,
  docsUrl: string | undefined,
): MiddlewareHandler<RequestIdEnv> {
  return async function nameRequest(c, next) {
    const id = idOf(c.env) ?? crypto.randomUUID();
    c.set("requestId", id);
    c.set("docsUrl", docsUrl);
    await next();
    c.header("x-request-id", id);
  };
}
