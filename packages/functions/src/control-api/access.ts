import * as Caller from "@outlet/core/foundation/caller";
import * as Problem from "@outlet/core/foundation/problem";
import type { MiddlewareHandler } from "hono";
import type { ControlEnv } from "./deps.ts";

/** For members of the group Admin only. */
export function adminOnly(): MiddlewareHandler<ControlEnv> {
  return async function onlyAdmins(c, next) {
    requireAdmin(c.get("caller"));
    await next();
  };
}

/** @throws ProblemError `forbidden` */
export function requireAdmin(caller: Caller.Info): void {
  if (Caller.isAdmin(caller)) return;
  throw new Problem.ProblemError("forbidden", "This is for members of the group Admin.");
}
