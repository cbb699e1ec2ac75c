import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type {
  APIGatewayEventIdentity,
  APIGatewayProxyEvent,
  APIGatewayRequestAuthorizerEvent,
} from "aws-lambda";
import type { Mount } from "./mount.ts";
import type { RouteMatch } from "./route-match.ts";

/** A request as the gateway sees it, before it is routed. */
export interface GatewayRequest {
  mount: Mount;
  requestId: string;
  extendedRequestId: string;
  traceId: string;
  arrivedAt: number;
  accountId: string;
  /** Scheme, host and port the caller used, as far as the runtime knows. */
  origin: URL;
  sourceIp: string;
  method: string;
  protocol: string;
  /** As it came over the wire, with API id and stage. */
  fullPath: string;
  /** As it came over the wire, below the stage. */
  path: string;
  /** What comes before it in events: API Gateway does not take a custom domain's base path off. */
  basePath: string;
  query: string;
  headers: Record<string, string>;
  multiValueHeaders: Record<string, string[]>;
}

/** The key a request is counted under. */
export interface Identity {
  apiKey: string | null;
  apiKeyId: string | null;
}

export const nobody: Identity = { apiKey: null, apiKeyId: null };

/**
 * What API Gateway does not hand on:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const droppedHeaders = new Set([
  "connection",
  "content-length",
  "content-md5",
  "expect",
  "keep-alive",
  "max-forwards",
  "proxy-authenticate",
  "proxy-connection",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
]);

/** Headers in the case they came in; the last of several wins where one is asked for. */
export function readHeaders(
  req: IncomingMessage,
  source: { sourceIp: string; origin: URL; traceId: string },
): Pick<GatewayRequest, "headers" | "multiValueHeaders"> {
  const values = new Map<string, { name: string; values: string[] }>();
  for (let index = 0; index + 1 < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index] ?? "";
    const folded = name.toLowerCase();
    if (droppedHeaders.has(folded)) continue;
    const entry = values.get(folded) ?? { name, values: [] };
    entry.values.push(req.rawHeaders[index + 1] ?? "");
    values.set(folded, entry);
  }
  const { origin, sourceIp, traceId } = source;
  const forwardedFor = [...(values.get("x-forwarded-for")?.values ?? []), sourceIp].join(", ");
  const port = origin.port || (origin.protocol === "https:" ? "443" : "80");
  for (const [name, value] of [
    ["X-Amzn-Trace-Id", traceId],
    ["X-Forwarded-For", forwardedFor],
    ["X-Forwarded-Port", port],
    ["X-Forwarded-Proto", origin.protocol.slice(0, -1)],
  ] as const) {
    values.set(name.toLowerCase(), { name, values: [value] });
  }
  const entries = [...values.values()];
  return {
    headers: Object.fromEntries(entries.map((entry) => [entry.name, entry.values.at(-1) ?? ""])),
    multiValueHeaders: Object.fromEntries(entries.map((entry) => [entry.name, entry.values])),
  };
}

export function headerOf(request: GatewayRequest, name: string): string | null {
  const folded = name.toLowerCase();
  const found = Object.entries(request.headers).find(([key]) => key.toLowerCase() === folded);
  return found?.[1] ?? null;
}

/** The event of a Lambda proxy integration of a REST API. */
export function createProxyEvent(
  request: GatewayRequest,
  match: RouteMatch,
  caller: { identity: Identity; authorizer: Record<string, unknown> | null },
  body: Buffer,
): APIGatewayProxyEvent {
  return {
    ...commonFields(request, match),
    requestContext: {
      ...requestContext(request, match, caller.identity),
      // Not there at all where a method has none.
      authorizer: caller.authorizer ?? undefined,
    },
    ...bodyOf(body),
  };
}

/**
 * Without binary media types API Gateway passes every body on as text. Bytes that are none it would
 * spoil; here they are handed on as they came, so that they can be refused.
 */
function bodyOf(body: Buffer): Pick<APIGatewayProxyEvent, "body" | "isBase64Encoded"> {
  if (body.length === 0) return { body: null, isBase64Encoded: false };
  return isUtf8(body)
    ? { body: body.toString("utf8"), isBase64Encoded: false }
    : { body: body.toString("base64"), isBase64Encoded: true };
}

/** The event of a REQUEST authorizer. */
export function createAuthorizerEvent(
  request: GatewayRequest,
  match: RouteMatch,
  methodArn: string,
): APIGatewayRequestAuthorizerEvent {
  return {
    type: "REQUEST",
    methodArn,
    ...commonFields(request, match),
    requestContext: { ...requestContext(request, match, nobody), authorizer: undefined },
  };
}

function commonFields(request: GatewayRequest, { route, pathParameters }: RouteMatch) {
  const { variables } = request.mount.stage;
  return {
    resource: route.resource,
    path: `${request.basePath}${request.path}`,
    httpMethod: request.method,
    headers: request.headers,
    multiValueHeaders: request.multiValueHeaders,
    ...readQuery(request.query),
    pathParameters,
    stageVariables: Object.keys(variables).length > 0 ? variables : null,
  };
}

function requestContext(request: GatewayRequest, { route }: RouteMatch, identity: Identity) {
  const { mount, origin } = request;
  return {
    accountId: request.accountId,
    apiId: mount.restApiId,
    domainName: origin.host,
    domainPrefix: mount.restApiId,
    extendedRequestId: request.extendedRequestId,
    httpMethod: request.method,
    identity: createIdentity(request, identity),
    // With everything before the stage, as with the base path of a custom domain: a function that
    // takes its own path off the end has the address it was called at.
    path: request.fullPath,
    protocol: request.protocol,
    requestId: request.requestId,
    requestTime: commonLogTime(request.arrivedAt),
    requestTimeEpoch: request.arrivedAt,
    resourceId: route.resourceId,
    resourcePath: route.resource,
    stage: mount.stage.name,
  };
}

function createIdentity(request: GatewayRequest, identity: Identity): APIGatewayEventIdentity {
  return {
    accessKey: null,
    accountId: null,
    ...identity,
    caller: null,
    clientCert: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: request.sourceIp,
    user: null,
    userAgent: headerOf(request, "user-agent"),
    userArn: null,
  };
}

function readQuery(query: string) {
  const parameters = new URLSearchParams(query);
  if (parameters.size === 0) {
    return { queryStringParameters: null, multiValueQueryStringParameters: null };
  }
  const names = [...new Set(parameters.keys())];
  return {
    queryStringParameters: Object.fromEntries(parameters),
    multiValueQueryStringParameters: Object.fromEntries(
      names.map((name) => [name, parameters.getAll(name)]),
    ),
  };
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The last one that was asked for: each request asks several times. */
let latest = { second: Number.NaN, text: "" };

/** `09/Apr/2015:12:34:56 +0000` */
export function commonLogTime(epochMs: number): string {
  const second = Math.floor(epochMs / 1_000);
  if (latest.second !== second) latest = { second, text: toCommonLogTime(epochMs) };
  return latest.text;
}

function toCommonLogTime(epochMs: number): string {
  const date = new Date(epochMs);
  const day = String(date.getUTCDate()).padStart(2, "0");
  const time = date.toISOString().slice(11, 19);
  return `${day}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${time} +0000`;
}
