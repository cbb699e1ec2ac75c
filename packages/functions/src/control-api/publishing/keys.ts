import type { Caller } from "@outlet/core/foundation/caller";
import * as Ceiling from "@outlet/core/publishing/ceiling";
import * as Key from "@outlet/core/publishing/key";
import * as KeyRequests from "@outlet/core/observability/key-requests";
import * as Keyring from "@outlet/core/publishing/keyring";
import * as Publication from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { csv, Format } from "../csv.ts";
import { audited, tell } from "../audited.ts";
import { capped } from "../caps.ts";
import { reading } from "../audited-reads.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { body, Paging, query, Time } from "../input.ts";
import { answers } from "../openapi.ts";
import { keyView } from "../views.ts";

const RequestsQuery = v.strictObject({
  from: v.optional(Time),
  to: v.optional(Time),
  keyId: v.optional(v.pipe(v.string(), v.maxLength(40))),
  ...Format,
});

type RequestView = { day: string; keyId: string; label: string; requests: number };
const requestColumns = ["day", "keyId", "label", "requests"] as const;

export const keyRoutes = (deps: ControlApiDeps) => {
  /** Keys are for owners who may publish; seeing a bot grants nothing here. */
  const publicationOf = async (caller: Caller.Info, botId: string) => {
    const bot = await Publication.publishableBy(deps.table, caller, botId, "keys");
    return Publication.requireLive(deps.table, bot.botId);
  };
  /** The list is of use without it: what the gateway does not tell is left open. */
  const requestsToday = (publication: Publication.Info) =>
    KeyRequests.today(deps, publication).catch((cause: unknown) => {
      deps.log.warn("requests by key cannot be read", { botId: publication.botId, cause });
      return undefined;
    });
  return new Hono<ControlEnv>()
    .get(
      "/bots/:botId/publication/keys",
      describeRoute({ summary: "List keys, oldest first", tags: ["keys"] }),
      reading(deps, "key.read"),
      query(Paging),
      async (c) => {
        const publication = await publicationOf(c.get("caller"), c.req.param("botId"));
        const [listing, today] = await Promise.all([
          Key.list(deps.table, publication.botId, c.req.valid("query")),
          requestsToday(publication),
        ]);
        return c.json({
          keys: listing.keys.map((key) => ({
            ...keyView(key),
            /** Let through since 0:00 UTC; `null` where the gateway did not say. */
            requestsToday: today ? (today.get(key.keyId) ?? 0) : null,
          })),
          cursor: listing.cursor,
        });
      },
    )
    .get(
      "/bots/:botId/publication/keys/requests",
      describeRoute({
        summary: "Requests that the gateway let through, by key and day",
        tags: ["keys", "metrics"],
      }),
      csv("requests", requestColumns, ({ requests }: { requests: RequestView[] }) => requests),
      query(RequestsQuery),
      async (c) => {
        const publication = await publicationOf(c.get("caller"), c.req.param("botId"));
        const { from, to, keyId } = c.req.valid("query");
        const days = KeyRequests.toDays({ from, to }, deps.clock.now());
        const [uses, labels] = await Promise.all([
          KeyRequests.list(deps, publication, days),
          Key.labelsOf(deps.table, publication.botId),
        ]);
        const requests = uses.flatMap((use): RequestView[] => {
          // Of keys that are gone API Gateway tells nothing; nor is the deployer's probe a client.
          const label = labels.get(use.keyId);
          if (label === undefined || (keyId !== undefined && use.keyId !== keyId)) return [];
          return [{ day: use.day, keyId: use.keyId, label, requests: use.used }];
        });
        return c.json({ botId: publication.botId, ...days, requests });
      },
    )
    .post(
      "/bots/:botId/publication/keys",
      describeRoute({
        summary: "Create a key; its value is shown this once",
        tags: ["keys"],
        responses: answers(201),
      }),
      audited(deps, "key.create", "key"),
      body(Key.Create),
      async (c) => {
        const caller = c.get("caller");
        const publication = await publicationOf(caller, c.req.param("botId"));
        const input = c.req.valid("json");
        Key.requireBelow(input, publication);
        const expiresAt = Key.lifetimeOf(deps, deps.limits.keyLifetime, input.expiresAt);
        await Ceiling.requireRoomForKey(deps);
        const { key, value } = await capped(
          deps,
          { of: "keys", owner: publication.ownerId, place: publication.botId },
          () => Keyring.issue(deps, publication, { ...input, expiresAt, createdBy: caller.userId }),
        );
        tell(c, { targetId: key.keyId });
        return c.json({ ...keyView(key), value }, 201);
      },
    )
    .patch(
      "/bots/:botId/publication/keys/:keyId",
      describeRoute({ summary: "Rename, disable, enable or date a key", tags: ["keys"] }),
      audited(deps, "key.update", "key"),
      body(Key.Edit),
      async (c) => {
        const publication = await publicationOf(c.get("caller"), c.req.param("botId"));
        const input = c.req.valid("json");
        Key.requireBelow(input, publication);
        const { expiresAt: asked } = input;
        if (asked !== undefined) Key.lifetimeOf(deps, deps.limits.keyLifetime, asked);
        return c.json(
          keyView(await Key.update(deps, publication.botId, c.req.param("keyId"), input)),
        );
      },
    )
    .post(
      "/bots/:botId/publication/keys/:keyId/rotate",
      describeRoute({
        summary: "Give a key a new secret; the old one goes on for a grace",
        tags: ["keys"],
      }),
      audited(deps, "key.rotate", "key"),
      body(Key.Rotate),
      async (c) => {
        const { botId } = await publicationOf(c.get("caller"), c.req.param("botId"));
        const keyId = c.req.param("keyId");
        const { key, value } = await Key.rotate(deps, botId, keyId, c.req.valid("json"));
        return c.json({ ...keyView(key), value });
      },
    )
    .post(
      "/bots/:botId/publication/keys/revoke",
      describeRoute({
        summary: "Delete some keys, or all of the bot's: they stop working at once",
        tags: ["keys"],
      }),
      audited(deps, "key.revoke", "runs"),
      body(Key.Revoke),
      async (c) => {
        const publication = await publicationOf(c.get("caller"), c.req.param("botId"));
        const { keyIds } = c.req.valid("json");
        const revoked = await Keyring.revoke(deps, publication, keyIds);
        tell(c, { after: { revoked } });
        const missing = (keyIds ?? []).filter((keyId) => !revoked.includes(keyId));
        return c.json({ botId: publication.botId, revoked, missing });
      },
    )
    .delete(
      "/bots/:botId/publication/keys/:keyId",
      describeRoute({
        summary: "Delete a key: it stops working at once",
        tags: ["keys"],
        responses: answers(204),
      }),
      audited(deps, "key.delete", "key"),
      async (c) => {
        const publication = await publicationOf(c.get("caller"), c.req.param("botId"));
        await Keyring.withdraw(deps, publication, c.req.param("keyId"));
        return c.body(null, 204);
      },
    );
};
