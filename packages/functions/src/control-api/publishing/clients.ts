import * as Erasure from "@outlet/core/maintenance/erasure";
import * as Publication from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { audited, tell } from "../audited.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { body } from "../input.ts";
import { answers } from "../openapi.ts";
import { publishable } from "../publishable.ts";
import { time, timeOrNull } from "../views.ts";

const erasureView = (erasure: Erasure.Info) => ({
  clientId: erasure.clientId,
  status: erasure.status,
  begunAt: time(erasure.begunAt),
  endedAt: timeOrNull(erasure.endedAt),
  conversations: erasure.conversations,
  requests: erasure.requests,
});

/** What clients of a bot have left, and its end. */
export const clientRoutes = (deps: ControlApiDeps) =>
  new Hono<ControlEnv>()
    .get(
      "/bots/:botId/publication/erasures",
      describeRoute({ summary: "Whose conversations were erased, or are being", tags: ["keys"] }),
      async (c) => {
        const { botId } = await publishable(deps, c, "requests");
        const erasures = await Erasure.list(deps.table, botId);
        return c.json({ botId, erasures: erasures.map(erasureView) });
      },
    )
    .post(
      "/bots/:botId/publication/erasures",
      describeRoute({
        summary: "Erase what one client has said so far, with all its answers (202)",
        tags: ["keys"],
        responses: answers(202),
      }),
      audited(deps, "client.erase", "runs"),
      body(Erasure.Begin),
      async (c) => {
        const caller = c.get("caller");
        const { botId } = await publishable(deps, c, "requests");
        const erasure = await Erasure.begin(deps, botId, c.req.valid("json"), caller.userId);
        await Publication.ring(deps, botId);
        tell(c, { after: { clientId: erasure.clientId } });
        return c.json(erasureView(erasure), 202);
      },
    );
