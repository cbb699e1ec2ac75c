import type { Bot } from "@outlet/core/bots/bot";
import * as Publication from "@outlet/core/publishing/publication";
import type { Context } from "hono";
import type { ControlApiDeps, ControlEnv } from "./deps.ts";

/**
 * The bot that the route names, where the caller may act on its publication.
 * @throws ProblemError as `Publication.publishableBy`
 */
export const publishable = (
  deps: Pick<ControlApiDeps, "table">,
  c: Context<ControlEnv, "/bots/:botId/*">,
  to: Parameters<typeof Publication.publishableBy>[3],
): Promise<Bot.Info> =>
  Publication.publishableBy(deps.table, c.get("caller"), c.req.param("botId"), to);
