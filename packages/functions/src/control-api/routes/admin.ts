import { Audit } from "@outlet/core/audit";
import { Metrics } from "@outlet/core/metrics";
import { Publication } from "@outlet/core/publication";
import { UsageReport } from "@outlet/core/usage-report";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { adminOnly } from "../access.ts";
import { type ErrorCount, idle, reportAll, titlesOf, topErrors } from "../admin-reports.ts";
import {
  type AuditView,
  auditColumns,
  auditRow,
  auditView,
  type CostView,
  costColumns,
  costRow,
  type IdleView,
  idleColumns,
  idleRow,
  idleView,
  type PublicationView,
  publicationColumns,
  publicationRow,
  publicationView,
  type UsageView,
  usageColumns,
  usageRow,
} from "../admin-views.ts";
import { csv, Format } from "../csv.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { Paging, query, Time } from "../input.ts";
import { rangeView } from "../metrics-views.ts";

const Range = { from: v.optional(Time), to: v.optional(Time) };
const List = v.strictObject({ ...Paging.entries, ...Format });
const RangeOnly = v.strictObject({ ...Range, ...Format });
const UsageQuery = v.strictObject({
  ...Range,
  by: v.optional(v.picklist(["bot", "owner", "model", "key", "hour", "day"]), "bot"),
  ...Format,
});
const CostQuery = v.strictObject({
  ...Range,
  by: v.optional(v.picklist(["bot", "owner", "model", "key"]), "bot"),
  ...Format,
});
const PatternQuery = v.strictObject({
  ...Range,
  timeZone: v.optional(v.pipe(v.string(), v.maxLength(60)), "UTC"),
  ...Format,
});
const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const AuditQuery = v.strictObject({
  ...Paging.entries,
  ...Range,
  /** User id or name. */
  actor: v.optional(Name),
  botId: v.optional(Name),
  action: v.optional(Audit.Action),
  ...Format,
});

const tags = ["admin"];

/** All publications, what they use and cost, and who did what. */
export const adminRoutes = (deps: ControlApiDeps) => {
  const rangeOf = (asked: { from?: number | undefined; to?: number | undefined }, by?: "hour") =>
    UsageReport.toRange(asked, by, deps.clock.now());
  return new Hono<ControlEnv>()
    .get(
      "/admin/publications",
      describeRoute({ summary: "Every publication of everybody", tags }),
      adminOnly(),
      csv("publications", publicationColumns, (view: { publications: PublicationView[] }) =>
        view.publications.map(publicationRow),
      ),
      query(List),
      async (c) => {
        const { limit, cursor } = c.req.valid("query");
        const page = await Publication.list(deps.table, { limit, cursor });
        const titles = await titlesOf(
          deps,
          page.publications.map(({ botId }) => botId),
        );
        return c.json({
          publications: page.publications.map((it) => publicationView(deps, it, titles)),
          cursor: page.cursor,
        });
      },
    )
    .get(
      "/admin/usage",
      describeRoute({ summary: "Runs, tokens, cost and requests over all bots", tags }),
      adminOnly(),
      csv("usage", usageColumns, (view: { groups: UsageView[] }) => view.groups.map(usageRow)),
      query(UsageQuery),
      async (c) => {
        const { by, ...asked } = c.req.valid("query");
        const range = rangeOf(asked, by === "hour" ? by : undefined);
        const { total, groups, publications } = await reportAll(deps, range, by);
        const whole = Metrics.asOne({ ...range, periodSeconds: 3_600 });
        const counts = new Map(
          (
            await deps.metrics.requests(
              publications.map(({ botId }) => botId),
              whole,
            )
          ).map(({ botId, requests }) => [botId, requests]),
        );
        const requests = [...counts.values()].reduce((sum, count) => sum + count, 0);
        return c.json({
          ...rangeView(range),
          by,
          total: { requests, ...total },
          groups: groups.map(
            (group): UsageView => ({
              // The gateway counts by bot, and knows nothing of models.
              requests: by === "bot" ? (counts.get(group.group) ?? 0) : null,
              ...group,
            }),
          ),
        });
      },
    )
    .get(
      "/admin/costs",
      describeRoute({ summary: "Who costs how much: shares that add up to the total", tags }),
      adminOnly(),
      csv("costs", costColumns, (view: { groups: CostView[] }) => view.groups.map(costRow)),
      query(CostQuery),
      async (c) => {
        const { by, ...asked } = c.req.valid("query");
        const range = rangeOf(asked);
        const { total, groups } = await reportAll(deps, range, by);
        const shares = UsageReport.sharesOf(groups.map(({ costMicroUsd }) => costMicroUsd));
        return c.json({
          ...rangeView(range),
          by,
          totalMicroUsd: total.costMicroUsd,
          priceVersions: total.priceVersions,
          groups: groups.map(
            ({ group, botId, title, ownerId, runs, costMicroUsd }, i): CostView => ({
              group,
              botId,
              title,
              ownerId,
              runs,
              costMicroUsd,
              shareBasisPoints: shares[i] ?? 0,
            }),
          ),
        });
      },
    )
    .get(
      "/admin/patterns",
      describeRoute({ summary: "Requests by hour and weekday, in a time zone of choice", tags }),
      adminOnly(),
      csv("patterns", ["weekday", "hour", "requests"], ({ cells }: { cells: Metrics.Cell[] }) =>
        cells.map((cell) => ({ ...cell })),
      ),
      query(PatternQuery),
      async (c) => {
        const { timeZone, ...asked } = c.req.valid("query");
        const local = Metrics.createLocalClock(timeZone);
        const hours = rangeOf(asked, "hour");
        const finest = Metrics.finestPeriod(hours.from, deps.clock.now()) ?? 3_600;
        const { range, exact } = Metrics.countingRange(hours, local, finest);
        const publications = await Publication.listEvery(deps.table);
        const botIds = publications.map(({ botId }) => botId);
        const counts = await deps.metrics.requests(botIds, range);
        const requests = counts.reduce((sum, count) => sum + count.requests, 0);
        const cells = Metrics.toCells(counts, local);
        return c.json({ ...rangeView(hours), timeZone, exact, requests, cells });
      },
    )
    .get(
      "/admin/errors",
      describeRoute({ summary: "What went wrong most, and with which bots", tags }),
      adminOnly(),
      csv("errors", ["kind", "code", "count"], ({ errors }: { errors: ErrorCount[] }) =>
        errors.map(({ kind, code, count }) => ({ kind, code, count })),
      ),
      query(RangeOnly),
      async (c) => {
        const range = rangeOf(c.req.valid("query"));
        return c.json({ ...rangeView(range), errors: await topErrors(deps, range) });
      },
    )
    .get(
      "/admin/idle",
      describeRoute({ summary: "Published APIs that nobody called, and what they cost", tags }),
      adminOnly(),
      csv("idle", idleColumns, (view: { publications: IdleView[] }) =>
        view.publications.map(idleRow),
      ),
      query(RangeOnly),
      async (c) => {
        const range = rangeOf(c.req.valid("query"));
        const found = await idle(deps, range);
        const titles = await titlesOf(
          deps,
          found.map(({ publication }) => publication.botId),
        );
        return c.json({
          ...rangeView(range),
          publications: found.map((it) => idleView(deps, it, titles)),
        });
      },
    )
    .get(
      "/admin/audit",
      describeRoute({ summary: "Who did what, when, to what; newest first", tags }),
      adminOnly(),
      csv("audit", auditColumns, ({ entries }: { entries: AuditView[] }) => entries.map(auditRow)),
      query(AuditQuery),
      async (c) => {
        const { limit, cursor, format: _, ...filter } = c.req.valid("query");
        const { entries, cursor: next } = await Audit.list(deps, filter, { limit, cursor });
        return c.json({ entries: entries.map(auditView), cursor: next });
      },
    );
};
