import type { Caller } from "@outlet/core/foundation/caller";
import * as Publication from "@outlet/core/publishing/publication";
import * as Run from "@outlet/core/conversations/run";
import * as Requests from "@outlet/core/observability/requests";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { csv, Format } from "../csv.ts";
import { audited, tell } from "../audited.ts";
import { reading } from "../audited-reads.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { Paging, query, Time } from "../input.ts";
import { answers } from "../openapi.ts";
import { budgetOf } from "../publishing/budgets.ts";
import { eventView, runColumns, runDetailView, runRow, runView } from "./run-views.ts";

const List = v.object({
  ...Paging.entries,
  status: v.optional(Run.Status),
  keyId: v.optional(v.pipe(v.string(), v.maxLength(40))),
  from: v.optional(Time),
  to: v.optional(Time),
  ...Format,
});

interface RunsView {
  runs: ReturnType<typeof runView>[];
}

/** The request log of a bot, and its dead letters. */
export const runRoutes = (deps: ControlApiDeps) => {
  /** Runs hold what clients wrote: for owners who may publish; seeing a bot grants nothing here. */
  const botOf = (caller: Caller.Info, botId: string) =>
    Publication.publishableBy(deps.table, caller, botId, "requests");
  const redriving = { ...deps, budgetOf: budgetOf(deps) };
  return new Hono<ControlEnv>()
    .get(
      "/bots/:botId/publication/runs",
      describeRoute({
        summary: "The request log: open runs first, then those that have ended, newest first",
        tags: ["runs"],
      }),
      reading(deps, "run.read"),
      csv("requests", runColumns, ({ runs }: RunsView) => runs.map(runRow)),
      query(List),
      async (c) => {
        const { botId } = await botOf(c.get("caller"), c.req.param("botId"));
        const { runs, cursor } = await Requests.list(deps, botId, c.req.valid("query"));
        return c.json({ runs: runs.map(runView), cursor });
      },
    )
    .get(
      "/bots/:botId/publication/runs/:runId",
      describeRoute({ summary: "One run: its times, its message and its answer", tags: ["runs"] }),
      reading(deps, "run.read"),
      async (c) => {
        const { botId } = await botOf(c.get("caller"), c.req.param("botId"));
        return c.json(runDetailView(await Requests.fromId(deps, botId, c.req.param("runId"))));
      },
    )
    .get(
      "/bots/:botId/publication/runs/:runId/events",
      describeRoute({ summary: "What one run has told its readers, and when", tags: ["runs"] }),
      reading(deps, "run.read"),
      async (c) => {
        const { botId } = await botOf(c.get("caller"), c.req.param("botId"));
        const { events, isMore } = await Requests.events(deps, botId, c.req.param("runId"));
        return c.json({ events: events.map(eventView), isMore });
      },
    )
    .post(
      "/bots/:botId/publication/runs/redrive",
      describeRoute({
        summary: "Run again what has failed: at most 100 runs",
        tags: ["runs"],
        responses: answers(202),
      }),
      audited(deps, "run.redrive", "runs"),
      async (c) => {
        const { botId } = await botOf(c.get("caller"), c.req.param("botId"));
        await Publication.requireLive(deps.table, botId);
        const { redriven, refused, more } = await Requests.redriveAll(redriving, botId);
        tell(c, { after: { redriven: redriven.length, refused: refused.length } });
        return c.json({ redriven, refused, more }, 202);
      },
    )
    .post(
      "/bots/:botId/publication/runs/:runId/redrive",
      describeRoute({ summary: "Run a failed run again", tags: ["runs"], responses: answers(202) }),
      audited(deps, "run.redrive", "run"),
      async (c) => {
        const { botId } = await botOf(c.get("caller"), c.req.param("botId"));
        await Publication.requireLive(deps.table, botId);
        const run = await Requests.redrive(redriving, botId, c.req.param("runId"));
        tell(c, { after: { status: run.status, redrives: run.redrives } });
        return c.json(runView(run), 202);
      },
    );
};
