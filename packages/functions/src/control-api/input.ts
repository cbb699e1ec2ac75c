import * as Problem from "@outlet/core/foundation/problem";
import * as Times from "@outlet/core/foundation/time";
import type { Env, MiddlewareHandler } from "hono";
import { validator } from "hono-openapi";
import * as v from "valibot";
import { invalidRequest } from "../http/problems.ts";

type Issues = Parameters<typeof invalidRequest>[0];

/** The body, parsed by its schema; documented in the OpenAPI page by the same. */
export const body = <S extends v.GenericSchema>(schema: S) => validated("json", schema);

/** Query parameters, parsed by their schema. */
export const query = <S extends v.GenericSchema>(schema: S) => validated("query", schema);

function validated<T extends "json" | "query", S extends v.GenericSchema>(target: T, schema: S) {
  return validator<S, T, Env, string>(target, schema, (result) => {
    // hono-openapi speaks Standard Schema; every schema here is valibot's, so are the issues.
    if (!result.success) throw invalidRequest(result.error as unknown as Issues);
    // The hook is given what was sent, not what became of it.
    if (target === "json") refuseLists(result.data, v.parse(schema, result.data));
  });
}

/** To valibot a list is an object without members, so one would do where all members are optional. */
function refuseLists(sent: unknown, parsed: unknown, path: string[] = []): void {
  if (!isObject(sent) || !isObject(parsed)) return;
  if (Array.isArray(sent) && !Array.isArray(parsed)) {
    const param = path.join(".") || null;
    const message = `${param ?? "The body"} must be an object, not an array`;
    throw new Problem.ProblemError("invalid_request", { message, param });
  }
  for (const [name, member] of Object.entries(sent)) {
    refuseLists(member, Reflect.get(parsed, name), [...path, name]);
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Bodies are JSON; Hono's validator would take another content type for an empty object. */
export function jsonOnly(): MiddlewareHandler {
  return async function requireJson(c, next) {
    const type = c.req.header("content-type");
    const length = c.req.header("content-length");
    const hasBody =
      (length !== undefined && length !== "0") || c.req.header("transfer-encoding") !== undefined;
    if (hasBody && !/^application\/([a-z.-]+\+)?json(\s*;.*)?$/i.test(type ?? "")) {
      throw new Problem.ProblemError("unsupported_media_type", {
        message: "Send the body as “Content-Type: application/json”.",
        param: "content-type",
      });
    }
    await next();
  };
}

const notATime =
  "must be an RFC 3339 time, such as 2026-11-22T10:00:00Z (in a URL the + of an offset is %2B)";

/** RFC 3339; as epoch milliseconds to the handler. */
export const Time = v.pipe(
  Times.Timestamp(notATime),
  v.transform((text) => Date.parse(text)),
);

const Limit = v.pipe(
  v.string(),
  v.regex(/^[0-9]{1,3}$/, "must be a number from 1 to 100"),
  v.transform(Number),
  v.minValue(1),
  v.maxValue(100),
);

/** `?limit=20&cursor=…`, as every paged list takes them. */
export const Paging = v.object({
  limit: v.optional(Limit, "20"),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(2_000))),
});
