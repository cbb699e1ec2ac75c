import { Key } from "@outlet/core/publishing/key";
import { Publication } from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { notFound } from "./conversations.ts";
import type { PublishedApiDeps } from "./deps.ts";
import type { PublishedEnv } from "./identity.ts";

/** What a caller may know of the key that it holds: what it is called, may do, and how long. */
export const ownKeyRoutes = (deps: Pick<PublishedApiDeps, "table">) =>
  new Hono<PublishedEnv>().get("/v1/key", async (c) => {
    const { botId, keyId } = c.get("client");
    const [key, publication] = await Promise.all([
      Key.fromId(deps.table, botId, keyId),
      Publication.fromBot(deps.table, botId),
    ]);
    if (!publication) throw notFound("The bot is not published any more.");
    const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    c.header("Cache-Control", "no-store");
    return c.json({
      keyId,
      clientId: key.clientId,
      label: key.label,
      last4: key.last4,
      scopes: key.scopes,
      allowedIps: key.allowedIps,
      allowedOrigins: key.allowedOrigins,
      expiresAt: time(key.validUntil),
      graceEndsAt: time(key.graceEndsAt),
      limits: { throttle: publication.throttle, quota: publication.quota },
      retentionDays: publication.retentionDays,
    });
  });
