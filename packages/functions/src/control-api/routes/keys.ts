import { Bot } from "@outlet/core/bot";
import type { Caller } from "@outlet/core/caller";
import { Key } from "@outlet/core/key";
import { Keyring } from "@outlet/core/keyring";
import { Problem } from "@outlet/core/problem";
import { Publication } from "@outlet/core/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { body, Paging, query } from "../input.ts";
import { keyView } from "../views.ts";

export const keyRoutes = (deps: ControlApiDeps) => {
  /** Keys are for owners who may publish; seeing a bot grants nothing here. */
  const publicationOf = async (caller: Caller.Info & { mayPublish: boolean }, botId: string) => {
    const bot = await Bot.ownedBy(deps.table, caller, botId);
    if (!caller.mayPublish) {
      throw new Problem.ProblemError(
        "publish_not_allowed",
        "Only members of the group PublishAllowed manage keys. Ask an administrator.",
      );
    }
    return Publication.requireLive(deps.table, bot.botId);
  };
  return new Hono<ControlEnv>()
    .get(
      "/bots/:botId/publication/keys",
      describeRoute({ summary: "List keys, oldest first", tags: ["keys"] }),
      query(Paging),
      async (c) => {
        const { botId } = await publicationOf(c.get("caller"), c.req.param("botId"));
        const listing = await Key.list(deps.table, botId, c.req.valid("query"));
        return c.json({ keys: listing.keys.map(keyView), cursor: listing.cursor });
      },
    )
    .post(
      "/bots/:botId/publication/keys",
      describeRoute({ summary: "Create a key; its value is shown this once", tags: ["keys"] }),
      body(Key.Create),
      async (c) => {
        const caller = c.get("caller");
        const publication = await publicationOf(caller, c.req.param("botId"));
        const { key, value } = await Keyring.issue(deps, publication, {
          ...c.req.valid("json"),
          createdBy: caller.userId,
        });
        return c.json({ ...keyView(key), value }, 201);
      },
    )
    .patch(
      "/bots/:botId/publication/keys/:keyId",
      describeRoute({ summary: "Rename, disable, enable or date a key", tags: ["keys"] }),
      body(Key.Edit),
      async (c) => {
        const { botId } = await publicationOf(c.get("caller"), c.req.param("botId"));
        const input = c.req.valid("json");
        return c.json(keyView(await Key.update(deps, botId, c.req.param("keyId"), input)));
      },
    )
    .post(
      "/bots/:botId/publication/keys/:keyId/rotate",
      describeRoute({
        summary: "Give a key a new secret; the old one goes on for a grace",
        tags: ["keys"],
      }),
      body(Key.Rotate),
      async (c) => {
        const { botId } = await publicationOf(c.get("caller"), c.req.param("botId"));
        const keyId = c.req.param("keyId");
        const { key, value } = await Key.rotate(deps, botId, keyId, c.req.valid("json"));
        return c.json({ ...keyView(key), value });
      },
    )
    .delete(
      "/bots/:botId/publication/keys/:keyId",
      describeRoute({ summary: "Delete a key: it stops working at once", tags: ["keys"] }),
      async (c) => {
        const publication = await publicationOf(c.get("caller"), c.req.param("botId"));
        await Keyring.withdraw(deps, publication, c.req.param("keyId"));
        return c.body(null, 204);
      },
    );
};
