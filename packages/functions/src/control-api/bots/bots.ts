import * as Bot from "@outlet/core/bots/bot";
import * as Caller from "@outlet/core/foundation/caller";
import * as Knowledge from "@outlet/core/bots/knowledge";
import * as Owner from "@outlet/core/bots/owner";
import type { Table } from "@outlet/core/ports";
import * as Problem from "@outlet/core/foundation/problem";
import * as Publication from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { audited, tell } from "../audited.ts";
import { capped } from "../caps.ts";
import { reading } from "../audited-reads.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { requireAdmin } from "../access.ts";
import { body, Paging, query } from "../input.ts";
import { answers } from "../openapi.ts";
import { botView } from "../views.ts";

const List = v.object({
  ...Paging.entries,
  /** Whose bots: all that are one's own or shared, one's own, the shared, or (Admin) anyone's. */
  of: v.optional(v.picklist(["all", "me", "everyone", "anyone"]), "all"),
});

type Listed = v.InferOutput<typeof List>;

/** @throws ProblemError `forbidden` */
function list(table: Table, caller: Caller.Info, { of, ...paging }: Listed): Promise<Bot.Listing> {
  switch (of) {
    case "all":
      return Bot.listVisible(table, caller.userId, paging);
    case "me":
      return Bot.listOwned(table, caller.userId, paging);
    case "everyone":
      return Bot.listPublic(table, paging);
    case "anyone":
      requireAdmin(caller);
      return Bot.listEvery(table, paging);
  }
}

/** What the owners of bots are called: for administrators, who have to know whose bot it is. */
async function ownersOf(
  table: Table,
  caller: Caller.Info,
  bots: readonly Bot.Info[],
): Promise<Map<string, string>> {
  if (!Caller.isAdmin(caller)) return new Map();
  return Owner.namesOf(
    table,
    bots.map(({ ownerId }) => ownerId),
  );
}

export const botRoutes = (deps: ControlApiDeps) =>
  new Hono<ControlEnv>()
    .get(
      "/bots",
      describeRoute({ summary: "List bots, newest first", tags: ["bots"] }),
      query(List),
      async (c) => {
        const caller = c.get("caller");
        const listing = await list(deps.table, caller, c.req.valid("query"));
        // Who made bots before there was a list of owners gets into it, and a changed name with him.
        if (listing.bots.some(({ ownerId }) => ownerId === caller.userId)) {
          await Owner.note(deps.table, caller);
        }
        const owners = await ownersOf(deps.table, caller, listing.bots);
        const publications = await Promise.all(
          listing.bots.map(async (bot) =>
            Bot.mayChange(bot, caller) ? Publication.fromBot(deps.table, bot.botId) : undefined,
          ),
        );
        return c.json({
          bots: listing.bots.map((bot, i) => botView(bot, caller, publications[i], owners)),
          cursor: listing.cursor,
        });
      },
    )
    .post(
      "/bots",
      describeRoute({ summary: "Create a bot", tags: ["bots"], responses: answers(201) }),
      audited(deps, "bot.create", "bot"),
      body(Bot.Create),
      async (c) => {
        const caller = c.get("caller");
        const input = c.req.valid("json");
        const bot = await capped(deps, { of: "bots", owner: caller.userId }, () =>
          Bot.create(deps, caller, input),
        );
        tell(c, { botId: bot.botId });
        c.header("Location", `/api/bots/${bot.botId}`);
        return c.json(botView(bot, caller), 201);
      },
    )
    .get(
      "/bots/:botId",
      describeRoute({ summary: "Read a bot", tags: ["bots"] }),
      reading(deps, "bot.read"),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.visibleTo(deps.table, caller, c.req.param("botId"));
        const [publication, owners] = await Promise.all([
          Publication.fromBot(deps.table, bot.botId),
          ownersOf(deps.table, caller, [bot]),
        ]);
        return c.json(botView(bot, caller, publication, owners));
      },
    )
    .patch(
      "/bots/:botId",
      describeRoute({
        summary: "Edit a bot; a published one answers by the new version from the next request on",
        tags: ["bots"],
      }),
      audited(deps, "bot.update", "bot"),
      body(Bot.Edit),
      async (c) => {
        const caller = c.get("caller");
        const input = c.req.valid("json");
        const present = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        const next = Bot.edited(deps, present, input);
        await Publication.requireChangeable(deps, caller, present, next);
        const bot = await Bot.update(deps, caller, present.botId, input);
        const [publication, owners] = await Promise.all([
          Publication.fromBot(deps.table, bot.botId),
          ownersOf(deps.table, caller, [bot]),
        ]);
        return c.json(botView(bot, caller, publication, owners));
      },
    )
    .delete(
      "/bots/:botId",
      describeRoute({
        summary:
          "Delete a bot; one that is or was published goes with all that its clients left (202)",
        tags: ["bots"],
        responses: answers(202, 204),
      }),
      audited(deps, "bot.delete", "bot"),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        if (await Publication.fromBot(deps.table, bot.botId)) {
          await Publication.removeWithBot(deps, caller, bot);
          // It goes with all that its clients left; until then it is what it was.
          tell(c, { after: { status: "deleting" } });
          return c.json({ botId: bot.botId, status: "deleting" }, 202);
        }
        await Knowledge.removeAll(deps, bot.botId);
        await deps.secrets.removeAll(bot.botId);
        await Bot.remove(deps.table, bot.botId);
        return c.body(null, 204);
      },
    )
    .put(
      "/bots/:botId/sharing",
      describeRoute({ summary: "Set whom a bot is shared with", tags: ["bots"] }),
      audited(deps, "bot.share", "bot"),
      body(Bot.Sharing),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        const publication = await Publication.fromBot(deps.table, bot.botId);
        if (Publication.exists(publication)) {
          throw new Problem.ProblemError("bot_published", {
            message: "Sharing cannot change while the bot is published. Unpublish it first.",
            param: "scope",
          });
        }
        const shared = await Bot.share(deps, caller, bot.botId, c.req.valid("json"));
        const owners = await ownersOf(deps.table, caller, [bot]);
        return c.json(botView(shared, caller, publication, owners));
      },
    );
