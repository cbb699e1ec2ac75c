import * as Arrivals from "@outlet/core/observability/arrivals";
import * as Publication from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { reading } from "../audited-reads.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { Paging, query, Time } from "../input.ts";
import { runView } from "./run-views.ts";

/** `403`, or all of a hundred: `4xx`. */
const Status = v.pipe(
  v.string(),
  v.regex(/^[1-5](\d\d|xx)$/, "must be a status such as 403, or a class such as 4xx"),
  v.transform((text) =>
    text.endsWith("xx")
      ? { from: Number(text[0]) * 100, to: Number(text[0]) * 100 + 99 }
      : { from: Number(text), to: Number(text) },
  ),
);

const List = v.object({
  ...Paging.entries,
  status: v.optional(Status),
  keyId: v.optional(v.pipe(v.string(), v.maxLength(40))),
  requestId: v.optional(v.pipe(v.string(), v.maxLength(100))),
  text: v.optional(v.pipe(v.string(), v.maxLength(200))),
  from: v.optional(Time),
  to: v.optional(Time),
});

const view = ({ at, run, ...arrival }: Arrivals.Arrival) => ({
  ...arrival,
  at: new Date(at).toISOString(),
  run: run && { ...runView(run.entry), preview: run.preview },
});

/** What reached the endpoint of a bot, refused requests too. */
export const arrivalRoutes = (deps: ControlApiDeps) =>
  new Hono<ControlEnv>().get(
    "/bots/:botId/publication/requests",
    describeRoute({
      summary: "Every request that reached the endpoint, refused ones too, newest first",
      tags: ["runs"],
    }),
    reading(deps, "run.read"),
    query(List),
    async (c) => {
      const caller = c.get("caller");
      const id = c.req.param("botId");
      const { botId } = await Publication.publishableBy(deps.table, caller, id, "requests");
      const publication = await Publication.fromBot(deps.table, botId);
      const { arrivals, cursor } = await Arrivals.list(deps, publication, c.req.valid("query"));
      return c.json({ requests: arrivals.map(view), cursor });
    },
  );
