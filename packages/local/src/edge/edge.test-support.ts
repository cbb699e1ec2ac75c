import { idsOf, type StackIds } from "@outlet/aws/provisioner/stack-ids";
import "../function-host/globals.ts";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestOptions, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Platform } from "@outlet/aws/published-stack/template";
import {
  type Clock,
  type Log,
  silentLog,
  type StackOutputs,
  type StackSpec,
  systemClock,
} from "@outlet/core/ports";
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from "aws-lambda";
import { createLambdaFunction } from "../function-host/function.ts";
import { createEdge, type Edge } from "./edge.ts";

const lambda = (name: string) => `arn:aws:lambda:local:000000000000:function:${name}`;

const platform: Platform = {
  partition: "aws",
  region: "local",
  accountId: "000000000000",
  cell: "000000000000/local",
  publishedApiFunctionArn: lambda("api"),
  authorizerFunctionArn: lambda("authorizer"),
  webAclArn: "arn:aws:wafv2:local:000000000000:regional/webacl/outlet/embedded",
  accessLogRetentionDays: 30,
};

export const spec = (botId: string, over: Partial<StackSpec> = {}): StackSpec => ({
  botId,
  stackName: `outlet-${botId.toLowerCase()}`,
  stage: "api",
  throttle: null,
  quota: null,
  allowedOrigins: [],
  ownerId: "owner",
  ...over,
});

type ApiHandler = (
  event: APIGatewayProxyEvent,
  respond: (metadata: Record<string, unknown>) => awslambda.HttpResponseStream,
) => Promise<void>;
export type AuthorizerHandler = (event: APIGatewayRequestAuthorizerEvent) => Promise<unknown>;

/** Knows every key `key-…`; the gateway's own value of it is `gateway-key-…`. */
export const knowsKeys: AuthorizerHandler = async (event) => {
  const key = event.headers?.["x-api-key"] ?? "";
  const known = key.startsWith("key-");
  return {
    principalId: known ? `id-of-${key}` : "nobody",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Action: "execute-api:Invoke",
          Effect: known ? "Allow" : "Deny",
          Resource: event.methodArn.replace(/^(.*?\/.*?)\/.*$/, "$1/*"),
        },
      ],
    },
    context: { clientId: key, attempts: 1, trial: true },
    ...(known && { usageIdentifierKey: `gateway-${key}` }),
  };
};

/** Answers with the event it got. */
const echoes: ApiHandler = async (event, respond) => {
  respond({ statusCode: 200, headers: { "content-type": "application/json" } }).end(
    JSON.stringify(event),
  );
};

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface TestEdge extends AsyncDisposable {
  edge: Edge;
  dataDir: string;
  port: number;
  call(path: string, options?: RequestOptions & { body?: string | Buffer }): Promise<Answer>;
  publish(spec: StackSpec, keys?: string[]): Promise<StackOutputs & StackIds>;
  restart(): Promise<void>;
  log(restApiId: string): Promise<Record<string, string>[]>;
}

export interface TestEdgeOptions {
  allow?: string[];
  api?: ApiHandler;
  authorizer?: AuthorizerHandler;
  clock?: Clock;
  host?: string;
  dataDir?: string;
  log?: Log;
  apiDomain?: string;
}

/** An edge on a real socket, with stub functions behind it and its data in a folder of its own. */
export async function startEdge(options: TestEdgeOptions = {}): Promise<TestEdge> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "outlet-edge-"));
  const api = options.api ?? echoes;
  const functions = [
    createLambdaFunction({
      name: "api",
      arn: platform.publishedApiFunctionArn,
      timeoutMs: 10_000,
      handler: awslambda.streamifyResponse(async (event: APIGatewayProxyEvent, stream) => {
        await api(event, (metadata) => awslambda.HttpResponseStream.from(stream, metadata));
      }),
    }),
    createLambdaFunction({
      name: "authorizer",
      arn: platform.authorizerFunctionArn,
      timeoutMs: 10_000,
      handler: options.authorizer ?? knowsKeys,
    }),
  ];
  let port = 0;
  const open = () =>
    createEdge({
      dataDir,
      allow: options.allow ?? ["127.0.0.0/8", "::1/128"],
      functions: new Map(functions.map((f) => [f.arn, f])),
      platform: { ...platform, ...(options.apiDomain && { apiDomain: options.apiDomain }) },
      origin: () => `http://localhost:${port}`,
      clock: options.clock ?? systemClock,
      log: options.log ?? silentLog,
    });
  let edge = open();
  const server = createServer((req, res) => {
    edge.handle(req, res).then(
      (handled) => {
        if (!handled) res.writeHead(418).end("not the edge");
      },
      (error: unknown) => res.destroy(error instanceof Error ? error : undefined),
    );
  });
  const host = options.host ?? "127.0.0.1";
  server.listen(0, host);
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;

  return {
    get edge() {
      return edge;
    },
    dataDir,
    port,
    async call(path, { body, ...rest } = {}) {
      const req = request({ host, port, path, agent: false, ...rest });
      const answered = once(req, "response");
      req.end(body);
      const [res] = await answered;
      const text = (await buffer(res)).toString();
      // An answer may be here before the body is sent; the rest must go out without an error.
      if (!req.closed) await once(req, "close");
      return { status: res.statusCode, headers: res.headers, text };
    },
    async publish(stack, keys = []) {
      await edge.provisioner.deploy(stack, `token-${stack.botId}`);
      const { outputs } = await edge.provisioner.status(stack.stackName);
      if (outputs === undefined) throw new Error("The stack has no outputs");
      for (const key of keys) {
        await edge.provisioner.putKey(outputs.stack, {
          keyId: `id-${key}`,
          value: `gateway-${key}`,
        });
      }
      return { ...outputs, ...idsOf(outputs.stack) };
    },
    async restart() {
      await edge.close();
      edge = open();
    },
    async log(restApiId) {
      const lines: Record<string, string>[] = [];
      for await (const line of edge.accessLog(restApiId)) lines.push(JSON.parse(line));
      return lines;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await edge.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** A clock that stands still until it is set. */
export function fixedClock(iso: string): Clock & { set(iso: string): void } {
  let now = Date.parse(iso);
  return {
    now: () => now,
    sleep: () => Promise.reject(new Error("No test waits on this clock")),
    set(next) {
      now = Date.parse(next);
    },
  };
}
