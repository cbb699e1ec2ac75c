import { type Log, MalformedCursor, StoreUnavailable } from "@outlet/core/ports";
import * as Problem from "@outlet/core/foundation/problem";
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { BaseIssue } from "valibot";
import * as Text from "@outlet/core/foundation/text";
import { respondWhole } from "./whole.ts";

/** One body for every error of the app: RFC 9457, with an `error` member as OpenAI's clients read it. */
export function respond(c: Context, problem: Problem.ProblemError): Response {
  const requestId = c.get("requestId") ?? "unknown";
  const { retryAfter } = problem.detail;
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  if (problem.code === "unauthenticated") c.header("WWW-Authenticate", "Bearer");
  if (final.includes(problem.code)) c.header("x-should-retry", "false");
  const document = Problem.toDocument(problem, new URL(c.req.url).pathname, requestId);
  const status = problem.status as ContentfulStatusCode;
  return respondWhole(c, JSON.stringify(document), "application/problem+json", status);
}

/** Sent again, it is answered the same until somebody has acted. */
const final: readonly Problem.Code[] = ["bot_paused", "budget_exceeded", "quota_exceeded"];

/** The cause of a 500 is for the log, never for the client. */
export function createErrorHandler(log: Log): ErrorHandler {
  return function onError(error, c) {
    if (error instanceof Problem.ProblemError) return respond(c, error);
    if (error instanceof HTTPException && error.status === 400) {
      return respond(c, invalidJson());
    }
    if (error instanceof MalformedCursor) {
      const message = "The cursor is malformed or belongs to another list. Begin without one.";
      return respond(c, new Problem.ProblemError("invalid_request", { message, param: "cursor" }));
    }
    if (error instanceof StoreUnavailable) {
      log.error("store unavailable", { requestId: c.get("requestId"), cause: error });
      const message = "A store behind this API is out of reach. Nothing was changed; try again.";
      return respond(
        c,
        new Problem.ProblemError("service_unavailable", { message, retryAfter: 2 }),
      );
    }
    log.error("unexpected error", { requestId: c.get("requestId"), cause: error });
    const message = "Something went wrong here. Report the request id if it happens again.";
    return respond(c, new Problem.ProblemError("internal_error", message));
  };
}

export const invalidJson = (): Problem.ProblemError =>
  new Problem.ProblemError("invalid_json", "The body must be one JSON document.");

/**
 * @param methodsOf which methods a path knows, so that a wrong one is told from a wrong path.
 * @param hint what there is instead, as a sentence.
 */
export function createNotFoundHandler(
  methodsOf: (path: string) => string[],
  hint: (path: string) => string | undefined = () => undefined,
): NotFoundHandler {
  return function notFound(c) {
    const path = new URL(c.req.url).pathname;
    const methods = methodsOf(path);
    if (methods.length > 0) {
      c.header("Allow", methods.join(", "));
      const message = `${c.req.method} is not possible here. Use ${methods.join(" or ")}.`;
      return respond(c, new Problem.ProblemError("method_not_allowed", message));
    }
    return respond(
      c,
      new Problem.ProblemError(
        "route_not_found",
        [`There is nothing at ${Text.cut(path, 200)}.`, hint(path)].filter(Boolean).join(" "),
      ),
    );
  };
}

/** What a schema found wrong, each with the path a client would write: `message.content[0].body`. */
export function invalidRequest(
  issues: readonly [BaseIssue<unknown>, ...BaseIssue<unknown>[]],
): Problem.ProblemError {
  const errors = issues.slice(0, 20).map((issue) => ({
    path: pathOf(issue.path?.map((part) => part.key) ?? []),
    message: describe(issue),
  }));
  const first = errors[0];
  return new Problem.ProblemError("invalid_request", {
    message: errors.map((e) => (e.path ? `${e.path}: ${e.message}` : e.message)).join("; "),
    param: first?.path || null,
    errors,
  });
}

const pathOf = (keys: readonly unknown[]): string =>
  keys.reduce<string>((path, key) => {
    if (typeof key === "number") return `${path}[${key}]`;
    const name = short(String(key));
    return path ? `${path}.${name}` : name;
  }, "");

/** What a client sent is quoted to tell it by, not sent back whole. */
const short = (text: string, most = 100): string => Text.shorten(text, most);

function describe(issue: BaseIssue<unknown>): string {
  if (issue.kind === "schema" && issue.expected === "never") return "unknown field, remove it";
  if (issue.kind === "schema" && issue.received === "undefined") return "required, but missing";
  if (issue.kind === "schema") {
    return `must be ${expectedOf(issue)}, not ${short(issue.received)}`;
  }
  const limit = limits.get(issue.type);
  // What the schema says itself is better than a rule; valibot's own words begin like this.
  if (limit && issue.message.startsWith("Invalid ")) return limit(String(issue.requirement));
  return short(issue.message, 300);
}

const kinds = new Map(
  Object.entries({
    string: "a string",
    number: "a number",
    boolean: "true or false",
    Object: "an object",
    Array: "an array",
  }),
);

/** `("DAY" | "WEEK")` → `"DAY" or "WEEK"` */
function expectedOf({ expected }: BaseIssue<unknown>): string {
  const known = kinds.get(expected ?? "");
  return (
    known ??
    String(expected)
      .replace(/^\((.*)\)$/, "$1")
      .replaceAll(" | ", " or ")
  );
}

const limits = new Map(
  Object.entries<(requirement: string) => string>({
    min_value: (least) => `must be at least ${least}`,
    max_value: (most) => `must be at most ${most}`,
    integer: () => "must be a whole number",
    min_length: (least) => `must have a length of at least ${least}`,
    max_length: (most) => `must have a length of at most ${most}`,
    iso_timestamp: () => "must be an RFC 3339 time, such as 2026-01-31T12:00:00Z",
  }),
);
