import { Hono } from "hono";
import type { PublishedApiDeps } from "../deps.ts";
import type { PublishedEnv } from "../identity.ts";
import { chatRoutes } from "./chat.ts";
import { modelRoutes } from "./model-routes.ts";
import { responseRoutes } from "./responses.ts";

/** The API as OpenAI's own clients know it, under `/v1`. */
export function openaiRoutes(deps: PublishedApiDeps): Hono<PublishedEnv> {
  return new Hono<PublishedEnv>()
    .route("/", responseRoutes(deps))
    .route("/", chatRoutes(deps))
    .route("/", modelRoutes(deps));
}
