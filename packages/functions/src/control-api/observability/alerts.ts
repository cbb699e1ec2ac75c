import * as Alerts from "@outlet/core/observability/alerts";
import * as Publication from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { publishable } from "../publishable.ts";
import { time } from "../views.ts";

export const alertRoutes = (deps: ControlApiDeps) =>
  new Hono<ControlEnv>().get(
    "/bots/:botId/publication/alerts",
    describeRoute({
      summary:
        "How the publication stands by its owner's thresholds; PATCH …/publication sets them",
      tags: ["metrics"],
    }),
    async (c) => {
      const { botId } = await publishable(deps, c, "metrics");
      const publication = await Publication.requireLive(deps.table, botId);
      const alerts = await Alerts.evaluate(deps, publication);
      return c.json({
        botId,
        alerts: alerts.map((alert) => ({ ...alert, from: time(alert.from), to: time(alert.to) })),
      });
    },
  );
