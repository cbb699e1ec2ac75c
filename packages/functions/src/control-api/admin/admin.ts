import * as Audit from "@outlet/core/records/audit";
import * as Metrics from "@outlet/core/observability/metrics";
import * as Ceiling from "@outlet/core/publishing/ceiling";
import * as Publication from "@outlet/core/publishing/publication";
import * as UsageReport from "@outlet/core/observability/usage-report";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { adminOnly } from "../access.ts";
import { type AuditView, auditColumns, auditNames, auditRow, auditView } from "./audit.ts";
import { type CostGroup, costsOf } from "./costs.ts";
import { type ErrorCount, idle, topErrors } from "./findings.ts";
import { find } from "./publications.ts";
import { type UsageGroup, usageOf } from "./usage.ts";
import {
  costColumns,
  costRow,
  idleColumns,
  idleRow,
  idleView,
  type IdleView,
  type PublicationView,
  publicationColumns,
  publicationRow,
  publicationView,
  usageColumns,
  usageRow,
} from "./views.ts";
import { csv, Format } from "../csv.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { Paging, query, Time } from "../input.ts";
import { rangeView } from "../observability/metrics-views.ts";

const Range = { from: v.optional(Time), to: v.optional(Time) };
const RangeOnly = v.strictObject({ ...Range, ...Format });
const UsageQuery = v.strictObject({
  ...Range,
  by: v.optional(v.picklist(["bot", "owner", "model", "key", "hour", "day"]), "bot"),
  ...Format,
});
const CostQuery = v.strictObject({
  ...Range,
  by: v.optional(v.picklist(["bot", "owner", "model", "key"]), "bot"),
  /** Of the series; hours only of 31 days at most. */
  per: v.optional(v.picklist(["hour", "day"]), "day"),
  ...Format,
});
const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const PublicationQuery = v.strictObject({
  ...Paging.entries,
  status: v.optional(Publication.Status),
  /** User id or name. */
  owner: v.optional(Name),
  /** Part of a title or an id. */
  text: v.optional(Name),
  ...Format,
});
const PatternQuery = v.strictObject({
  ...Range,
  timeZone: v.optional(v.pipe(v.string(), v.maxLength(60)), "UTC"),
  /** Of one bot alone. */
  botId: v.optional(Name),
  ...Format,
});
const AuditQuery = v.strictObject({
  ...Paging.entries,
  ...Range,
  /** User id or name. */
  actor: v.optional(Name),
  botId: v.optional(Name),
  action: v.optional(Audit.Action),
  outcome: v.optional(Audit.Outcome),
  /** Only what administrators did to bots of others. */
  asAdmin: v.optional(
    v.pipe(
      v.picklist(["true", "false"]),
      v.transform((text) => text === "true"),
    ),
  ),
  ...Format,
});

const tags = ["admin"];

/** All publications, what they use and cost, and who did what. */
/** The list is worth showing without them. */
const ceilingsOf = (deps: ControlApiDeps) =>
  Ceiling.list(deps).catch((cause: unknown) => {
    deps.log.warn("the gateway's ceilings cannot be read", { cause });
    return [];
  });

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
      query(PublicationQuery),
      async (c) => {
        const { limit, cursor, format: _, ...filter } = c.req.valid("query");
        const page = await find(deps, filter, { limit, cursor });
        return c.json({
          publications: page.publications.map((one) => publicationView(deps, one)),
          /** Whether stacks of older templates are brought up to date by themselves. */
          templateUpgrades: deps.templateUpgrades,
          /** What the account may hold, with what is taken; empty where the gateway cannot be asked. */
          ceilings: await ceilingsOf(deps),
          cursor: page.cursor,
        });
      },
    )
    .get(
      "/admin/usage",
      describeRoute({ summary: "Runs, tokens, cost and requests over all bots", tags }),
      adminOnly(),
      csv("usage", usageColumns, (view: { groups: UsageGroup[] }) => view.groups.map(usageRow)),
      query(UsageQuery),
      async (c) => {
        const { by, ...asked } = c.req.valid("query");
        const range = rangeOf(asked, by === "hour" ? by : undefined);
        return c.json({ ...rangeView(range), by, ...(await usageOf(deps, range, by)) });
      },
    )
    .get(
      "/admin/costs",
      describeRoute({ summary: "Who costs how much: shares that add up to the total", tags }),
      adminOnly(),
      csv("costs", costColumns, (view: { groups: CostGroup[] }) => view.groups.map(costRow)),
      query(CostQuery),
      async (c) => {
        const { by, per, ...asked } = c.req.valid("query");
        const range = rangeOf(asked, per === "hour" ? per : undefined);
        const { total, groups, series } = await costsOf(deps, range, by, per);
        return c.json({
          ...rangeView(range),
          by,
          totalMicroUsd: total.costMicroUsd,
          abandonedAttempts: total.abandonedAttempts,
          priceVersions: total.priceVersions,
          groups,
          series,
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
        const { timeZone, botId, ...asked } = c.req.valid("query");
        const local = Metrics.createLocalClock(timeZone);
        const hours = rangeOf(asked, "hour");
        const finest = Metrics.finestPeriod(hours.from, deps.clock.now()) ?? 3_600;
        const { range, exact } = Metrics.countingRange(hours, local, finest);
        const botIds = botId
          ? [botId]
          : (await Publication.listEvery(deps.table)).map((one) => one.botId);
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
      describeRoute({ summary: "Published APIs that nobody called", tags }),
      adminOnly(),
      csv("idle", idleColumns, (view: { publications: IdleView[] }) =>
        view.publications.map(idleRow),
      ),
      query(RangeOnly),
      async (c) => {
        const range = rangeOf(c.req.valid("query"));
        const publications = (await idle(deps, range)).map((one) => idleView(deps, one));
        return c.json({ ...rangeView(range), publications });
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
        const names = await auditNames(deps.table, entries);
        return c.json({ entries: entries.map((one) => auditView(one, names)), cursor: next });
      },
    );
};
