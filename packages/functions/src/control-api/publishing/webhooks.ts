import * as Delivery from "@outlet/core/conversations/delivery";
import type { Caller } from "@outlet/core/foundation/caller";
import * as Problem from "@outlet/core/foundation/problem";
import * as Publication from "@outlet/core/publishing/publication";
import * as Webhook from "@outlet/core/publishing/webhook";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { audited, tell } from "../audited.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { body, Paging, query } from "../input.ts";
import { answers } from "../openapi.ts";
import { time, timeOrNull } from "../views.ts";

/** The publication's webhook beside its setting: secret, health, and what was sent. */
export const webhookRoutes = (deps: ControlApiDeps) => {
  const publicationOf = async (caller: Caller.Info, botId: string) => {
    const bot = await Publication.publishableBy(deps.table, caller, botId, "requests");
    return Publication.requireLive(deps.table, bot.botId);
  };
  /** With a webhook that can be sent to. */
  const webhookOf = async (caller: Caller.Info, botId: string) => {
    const publication = await publicationOf(caller, botId);
    if (!publication.webhook) {
      throw new Problem.ProblemError(
        "not_found",
        "This publication has no webhook. Set its address with PATCH …/publication first.",
      );
    }
    return publication;
  };
  const path = "/bots/:botId/publication/webhook";
  return new Hono<ControlEnv>()
    .get(
      path,
      describeRoute({ summary: "The webhook's state; never its secret", tags: ["webhook"] }),
      async (c) => {
        const publication = await publicationOf(c.get("caller"), c.req.param("botId"));
        const webhook = await Webhook.fromBot(deps.table, publication.botId);
        return c.json(webhookView(publication, webhook, deps.clock.now()));
      },
    )
    .post(
      `${path}/secret`,
      describeRoute({
        summary: "A new signing secret, shown this once; the old one signs too for a grace",
        tags: ["webhook"],
      }),
      audited(deps, "webhook.rotate", "publication"),
      body(Webhook.Rotate),
      async (c) => {
        const { botId } = await webhookOf(c.get("caller"), c.req.param("botId"));
        const made = await Webhook.prepare(deps, botId);
        const secret = made ?? (await Webhook.rotate(deps, botId, c.req.valid("json")));
        return c.json({ secret });
      },
    )
    .post(
      `${path}/enable`,
      describeRoute({ summary: "Sends again to what was switched off", tags: ["webhook"] }),
      audited(deps, "webhook.enable", "publication"),
      async (c) => {
        const publication = await webhookOf(c.get("caller"), c.req.param("botId"));
        await Webhook.enable(deps.table, publication.botId);
        const webhook = await Webhook.fromBot(deps.table, publication.botId);
        return c.json(webhookView(publication, webhook, deps.clock.now()));
      },
    )
    .post(
      `${path}/test`,
      describeRoute({
        summary: "Sends a webhook.test event",
        tags: ["webhook"],
        responses: answers(202),
      }),
      audited(deps, "webhook.test", "publication"),
      async (c) => {
        const { botId } = await webhookOf(c.get("caller"), c.req.param("botId"));
        const delivery = await Delivery.test(deps, botId);
        tell(c, { targetId: delivery.deliveryId });
        return c.json(deliveryView(delivery), 202);
      },
    )
    .get(
      `${path}/deliveries`,
      describeRoute({
        summary: "What was sent in the last seven days, newest first, with each try",
        tags: ["webhook"],
      }),
      query(Paging),
      async (c) => {
        const { botId } = await publicationOf(c.get("caller"), c.req.param("botId"));
        const page = await Delivery.list(deps.table, botId, c.req.valid("query"));
        return c.json({ deliveries: page.deliveries.map(deliveryView), cursor: page.cursor });
      },
    )
    .post(
      `${path}/deliveries/:deliveryId/redeliver`,
      describeRoute({
        summary: "Sends what has ended once more, under the same id",
        tags: ["webhook"],
        responses: answers(202),
      }),
      audited(deps, "webhook.redeliver", "publication"),
      async (c) => {
        const { botId } = await publicationOf(c.get("caller"), c.req.param("botId"));
        const delivery = await Delivery.again(deps, botId, c.req.param("deliveryId"));
        tell(c, { targetId: delivery.deliveryId });
        return c.json(deliveryView(delivery), 202);
      },
    );
};

function webhookView(
  { webhook: setting }: Publication.Info,
  webhook: Webhook.Info | undefined,
  now: number,
) {
  const state = (): "none" | "active" | "failing" | "disabled" => {
    if (!setting) return "none";
    if (webhook?.disabled) return "disabled";
    return webhook?.failingSince ? "failing" : "active";
  };
  const former = webhook?.former && webhook.former.until > now ? webhook.former.until : null;
  return {
    url: setting?.url ?? null,
    events: setting?.events ?? [],
    state: state(),
    /** `gone`: it answered 410. `failing`: nothing has arrived for three days. */
    disabledFor: webhook?.disabled?.reason ?? null,
    disabledAt: timeOrNull(webhook?.disabled?.at ?? null),
    failingSince: timeOrNull(webhook?.failingSince ?? null),
    deliveredAt: timeOrNull(webhook?.deliveredAt ?? null),
    secretCreatedAt: timeOrNull(webhook?.secretAt ?? null),
    formerSecretUntil: timeOrNull(former),
  };
}

const deliveryView = (delivery: Delivery.Info) => ({
  deliveryId: delivery.deliveryId,
  type: delivery.type,
  to: delivery.target ? ("caller" as const) : ("owner" as const),
  /** Of a caller's webhook, and no more: the rest of its address is the caller's. */
  origin: delivery.target ? new URL(delivery.target.url).origin : null,
  data: delivery.data,
  status: delivery.status,
  attempts: delivery.attempts,
  createdAt: time(delivery.createdAt),
  dueAt: timeOrNull(delivery.dueAt),
  tries: delivery.tries.map((one) => ({ ...one, at: time(one.at) })),
  expiresAt: time(delivery.expiresAt * 1000),
});
