import * as Problem from "@outlet/core/foundation/problem";
import * as Audit from "@outlet/core/records/audit";
import { Hono } from "hono";
import { stream } from "hono/streaming";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { adminOnly } from "../access.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { query } from "../input.ts";

const Day = v.pipe(v.string(), v.isoDate("must be a day such as 2026-11-27"));
const Days = v.strictObject({ from: v.optional(Day), to: v.optional(Day) });
const Export = v.strictObject({
  ...Days.entries,
  botId: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(40))),
});

const tags = ["admin"];
const dayMs = 86_400_000;
const daysMax = 366;

/** The audit log's chains: followed here, or taken away to be followed elsewhere. */
export const chainRoutes = (deps: ControlApiDeps) => {
  /** The last 31 days where nothing is said. */
  const daysOf = (asked: v.InferOutput<typeof Days>) => {
    const day = (at: number) => new Date(at).toISOString().slice(0, 10);
    const to = asked.to ?? day(deps.clock.now());
    const from = asked.from ?? day(Date.parse(to) - 30 * dayMs);
    const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
    if (days >= 1 && days <= daysMax) return { from, to };
    const message = `from must not be after to, and at most ${daysMax} days lie between them.`;
    throw new Problem.ProblemError("invalid_request", { message, param: "from" });
  };
  return new Hono<ControlEnv>()
    .get(
      "/admin/audit/verify",
      describeRoute({ summary: "Whether the audit log is as it was written", tags }),
      adminOnly(),
      query(Days),
      async (c) => {
        const days = daysOf(c.req.valid("query"));
        const { faults, ...found } = await Audit.verify(deps, days);
        return c.json({ ...days, ...found, isWhole: found.faultCount === 0, faults });
      },
    )
    .get(
      "/admin/audit/export",
      describeRoute({ summary: "The audit log's chains as JSON lines, each with its hash", tags }),
      adminOnly(),
      query(Export),
      (c) => {
        const { botId, ...asked } = c.req.valid("query");
        const days = daysOf(asked);
        c.header("Content-Type", "application/x-ndjson; charset=utf-8");
        c.header("Content-Disposition", 'attachment; filename="audit.jsonl"');
        return stream(c, async (out) => {
          for await (const name of Audit.listChains(deps.table, { ...days, botId })) {
            for await (const record of Audit.readChain(deps.table, name)) {
              await out.write(`${JSON.stringify(record)}\n`);
            }
          }
        });
      },
    );
};
