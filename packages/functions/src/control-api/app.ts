import * as Problem from "@outlet/core/foundation/problem";
import { type Context, Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { bodyLimit } from "hono/body-limit";
import { except } from "hono/combine";
import { readableBody } from "../http/body.ts";
import { methodsOf } from "../http/methods.ts";
import { createErrorHandler, createNotFoundHandler } from "../http/problems.ts";
import { boundedPath, guardedAnswers } from "../http/guards.ts";
import { requestId } from "../http/request-id.ts";
import { authenticate } from "./authentication.ts";
import { signingIn } from "./audited-reads.ts";
import type { ControlApiDeps, ControlEnv } from "./deps.ts";
import { jsonOnly } from "./input.ts";
import { describeApi } from "./openapi.ts";
import { adminRoutes } from "./admin/admin.ts";
import { arrivalRoutes } from "./observability/arrivals.ts";
import { chainRoutes } from "./admin/chains.ts";
import { ownerRoutes } from "./admin/owners.ts";
import { alertRoutes } from "./observability/alerts.ts";
import { botRoutes } from "./bots/bots.ts";
import { clientRoutes } from "./publishing/clients.ts";
import { budgetRoutes } from "./publishing/budgets.ts";
import { keyRoutes } from "./publishing/keys.ts";
import { knowledgeRoutes } from "./bots/knowledge.ts";
import { meRoutes } from "./bots/me.ts";
import { metricsRoutes } from "./observability/metrics.ts";
import { publicationRoutes } from "./publishing/publication.ts";
import { runRoutes } from "./observability/runs.ts";
import { webhookRoutes } from "./publishing/webhooks.ts";
import { testRunRoutes } from "./bots/test-runs.ts";
import { toolRoutes } from "./tools/tools.ts";

/** What Lambda can be handed: 6 MB in all, of which the event's other members take some. */
const bodyMax = 5_500_000;

/** A file's bytes: counted as they come, and of any type. */
const isFile = (c: Context): boolean =>
  c.req.method === "PUT" &&
  /^\/api\/bots\/[^/]+\/knowledge\/uploads\/[^/]+\/content$/.test(c.req.path);

/** What the console and scripts see, under `/api`. */
export function createControlApi(deps: ControlApiDeps) {
  const app = new Hono<ControlEnv>({ strict: false }).basePath("/api");
  app.onError(createErrorHandler(deps.log));
  app.notFound(createNotFoundHandler(methodsOf(app)));
  app.use(
    requestId(
      (env) => (env as ControlEnv["Bindings"] | undefined)?.event?.requestContext?.requestId,
    ),
  );
  app.use(guardedAnswers());
  const open = { security: [] };
  app.get("/health", describeRoute({ summary: "Whether it is up", ...open }), (c) =>
    c.json({ status: "ok" }),
  );
  app.get("/openapi.json", describeRoute({ summary: "This API", ...open }), describeApi(app));
  app.use(
    authenticate(deps.authentication),
    signingIn(deps),
    boundedPath(),
    except(
      isFile,
      bodyLimit({
        maxSize: bodyMax,
        onError: () => {
          const message = `The body must be smaller than ${bodyMax} bytes.`;
          throw new Problem.ProblemError("payload_too_large", message);
        },
      }),
      jsonOnly(),
      readableBody(),
    ),
  );
  return app
    .route("/", meRoutes(deps))
    .route("/", botRoutes(deps))
    .route("/", knowledgeRoutes(deps))
    .route("/", toolRoutes(deps))
    .route("/", testRunRoutes(deps))
    .route("/", publicationRoutes(deps))
    .route("/", keyRoutes(deps))
    .route("/", arrivalRoutes(deps))
    .route("/", budgetRoutes(deps))
    .route("/", clientRoutes(deps))
    .route("/", webhookRoutes(deps))
    .route("/", runRoutes(deps))
    .route("/", metricsRoutes(deps))
    .route("/", alertRoutes(deps))
    .route("/", adminRoutes(deps))
    .route("/", ownerRoutes(deps))
    .route("/", chainRoutes(deps));
}

/** For Hono's typed client. */
export type ControlApi = ReturnType<typeof createControlApi>;

/** What an error of it may be called, for the words that a client has for each. */
export type ProblemCode = Problem.Code;
