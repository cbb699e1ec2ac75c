import { randomFillSync, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Platform } from "@outlet/aws/published-stack/template";
import type { Clock, Log, Provisioner } from "@outlet/core/ports";
import type { LambdaFunction } from "../function-host/function.ts";
import { Arrivals } from "./arrivals.ts";
import { type Exchange, serve } from "./exchange.ts";
import { type GatewayRequest, readHeaders } from "./proxy-event.ts";
import { BodyRoom, discardBody } from "./request-body.ts";
import { isRestApiId, Stacks } from "./stacks.ts";
import { UsagePlans } from "./usage-plan.ts";
import { createAllowList, sourceAddress } from "./waf.ts";

export interface EdgeOptions {
  /** Keeps `stacks/`, `access-logs/` and `gateway.sqlite`. */
  dataDir: string;
  /** CIDR ranges, IPv4 and IPv6, that may call published APIs. */
  allow: string[];
  /** By ARN; those the platform names, at least. */
  functions: ReadonlyMap<string, LambdaFunction>;
  platform: Platform;
  /** `http://localhost:4100`; asked whenever an endpoint is named, so the port may come late. */
  origin: () => string;
  clock: Clock;
  log: Log;
}

export interface Edge {
  /** Mounts and unmounts published bots. `deploy` and `remove` are done when they return. */
  provisioner: Provisioner;
  /** @returns `false`, with the request untouched, where its path is none of a REST API. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /** The ids of what is mounted. */
  restApis(): string[];
  /** The access log of an API, oldest line first; each line is JSON in the stage's format. */
  accessLog(restApiId: string): AsyncIterable<string>;
  /** Waits for requests in flight and closes all files. Close their connections first. */
  close(): Promise<void>;
}

/**
 * API Gateway and WAF in one process: it serves the CloudFormation templates published bots would
 * be deployed with, under `/{restApiId}/{stage}/…`.
 *
 * @example
 * const edge = createEdge({ dataDir, allow: ["127.0.0.0/8"], functions, platform, origin, clock, log });
 * createServer(async (req, res) => {
 *   if (!(await edge.handle(req, res))) console.fetch(req, res);
 * });
 */
export function createEdge(options: EdgeOptions): Edge {
  const { functions, platform, origin, clock, log } = options;
  const allows = createAllowList(options.allow);
  const stacks = new Stacks(options.dataDir, platform, origin, log);
  const usagePlans = new UsagePlans(stacks.database);
  const arrivals = new Arrivals();
  const room = new BodyRoom();
  const inFlight = new Set<Promise<void>>();
  let closing = false;
  let known: URL | undefined;
  const originUrl = (): URL => {
    const text = origin();
    // Parsed once: it changes when the port is known, and never again.
    if (known?.origin !== text) known = new URL(text);
    return known;
  };

  const receive = (req: IncomingMessage, res: ServerResponse, target: Target): Promise<void> => {
    const mount = stacks.mounts.get(target.restApiId);
    const traceId = newTraceId(clock.now());
    const source = {
      sourceIp: sourceAddress(req.socket.remoteAddress),
      origin: originUrl(),
      traceId,
    };
    const ids = { requestId: randomUUID(), extendedRequestId: newExtendedRequestId() };
    res.setHeader("x-amzn-RequestId", ids.requestId);
    res.setHeader("x-amz-apigw-id", ids.extendedRequestId);
    if (!isLoopback(req.headers.host)) {
      // A name that a page elsewhere has bound to this machine: AWS knows no such host either.
      return refuse(req, res, 403, "ForbiddenException", "Forbidden");
    }
    if (mount === undefined) return refuse(req, res, 404, "NotFoundException", "Not Found");
    const closed = target.basePath === "" && !mount.ownAddress;
    if (mount.stage.name !== target.stage || closed) {
      // Before any API is known, so no gateway response of one applies.
      return refuse(req, res, 403, "ForbiddenException", "Forbidden");
    }
    const request: GatewayRequest = {
      mount,
      ...ids,
      ...source,
      arrivedAt: clock.now(),
      accountId: platform.accountId,
      method: req.method ?? "GET",
      protocol: `HTTP/${req.httpVersion}`,
      fullPath: target.fullPath,
      path: target.path,
      basePath: target.basePath,
      query: target.query,
      ...readHeaders(req, source),
    };
    const exchange: Exchange = { req, res, request, variables: new Map() };
    const { database, logs } = stacks;
    return serve(exchange, {
      allows,
      arrivals,
      room,
      database,
      logs,
      usagePlans,
      functions,
      platform,
      log,
    });
  };

  return {
    provisioner: stacks,
    async handle(req, res) {
      const target = parseTarget(req.url ?? "", stacks);
      if (target === undefined) return false;
      const served = closing
        ? refuse(req, res, 503, "ServiceUnavailableException", "Service Unavailable")
        : receive(req, res, target);
      inFlight.add(served);
      try {
        await served;
      } finally {
        inFlight.delete(served);
      }
      return true;
    },
    restApis: () => [...stacks.mounts.keys()],
    accessLog: (restApiId) => stacks.logs.read(restApiId),
    async close() {
      closing = true;
      await Promise.allSettled(inFlight);
      stacks.close();
    },
  };
}

const isLoopback = (host: string | undefined): boolean =>
  host === undefined ||
  /^(localhost|127(\.\d{1,3}){3}|\[::1\]|\[::ffff:[0-9a-f.:]+\])(:\d+)?$/i.test(host);

interface Target {
  restApiId: string;
  stage: string;
  fullPath: string;
  path: string;
  /** `/{base path}` where it came by that. */
  basePath: string;
  query: string;
}

function parseTarget(url: string, stacks: Stacks): Target | undefined {
  const mark = url.indexOf("?");
  const fullPath = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? "" : url.slice(mark + 1);
  const [empty, first = "", ...rest] = fullPath.split("/");
  if (empty !== "") return undefined;
  const mapped = stacks.atBasePath(first);
  if (mapped) {
    const { restApiId, stage } = mapped;
    const path = `/${rest.join("/")}`;
    return { restApiId, stage: stage.name, fullPath, path, basePath: `/${first}`, query };
  }
  if (!isRestApiId(first)) return undefined;
  const [stage = "", ...below] = rest;
  const path = `/${below.join("/")}`;
  return { restApiId: first, stage, fullPath, path, basePath: "", query };
}

async function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  errorType: string,
  message: string,
): Promise<void> {
  const body = JSON.stringify({ message });
  res.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "x-amzn-ErrorType": errorType,
  });
  res.write(body);
  await discardBody(req);
  res.end();
}

function newExtendedRequestId(): string {
  return `${randomId(11, "base64url")}=`;
}

function newTraceId(now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return `Root=1-${seconds}-${randomId(12, "hex")}`;
}

/** Fetched many at a time: each fetch is what costs, and Node itself keeps them for UUIDs alone. */
const drawn = Buffer.alloc(4_096);
let used = drawn.length;

/** So many random bytes, as text. */
function randomId(bytes: number, encoding: "hex" | "base64url"): string {
  if (used + bytes > drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += bytes;
  return drawn.toString(encoding, used - bytes, used);
}
