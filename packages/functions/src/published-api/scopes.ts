import * as Problem from "@outlet/core/foundation/problem";
import type { Key } from "@outlet/core/publishing/key";
import type { MiddlewareHandler } from "hono";
import type { PublishedEnv } from "./identity.ts";

/** What is called, and by whom: no key is kept from that. */
const open = ["/health", "/v1/key", "/openapi.json", "/llms.txt"];

/**
 * Lets a key do only what it was made for, by the method alone, on every face: a new route needs no
 * thought to be kept from a key that may not use it.
 */
export function scoped(): MiddlewareHandler<PublishedEnv> {
  return async function requireScope(c, next) {
    const { scopes } = c.get("client");
    const scope = scopeOf(c.req.method);
    if (!open.includes(c.req.path) && !scopes.split(",").includes(scope)) {
      throw new Problem.ProblemError("scope_missing", {
        message: `This key may not ${doings[scope]}: it lacks the scope "${scope}". It has: ${scopes}.`,
      });
    }
    await next();
  };
}

const doings: Record<Key.Scope, string> = {
  invoke: "send anything",
  read: "read anything",
  delete: "delete anything",
};

function scopeOf(method: string): Key.Scope {
  if (method === "GET" || method === "HEAD") return "read";
  return method === "DELETE" ? "delete" : "invoke";
}
