import * as Budget from "@outlet/core/publishing/budget";
import * as Publication from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { adminOnly } from "../access.ts";
import { audited } from "../audited.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { body } from "../input.ts";

const Edit = v.strictObject({
  /** `null`: no limit. */
  budget: v.nullable(Budget.Limit),
});

const tags = ["admin"];

/** What an administrator allows the owners of bots. */
export const ownerRoutes = (deps: ControlApiDeps) =>
  new Hono<ControlEnv>()
    .get(
      "/admin/owners/:ownerId/budget",
      describeRoute({ summary: "What all bots of an owner together may spend", tags }),
      adminOnly(),
      async (c) => {
        const ownerId = c.req.param("ownerId");
        return c.json({ ownerId, budget: await Budget.ofOwner(deps.table, ownerId) });
      },
    )
    .put(
      "/admin/owners/:ownerId/budget",
      describeRoute({
        summary: "Set what all bots of an owner together may spend; from the next request on",
        tags,
      }),
      adminOnly(),
      audited(deps, "owner.budget", "ownerBudget"),
      body(Edit),
      async (c) => {
        const ownerId = c.req.param("ownerId");
        const { budget } = c.req.valid("json");
        await Publication.setOwnerBudget(deps, ownerId, budget);
        return c.json({ ownerId, budget });
      },
    );
