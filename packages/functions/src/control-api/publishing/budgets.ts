import * as Answering from "@outlet/core/conversations/answering";
import type { Conversation } from "@outlet/core/conversations/conversation";
import * as Run from "@outlet/core/conversations/run";
import * as Budgets from "@outlet/core/observability/budgets";
import * as Budget from "@outlet/core/publishing/budget";
import * as Key from "@outlet/core/publishing/key";
import * as Publication from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { publishable } from "../publishable.ts";
import { time, timeOrNull } from "../views.ts";

export const budgetRoutes = (deps: ControlApiDeps) =>
  new Hono<ControlEnv>().get(
    "/bots/:botId/publication/budgets",
    describeRoute({
      summary: "How the budgets of the bot, its owner and its keys stand in their present periods",
      tags: ["keys", "metrics"],
    }),
    async (c) => {
      const { botId } = await publishable(deps, c, "metrics");
      const publication = await Publication.requireLive(deps.table, botId);
      const payers = await Budgets.payers(deps.table, publication);
      const budgets = await Promise.all(
        payers.map(async ({ keyId, label, ...payer }) => {
          const { kind, from, resetsAt, refusedAt, ...report } = await Budget.report(deps, payer);
          return {
            of: kind,
            keyId,
            label,
            ...report,
            from: time(from),
            resetsAt: timeOrNull(resetsAt),
            refusedAt: timeOrNull(refusedAt),
          };
        }),
      );
      return c.json({ botId, budgets });
    },
  );

/** What a run that is redriven is paid from: as a message with its key would be now. */
export function budgetOf(
  deps: Pick<ControlApiDeps, "table" | "objects" | "catalog">,
): NonNullable<Conversation.RedriveDeps["budgetOf"]> {
  return async function payForAgain(run) {
    const publication = await Publication.fromBot(deps.table, run.botId);
    if (!publication) return undefined;
    const key = await Key.find(deps.table, run.botId, run.keyId);
    const payers = Budget.payersOf(publication, key ?? { keyId: run.keyId, budget: null });
    if (payers.length === 0) return undefined;
    const { surroundings: _, ...said } = await Run.loadKept(deps, run);
    const content = said.content.flatMap((part) => (part.contentType === "text" ? [part] : []));
    const microUsd = await Answering.estimate(deps, run, { ...said, content });
    return { payers, microUsd };
  };
}
