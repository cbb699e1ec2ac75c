import * as Problem from "@outlet/core/foundation/problem";
import { Hono } from "hono";
import type { PublishedApiDeps } from "../deps.ts";
import type { PublishedEnv } from "../identity.ts";
import { botOf } from "../bot.ts";
import { modelList, modelView } from "./models.ts";
import * as Text from "@outlet/core/foundation/text";

/** https://platform.openai.com/docs/api-reference/models */
export function modelRoutes(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>();
  const list = async (botId: string) => modelList(await botOf(deps, botId));

  app.get("/models", async (c) => {
    const models = await list(c.get("client").botId);
    return c.json({ object: "list", data: models.map(modelView) });
  });

  app.get("/models/:id{.+}", async (c) => {
    const id = c.req.param("id");
    const found = (await list(c.get("client").botId)).find((model) => model.id === id);
    if (found) return c.json(modelView(found));
    throw new Problem.ProblemError("model_not_found", {
      message: `Model "${Text.cut(id, 100)}" does not exist here. GET /v1/models lists those that do.`,
      param: "model",
    });
  });

  return app;
}
