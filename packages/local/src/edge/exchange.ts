import type { IncomingMessage, ServerResponse } from "node:http";
import type { Platform } from "@outlet/aws/published-stack/template";
import type { Log } from "@outlet/core/ports";
import type { LambdaFunction } from "../function-host/function.ts";
import type { AccessLogs } from "./access-log.ts";
import type { Arrivals } from "./arrivals.ts";
import { type Authorized, authorize } from "./authorizer.ts";
import type { ContextVariables } from "./context-variables.ts";
import type { EdgeDatabase } from "./database.ts";
import { GatewayRefusal, renderGatewayResponse } from "./gateway-responses.ts";
import { invokeIntegration, pipeBody, sendMetadata, sendWhole } from "./integration.ts";
import type { Method } from "./mount.ts";
import {
  commonLogTime,
  createProxyEvent,
  type GatewayRequest,
  headerOf,
  type Identity,
  nobody,
} from "./proxy-event.ts";
import {
  type BodyRoom,
  bodyMaxBytes,
  discardBody,
  NoRoom,
  RequestAborted,
  readBody,
  saysTooLarge,
} from "./request-body.ts";
import { matchRoute } from "./route-match.ts";
import type { UsagePlans } from "./usage-plan.ts";
import type { AllowList } from "./waf.ts";

/** One request and its answer, with what the access log will say of them. */
export interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  request: GatewayRequest;
  variables: ContextVariables;
}

export interface ExchangeDeps {
  allows: AllowList;
  arrivals: Arrivals;
  room: BodyRoom;
  database: EdgeDatabase;
  logs: AccessLogs;
  usagePlans: UsagePlans;
  functions: ReadonlyMap<string, LambdaFunction>;
  platform: Platform;
  log: Log;
}

/** Answers a request to a mounted stage, in the order AWS applies its checks. Never rejects. */
export async function serve(exchange: Exchange, deps: ExchangeDeps): Promise<void> {
  const { req, res, request, variables } = exchange;
  const startedAt = performance.now();
  recordRequest(request, variables);
  // Only throttling goes by arrival; whom nothing throttles need not wait for others.
  deps.arrivals.note();
  if (request.mount.usagePlan.throttle) await deps.arrivals.settled();
  try {
    await answer(exchange, deps);
  } catch (error) {
    answerFailure(exchange, error, deps.log);
  } finally {
    variables.set("status", String(res.statusCode));
    variables.set("responseLatency", elapsed(startedAt));
    // Before the end of the answer, so that whoever has seen that finds the line.
    const { restApiId, stage } = request.mount;
    await deps.logs.write(restApiId, stage.accessLogFormat, variables).catch((cause: unknown) => {
      deps.log.error("an access log cannot be written", { restApiId, cause });
    });
    await discardBody(req);
    if (!res.destroyed) res.end();
  }
}

async function answer(exchange: Exchange, deps: ExchangeDeps): Promise<void> {
  const { req, res, request, variables } = exchange;
  const { mount } = request;
  guard(request, variables, deps.allows);

  const match = matchRoute(mount, request.method, request.path);
  if (match === undefined) throw new GatewayRefusal("MISSING_AUTHENTICATION_TOKEN");
  variables.set("resourcePath", match.route.resource);
  variables.set("resourceId", match.route.resourceId);

  if (saysTooLarge(req)) return refuseBody(res, variables);

  const { method } = match;
  const authorized =
    method.authorizer === null
      ? null
      : await authorize(
          request,
          match,
          deps.functions.get(method.authorizer),
          deps.platform,
          variables,
        );
  // Unlike API Gateway, only now: whoever has no key is not to fill this machine's memory.
  const body = await receiveBody(req, deps.room);
  if (body === undefined) return refuseBody(res, variables);
  const identity = admit(request, method, authorized, variables, deps);

  const caller = { identity, authorizer: authorized?.context ?? null };
  const event = createProxyEvent(request, match, caller, body);
  await integrate(exchange, method, event, deps);
}

async function receiveBody(req: IncomingMessage, room: BodyRoom): Promise<Buffer | undefined> {
  try {
    return await readBody(req, room);
  } catch (cause) {
    if (cause instanceof NoRoom) throw new GatewayRefusal("THROTTLED", { cause });
    throw cause;
  }
}

function guard(request: GatewayRequest, variables: ContextVariables, allows: AllowList): void {
  if (!request.mount.guarded) return;
  const allowed = allows(request.sourceIp);
  variables.set("waf.status", allowed ? "200" : "403");
  variables.set("wafResponseCode", allowed ? "WAF_ALLOW" : "WAF_BLOCK");
  if (!allowed) throw new GatewayRefusal("WAF_FILTERED");
}

/** The usage plan: the key must be one of its own, and have something left. */
function admit(
  request: GatewayRequest,
  method: Method,
  authorized: Authorized | null,
  variables: ContextVariables,
  { database, usagePlans }: ExchangeDeps,
): Identity {
  if (!method.keyRequired) return nobody;
  const { keySource, usagePlan } = request.mount;
  const apiKey =
    keySource === "AUTHORIZER"
      ? (authorized?.usageIdentifierKey ?? null)
      : headerOf(request, "x-api-key");
  const apiKeyId = apiKey === null ? undefined : database.keyId(usagePlan.id, apiKey);
  if (apiKeyId === undefined) throw new GatewayRefusal("INVALID_API_KEY");
  variables.set("identity.apiKeyId", apiKeyId);
  usagePlans.admit(usagePlan, apiKeyId, request.arrivedAt);
  return { apiKey, apiKeyId };
}

async function integrate(
  { res, variables, request }: Exchange,
  method: Method,
  event: unknown,
  { functions }: ExchangeDeps,
): Promise<void> {
  const startedAt = performance.now();
  const target = functions.get(method.functionArn);
  let overdue: NodeJS.Timeout | undefined;
  try {
    const stream = await invokeIntegration(target, event, method.timeoutMs);
    variables.set("integrationStatus", "200");
    res.setHeader("X-Amzn-Trace-Id", request.traceId);
    const whole = sendMetadata(res, stream);
    const leftMs = method.timeoutMs - (performance.now() - startedAt);
    if (!whole) overdue = setTimeout(() => res.destroy(), leftMs);
    const length = whole ? sendWhole(res, whole) : await pipeBody(res, stream);
    variables.set("responseLength", String(length));
  } finally {
    clearTimeout(overdue);
    variables.set("integrationLatency", elapsed(startedAt));
  }
}

/**
 * Plain text and without an error type, unlike every other refusal, and no gateway response changes
 * it: that is how API Gateway was seen to answer.
 */
function refuseBody(res: ServerResponse, variables: ContextVariables): void {
  variables.set("error.responseType", "REQUEST_TOO_LARGE");
  const text = `HTTP content length exceeded ${bodyMaxBytes} bytes.`;
  send(res, variables, {
    statusCode: 413,
    headers: { "Content-Type": "text; charset=utf-8" },
    body: text,
  });
}

function answerFailure({ res, request, variables }: Exchange, error: unknown, log: Log): void {
  const { mount, requestId } = request;
  if (error instanceof RequestAborted) {
    res.statusCode = 400;
    variables.set("error.message", error.message);
    return void res.destroy();
  }
  const refusal = toRefusal(error);
  if (refusal.cause instanceof Error) {
    const { type, cause } = refusal;
    const fields = { requestId, restApiId: mount.restApiId, type, error: `${cause}` };
    log.error("A function behind a published API failed", fields);
    variables.set("integrationErrorMessage", cause.message);
  }
  // Half an answer cannot be taken back; breaking the connection is all that is left.
  if (res.headersSent) return void res.destroy();
  for (const name of res.getHeaderNames()) {
    if (!ownHeaders.includes(name)) res.removeHeader(name);
  }
  send(res, variables, renderGatewayResponse(refusal.type, mount.gatewayResponses, variables));
}

const ownHeaders = ["x-amzn-requestid", "x-amz-apigw-id"];

function toRefusal(error: unknown): GatewayRefusal {
  if (error instanceof GatewayRefusal) return error;
  return new GatewayRefusal("INTEGRATION_FAILURE", { cause: error });
}

function send(
  res: ServerResponse,
  variables: ContextVariables,
  response: { statusCode: number; headers: Record<string, string>; body: string },
): void {
  const length = Buffer.byteLength(response.body);
  variables.set("responseLength", String(length));
  res.writeHead(response.statusCode, { ...response.headers, "Content-Length": length });
  res.write(response.body);
}

function recordRequest(request: GatewayRequest, variables: ContextVariables): void {
  const { mount, arrivedAt } = request;
  const known: Record<string, string | null> = {
    requestId: request.requestId,
    extendedRequestId: request.extendedRequestId,
    accountId: request.accountId,
    apiId: mount.restApiId,
    stage: mount.stage.name,
    httpMethod: request.method,
    path: request.fullPath,
    protocol: request.protocol,
    domainName: request.origin.host,
    requestTime: commonLogTime(arrivedAt),
    requestTimeEpoch: String(arrivedAt),
    xrayTraceId: request.traceId,
    "identity.sourceIp": request.sourceIp,
    "identity.userAgent": headerOf(request, "user-agent"),
  };
  for (const name in known) {
    const value = known[name];
    if (value !== null && value !== undefined) variables.set(name, value);
  }
}

function elapsed(startedAt: number): string {
  return String(Math.round(performance.now() - startedAt));
}
