import { PayloadMissing } from "@outlet/core/conversations/run";
import * as Problem from "@outlet/core/foundation/problem";
import { Hono } from "hono";
import { readableBody } from "../http/body.ts";
import { methodsOf } from "../http/methods.ts";
import { createErrorHandler, createNotFoundHandler, respond } from "../http/problems.ts";
import { boundedPath } from "../http/guards.ts";
import { requestId } from "../http/request-id.ts";
import { notFound } from "./conversations.ts";
import { aboutRoutes } from "./about.ts";
import { answeredInTime } from "./answer-time.ts";
import { cors } from "./cors.ts";
import type { PublishedApiDeps } from "./deps.ts";
import { identity, type PublishedEnv } from "./identity.ts";
import { limits } from "./limits.ts";
import { late } from "./late.ts";
import { nativeRoutes } from "./native/routes.ts";
import { scoped } from "./scopes.ts";
import { waiting } from "./waiting.ts";

export type { PublishedApiDeps } from "./deps.ts";

/** The API that every published bot has, behind the gateway and its authorizer: all its faces. */
export function createPublishedApi(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>({ strict: false });
  const onError = createErrorHandler(deps.log);
  app.onError((error, c) => {
    // Deleted or expired between two reads.
    if (error instanceof PayloadMissing) return respond(c, notFound("It has been deleted."));
    return onError(onFace(error, c.req.path), c);
  });
  app.notFound(createNotFoundHandler(knownMethods(app), openaiHint));
  app.use(
    requestId(gatewayRequestId),
    answeredInTime(deps.policy.answerMaxMs),
    cors(deps.table),
    identity(),
    boundedPath(),
    scoped(),
    readableBody(),
    limits(deps),
    waiting(deps),
  );
  app.route("/", nativeRoutes(deps));
  app.route("/", aboutRoutes(deps));
  // Many bots are called by one face alone: the others' code comes with their first request.
  app.route(
    "/",
    late(["POST /mcp"], async () => (await import("./faces.ts")).mcpRoutes(deps)),
  );
  app.route(
    "/v1",
    late(openaiPaths, async () => (await import("./faces.ts")).openaiRoutes(deps)),
  );
  return app;
}

const openaiPaths = [
  "POST /responses",
  "GET /responses/:id",
  "DELETE /responses/:id",
  "POST /responses/:id/cancel",
  "GET /responses/:id/input_items",
  "POST /chat/completions",
  "GET /chat/completions",
  "GET /models",
  "GET /models/:id{.+}",
];

/**
 * What is 422 or 410 on the native face is 400 on the others: some stock clients repeat whatever they
 * do not know for final, up to six times, and pay for each.
 */
function onFace(error: Error, path: string): Error {
  const isNative = !/^\/(v1|mcp)(\/|$)/.test(path);
  if (isNative || !(error instanceof Problem.ProblemError)) return error;
  if (![410, 422].includes(error.status)) return error;
  return new Problem.ProblemError(error.code, { ...error.detail, status: 400 });
}

/** Acts of OpenAI's that lie where a response's id does: nothing is there, whatever the method. */
function knownMethods(app: Hono<PublishedEnv>): (path: string) => string[] {
  const methods = methodsOf(app);
  const absent = /^\/v1\/responses\/(compact|input_tokens)\/?$/;
  return (path) => (absent.test(path) ? [] : methods(path));
}

const openaiHint = (path: string): string | undefined =>
  path.startsWith("/v1/")
    ? "A bot answers at /v1/responses and /v1/chat/completions, and lists its models at /v1/models."
    : undefined;

const gatewayRequestId = (env: unknown): string | undefined =>
  (env as Partial<PublishedEnv["Bindings"]> | undefined)?.event?.requestContext?.requestId;
