import * as Publication from "@outlet/core/publishing/publication";
import { originMatches } from "@outlet/core/publishing/publication";
import type { Table } from "@outlet/core/ports";
import type { MiddlewareHandler } from "hono";
import * as v from "valibot";
import type { PublishedEnv } from "./identity.ts";

const allowMethods = "GET,POST,DELETE,OPTIONS";
const allowHeaders = [
  ...["authorization", "content-type", "idempotency-key", "last-event-id", "prefer"],
  ...["x-api-key", "x-request-id"],
];
/** Tracing and SDKs add headers of their own: as many as any of them asks for, and no more. */
const askedMax = 64;
const token = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/;

const exposeHeaders =
  "content-location,idempotent-replayed,location,preference-applied,ratelimit,ratelimit-policy,retry-after,x-ratelimit-limit-requests,x-ratelimit-remaining-requests,x-ratelimit-reset-requests,x-request-id,x-should-retry";

/**
 * CORS for the origins of this publication. Preflights come without a key, so their list is read
 * from the table; other requests bring it in the authorizer's context.
 */
export function cors(table: Table): MiddlewareHandler<PublishedEnv> {
  return async function handleCors(c, next) {
    const origin = c.req.header("origin");
    if (c.req.method === "OPTIONS") {
      const botId = c.env.event?.stageVariables?.botId;
      const publication = botId ? await Publication.fromBot(table, botId) : undefined;
      const headers = new Headers({ Vary: "Origin, Access-Control-Request-Headers" });
      if (origin && originMatches(origin, publication?.allowedOrigins ?? [])) {
        headers.set("Access-Control-Allow-Origin", origin);
        headers.set("Access-Control-Allow-Methods", allowMethods);
        const asked = c.req.header("access-control-request-headers") ?? "";
        headers.set("Access-Control-Allow-Headers", allowedHeaders(asked));
        headers.set("Access-Control-Max-Age", "600");
      }
      return new Response(null, { status: 204, headers });
    }
    await next();
    if (!origin) return;
    c.header("Vary", "Origin", { append: true });
    if (!originMatches(origin, originsOf(c.env.event?.requestContext?.authorizer))) return;
    c.header("Access-Control-Allow-Origin", origin);
    c.header("Access-Control-Expose-Headers", exposeHeaders);
  };
}

/** Who calls is told by the key, so that no header is worth keeping from a script. */
function allowedHeaders(asked: string): string {
  const names = asked.toLowerCase().split(",", askedMax);
  const more = names.map((name) => name.trim()).filter((name) => token.test(name));
  return [...new Set([...allowHeaders, ...more])].join(",");
}

const Origins = v.pipe(v.object({ allowedOrigins: v.pipe(v.string(), v.parseJson()) }));

export function originsOf(context: unknown): string[] {
  const parsed = v.safeParse(Origins, context);
  const list = v.safeParse(v.array(v.string()), parsed.success ? parsed.output.allowedOrigins : []);
  return list.success ? list.output : [];
}
