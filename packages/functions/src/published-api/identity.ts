import * as Problem from "@outlet/core/foundation/problem";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { MiddlewareHandler } from "hono";
import * as v from "valibot";
import type { RequestIdEnv } from "../http/request-id.ts";

/**
 * What the authorizer says of the caller. API Gateway makes strings of all values.
 * `allowedOrigins` is JSON.
 */
export const AuthorizerContext = v.object({
  botId: v.string(),
  keyId: v.string(),
  clientId: v.string(),
  paused: v.picklist(["true", "false"]),
  allowedOrigins: v.string(),
  /** Of the key, with commas between; all where an authorizer of before says none. */
  scopes: v.optional(v.string(), "invoke,read,delete"),
  /** 1–90. */
  retentionDays: v.pipe(v.string(), v.regex(/^[1-9][0-9]?$/)),
  /** What becomes of callers' own instructions. */
  callerInstructions: v.optional(v.picklist(["follow", "ignore"]), "follow"),
  /** What becomes of a chat window's asking for titles and the like. */
  utilityCalls: v.optional(v.picklist(["answer", "refuse"]), "answer"),
  /** When the readers of an answer get it. */
  streaming: v.optional(v.picklist(["deltas", "end"]), "deltas"),
  /** Whether the owner has a webhook. */
  tellsOwner: v.optional(v.picklist(["true", "false"]), "false"),
  /** What becomes of a webhook that the caller names. */
  callerWebhooks: v.optional(v.picklist(["allow", "refuse"]), "allow"),
  /** JSON of throttle, quota and what the gateway's counters are found by. */
  limits: v.optional(v.string()),
  /** JSON of whose budgets it is paid from; absent where there are none. */
  budgets: v.optional(v.string()),
});
export type AuthorizerContext = v.InferOutput<typeof AuthorizerContext>;

export interface PublishedEnv {
  Bindings: { event: APIGatewayProxyEvent; context?: { gone?: AbortSignal } };
  Variables: RequestIdEnv["Variables"] & {
    client: AuthorizerContext;
    /** Too many wait with this key: the answer comes at once, as to a poll. */
    mayNotWait?: boolean;
  };
}

/** Lets only pass what the gateway's authorizer has vouched for. */
export function identity(): MiddlewareHandler<PublishedEnv> {
  return async function readIdentity(c, next) {
    const said = v.safeParse(AuthorizerContext, c.env.event?.requestContext?.authorizer);
    if (!said.success) {
      throw new Problem.ProblemError("forbidden", "This request did not come through the gateway.");
    }
    c.set("client", said.output);
    if (said.output.paused === "true") {
      throw new Problem.ProblemError("bot_paused", {
        message: "The owner has paused this bot. Try again when it has been resumed.",
        retryAfter: 60,
      });
    }
    await next();
  };
}
