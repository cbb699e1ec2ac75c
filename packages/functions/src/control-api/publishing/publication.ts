import * as Bot from "@outlet/core/bots/bot";
import type { Caller } from "@outlet/core/foundation/caller";
import * as Publication from "@outlet/core/publishing/publication";
import * as Webhook from "@outlet/core/publishing/webhook";
import * as TestRun from "@outlet/core/bots/test-run";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { audited } from "../audited.ts";
import { capped } from "../caps.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { body } from "../input.ts";
import { answers } from "../openapi.ts";
import { publicationView } from "../views.ts";

export const publicationRoutes = (deps: ControlApiDeps) => {
  const view = async (
    bot: Bot.Info,
    caller: Caller.Info,
    publication: Publication.Info | undefined,
  ) => {
    const test = await TestRun.fromBot(deps.table, bot.botId);
    const prerequisites = Publication.prerequisites(bot, caller, deps.catalog, test);
    return publicationView(bot.botId, publication, prerequisites, deps.endpointOf);
  };
  /** @returns the secret, this once, where the webhook is the first. */
  const prepareWebhook = async ({ botId }: Bot.Info) => {
    await Webhook.enable(deps.table, botId);
    return Webhook.prepare(deps, botId);
  };
  return new Hono<ControlEnv>()
    .get(
      "/bots/:botId/publication",
      describeRoute({
        summary: "Settings, state, progress, endpoint and prerequisites",
        tags: ["publication"],
      }),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        return c.json(await view(bot, caller, await Publication.fromBot(deps.table, bot.botId)));
      },
    )
    .post(
      "/bots/:botId/publication",
      describeRoute({
        summary: "Publish the bot as an API of its own",
        tags: ["publication"],
        responses: answers(202),
      }),
      audited(deps, "publication.publish", "publication"),
      body(Publication.Publish),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        const input = c.req.valid("json");
        const begun = await capped(
          deps,
          { of: "publications", owner: bot.ownerId, except: bot.botId },
          () => Publication.publish(deps, caller, bot, input),
        );
        // Whatever is left of a publication before is not this one's.
        await Webhook.remove(deps.table, bot.botId);
        const webhookSecret = begun.webhook && (await Webhook.prepare(deps, bot.botId));
        return c.json({ ...(await view(bot, caller, begun)), webhookSecret }, 202);
      },
    )
    .patch(
      "/bots/:botId/publication",
      describeRoute({
        summary: "Change limits and origins in place; endpoint and keys stay",
        tags: ["publication"],
        responses: answers(202),
      }),
      audited(deps, "publication.update", "publication"),
      body(Publication.Edit),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        const input = c.req.valid("json");
        const begun = await Publication.update(deps, caller, bot, input);
        const webhookSecret = input.webhook ? await prepareWebhook(bot) : null;
        return c.json({ ...(await view(bot, caller, begun)), webhookSecret }, 202);
      },
    )
    .post(
      "/bots/:botId/publication/pause",
      describeRoute({
        summary: "Answer every request with 503 until resumed",
        tags: ["publication"],
      }),
      audited(deps, "publication.pause", "publication"),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        return c.json(await view(bot, caller, await Publication.pause(deps, caller, bot)));
      },
    )
    .post(
      "/bots/:botId/publication/resume",
      describeRoute({ summary: "End a pause", tags: ["publication"] }),
      audited(deps, "publication.resume", "publication"),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        return c.json(await view(bot, caller, await Publication.resume(deps, caller, bot)));
      },
    )
    .delete(
      "/bots/:botId/publication",
      describeRoute({
        summary: "Unpublish: removes the endpoint and all keys, for good",
        tags: ["publication"],
        responses: answers(202),
      }),
      audited(deps, "publication.unpublish", "publication"),
      body(Publication.Unpublish),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        const begun = await Publication.unpublish(deps, caller, bot, c.req.valid("json"));
        return c.json(await view(bot, caller, begun), 202);
      },
    );
};
