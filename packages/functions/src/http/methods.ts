import type { Hono, Env } from "hono";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Which methods an app's routes know for a path; middleware does not count. */
export function methodsOf<E extends Env>(app: Hono<E>): (path: string) => string[] {
  return (path) =>
    methods.filter((method) =>
      app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
    );
}
