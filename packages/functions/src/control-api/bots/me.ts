import * as KnowledgeBase from "@outlet/core/bots/knowledge-base";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";

export const meRoutes = (deps: Pick<ControlApiDeps, "catalog" | "knowledgeBases">) =>
  new Hono<ControlEnv>().get(
    "/me",
    describeRoute({ summary: "Who am I, and what may I do", tags: ["me"] }),
    (c) => {
      const caller = c.get("caller");
      const can = (allowed: boolean, reason: string) => ({
        allowed,
        reason: allowed ? null : reason,
      });
      return c.json({
        userId: caller.userId,
        username: caller.username,
        groups: caller.groups,
        may: {
          createBots: can(true, ""),
          publish: can(
            caller.mayPublish,
            "Ask an administrator for the right to publish (the group PublishAllowed), then sign in again.",
          ),
          administer: can(caller.isAdmin, "This is for members of the group Admin."),
        },
        /** Ids of knowledge bases that one's bots may answer from. */
        knowledgeBases: KnowledgeBase.allowedTo(deps.knowledgeBases ?? [], caller),
        models: deps.catalog.models.map(({ name, title, price }) => ({
          name,
          title,
          priced: price !== null,
        })),
      });
    },
  );
