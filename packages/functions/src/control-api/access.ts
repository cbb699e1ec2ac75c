import { Bot } from "@outlet/core/bots/bot";
import { Caller } from "@outlet/core/foundation/caller";
import type { Table } from "@outlet/core/ports";
import { Problem } from "@outlet/core/foundation/problem";
import type { MiddlewareHandler } from "hono";
import type { ControlEnv } from "./deps.ts";

/**
 * The bot, for an owner who may publish, or an administrator. Being able to see a bot grants nothing
 * about its publication.
 * @throws ProblemError `not_found`, `publish_not_allowed`
 */
export async function publishableBy(
  table: Table,
  caller: ControlEnv["Variables"]["caller"],
  botId: string,
): Promise<Bot.Info> {
  const bot = await Bot.ownedBy(table, caller, botId);
  if (caller.mayPublish) return bot;
  throw new Problem.ProblemError(
    "publish_not_allowed",
    "Only members of the group PublishAllowed see what a bot's API does. Ask an administrator.",
  );
}

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
