import * as Metrics from "@outlet/core/observability/metrics";
import * as UsageReport from "@outlet/core/observability/usage-report";
import * as Key from "@outlet/core/publishing/key";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { csv, Format } from "../csv.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { query, Time } from "../input.ts";
import { publishable } from "../publishable.ts";
import { metricsColumns, metricsView, rangeView, usageColumns, usageRow } from "./metrics-views.ts";

const Period = v.pipe(
  v.string(),
  v.regex(/^[0-9]{1,6}$/, "must be a number of seconds"),
  v.transform(Number),
  v.picklist([...Metrics.periods], `must be one of ${Metrics.periods.join(", ")}`),
);

const MetricsQuery = v.strictObject({
  from: v.optional(Time),
  to: v.optional(Time),
  /** Seconds. */
  period: v.optional(Period),
  ...Format,
});

const Id = v.pipe(v.string(), v.maxLength(40));

const UsageQuery = v.strictObject({
  from: v.optional(Time),
  to: v.optional(Time),
  by: v.optional(UsageReport.By, "day"),
  /** Of one key, or one model, alone. */
  keyId: v.optional(Id),
  model: v.optional(v.pipe(v.string(), v.maxLength(200))),
  ...Format,
});

type MetricsView = ReturnType<typeof metricsView>;
interface UsageView {
  groups: (UsageReport.Group & { label: string | null })[];
}

/** What a published bot's gateway saw, and what its runs used. */
export const metricsRoutes = (deps: ControlApiDeps) => {
  return new Hono<ControlEnv>()
    .get(
      "/bots/:botId/publication/metrics",
      describeRoute({
        summary: "Requests, errors, latency and refusals over time, as the gateway saw them",
        tags: ["metrics"],
      }),
      csv("metrics", metricsColumns, ({ points }: MetricsView) => points),
      query(MetricsQuery),
      async (c) => {
        const { botId } = await publishable(deps, c, "metrics");
        const { from, to, period } = c.req.valid("query");
        const range = Metrics.toRange({ from, to, periodSeconds: period }, deps.clock.now());
        const [points, [whole]] = await Promise.all([
          deps.metrics.series(botId, range),
          deps.metrics.series(botId, Metrics.asOne(range)),
        ]);
        return c.json(metricsView(botId, range, points, whole));
      },
    )
    .get(
      "/bots/:botId/publication/usage",
      describeRoute({
        summary: "Runs, tokens and cost by key, model, hour or day, from the ledger",
        tags: ["metrics"],
      }),
      csv("usage", usageColumns, ({ groups }: UsageView) =>
        groups.map(({ group, label, ...sum }) => ({ group, label, ...usageRow(sum) })),
      ),
      query(UsageQuery),
      async (c) => {
        const { botId } = await publishable(deps, c, "metrics");
        const { from, to, by, keyId, model } = c.req.valid("query");
        const range = UsageReport.toRange({ from, to }, by, deps.clock.now());
        const [report, labels] = await Promise.all([
          UsageReport.query(deps, { botId, by, keyId, model, ...range }),
          by === "key" ? Key.labelsOf(deps.table, botId) : new Map<string, string>(),
        ]);
        const groups = report.groups.map(({ group, ...sum }) => ({
          group,
          label: labels.get(group) ?? null,
          ...sum,
        }));
        return c.json({ botId, ...rangeView(range), by, total: report.total, groups });
      },
    );
};
