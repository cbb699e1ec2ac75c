import { Hono } from "hono";
import { Problem } from "@outlet/core/foundation/problem";
import { PayloadMissing } from "@outlet/core/conversations/run";
import { createErrorHandler, respond } from "../../http/problems.ts";
import type { PublishedApiDeps } from "../deps.ts";
import type { PublishedEnv } from "../identity.ts";
import { chatRoutes } from "./chat.ts";
import { modelRoutes } from "./model-routes.ts";
import { responseRoutes } from "./responses.ts";

/** The API as OpenAI's own clients know it, under `/v1`. */
export function openaiRoutes(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>();
  app.onError(v1Errors(deps));
  return app
    .route("/", responseRoutes(deps))
    .route("/", chatRoutes(deps))
    .route("/", modelRoutes(deps));
}

/**
 * What is 422 or 410 elsewhere is 400 here: some clients repeat whatever they do not know for final,
 * up to six times, and pay for each.
 */
function v1Errors({ log }: PublishedApiDeps): ReturnType<typeof createErrorHandler> {
  const onError = createErrorHandler(log);
  return function onV1Error(error, c) {
    if (error instanceof PayloadMissing) {
      return respond(c, new Problem.ProblemError("not_found", "It has been deleted."));
    }
    if (!(error instanceof Problem.ProblemError)) return onError(error, c);
    if (![410, 422].includes(error.status)) return onError(error, c);
    return onError(new Problem.ProblemError(error.code, { ...error.detail, status: 400 }), c);
  };
}
