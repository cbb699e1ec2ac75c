import type { StackSpec } from "@outlet/core/ports";
import { canonicalOrigin } from "@outlet/core/publishing/publication";
import type { JsonObject } from "./template-types.ts";

/** What the gateway says on its own, before or instead of the function. AWS's own default text. */
const defaultTemplate = '{"message":$context.error.messageString}';
/** For refusals whose default text would say more than the caller may know. */
const forbiddenTemplate = '{"message":"Forbidden"}';
const unavailableTemplate = '{"message":"Service Unavailable"}';

/** Tells "the allow list refused you" from "this key is not known", which read the same otherwise. */
const refusedByHeader = "x-outlet-refused-by";

const exposedHeaders = [
  "Retry-After",
  "x-should-retry",
  "x-request-id",
  "x-amzn-requestid",
  "x-amzn-errortype",
  "Idempotent-Replayed",
  "Location",
];

/** Only what cannot break out of the quotes of a static header value. */
const exactOrigin = /^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/;

/**
 * CORS headers a gateway response can carry. They are static text, so one exact origin is named and
 * anything else (several, wildcards) is `*`: these bodies hold nothing that is not public, and the
 * function's own answers name the caller's origin exactly.
 */
function corsHeaders(allowedOrigins: string[]): JsonObject {
  const [first] = allowedOrigins;
  if (first === undefined) return {};
  const isExact = allowedOrigins.length === 1 && exactOrigin.test(first);
  const origin = isExact ? canonicalOrigin(first) : "*";
  return {
    "gatewayresponse.header.Access-Control-Allow-Origin": `'${origin}'`,
    "gatewayresponse.header.Access-Control-Expose-Headers": `'${exposedHeaders.join(",")}'`,
  };
}

/** Static text cannot tell how full the bucket is: the time after which there surely is a token. */
const refillSeconds = (throttle: StackSpec["throttle"]): string =>
  String(Math.max(1, Math.ceil(1 / (throttle?.rateLimit ?? 1))));

/**
 * The `x-amazon-apigateway-gateway-responses` of a published bot.
 *
 * DEFAULT_4XX and DEFAULT_5XX get headers only: a status code there would overwrite that of every
 * other response. A response with an entry of its own takes no headers from the defaults, so each
 * entry repeats them.
 *
 * Where the table is out, a client meets the authorizer's failing first: 503, with a time to try
 * again. API Gateway calls it AUTHORIZER_FAILURE where the function cannot be reached, and
 * AUTHORIZER_CONFIGURATION_ERROR where it throws or times out.
 */
export function createGatewayResponses(
  allowedOrigins: string[],
  throttle: StackSpec["throttle"],
): JsonObject {
  const cors = corsHeaders(allowedOrigins);
  const response = (statusCode: string, template: string, headers: Record<string, string> = {}) => {
    const own = Object.entries(headers).map(([name, value]) => [
      `gatewayresponse.header.${name}`,
      `'${value}'`,
    ]);
    return {
      statusCode,
      responseParameters: { ...cors, ...Object.fromEntries(own) },
      responseTemplates: { "application/json": template },
    };
  };
  const fallback = { responseParameters: cors };
  return {
    ...(allowedOrigins.length > 0 ? { DEFAULT_4XX: fallback, DEFAULT_5XX: fallback } : {}),
    THROTTLED: response("429", defaultTemplate, { "Retry-After": refillSeconds(throttle) }),
    QUOTA_EXCEEDED: response("429", defaultTemplate, { "x-should-retry": "false" }),
    WAF_FILTERED: response("403", defaultTemplate, { [refusedByHeader]: "ip-allow-list" }),
    // Its default text is null: nothing to go by.
    AUTHORIZER_FAILURE: response("503", unavailableTemplate, { "Retry-After": "2" }),
    AUTHORIZER_CONFIGURATION_ERROR: response("503", unavailableTemplate, { "Retry-After": "2" }),
    // Refused keys look alike, whether the authorizer or the usage plan refuses them.
    ACCESS_DENIED: response("403", forbiddenTemplate),
    UNAUTHORIZED: response("403", forbiddenTemplate),
  };
}
