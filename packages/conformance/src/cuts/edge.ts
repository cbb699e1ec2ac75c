import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import "@outlet/local/function-host/globals";
import { invokeIntegration, pipeBody, sendMetadata } from "@outlet/local/edge/integration";
import { createLambdaFunction } from "@outlet/local/function-host/function";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import { createPublishedApiHandler } from "@outlet/functions/published-api/handler";

type Deps = Parameters<typeof createPublishedApi>[0];

/** The published API of one bot behind HTTP, by the embedded edge's own pieces, that can be restarted. */
export interface Edge {
  url: string;
  /** Breaks every connection, and is there again at the same address with nothing in memory. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startEdge(deps: Deps, botId: string): Promise<Edge> {
  let server = await listen(deps, botId, 0);
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    async restart() {
      await close();
      server = await listen(deps, botId, port);
    },
    close,
  };
}

async function listen(deps: Deps, botId: string, port: number): Promise<Server> {
  const handler = createPublishedApiHandler(createPublishedApi(deps), deps.log);
  const fn = createLambdaFunction({
    name: "published-api",
    arn: "arn:aws:lambda:us-east-1:000000000000:function:published-api",
    handler,
    timeoutMs: 900_000,
  });
  const server = createServer((req, res) => {
    serve(req, res).catch(() => res.destroy());
  });
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const stream = await invokeIntegration(fn, await eventOf(req, botId), 29_000);
    sendMetadata(res, stream);
    await pipeBody(res, stream);
    res.end();
  };
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

/** A request as the gateway hands it over: only what is looked at. */
async function eventOf(req: IncomingMessage, botId: string): Promise<object> {
  let body = "";
  for await (const chunk of req.setEncoding("utf8")) body += String(chunk);
  const authorizer = {
    botId,
    keyId: "key-1",
    clientId: "client-1",
    paused: "false",
    allowedOrigins: "[]",
    retentionDays: "30",
  };
  const headers = Object.fromEntries(
    Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
  );
  const { pathname, searchParams } = new URL(req.url ?? "/", "http://localhost");
  const query = [...searchParams];
  return {
    httpMethod: req.method,
    path: pathname,
    resource: "/{proxy+}",
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    queryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    multiValueQueryStringParameters:
      query.length === 0
        ? null
        : Object.fromEntries(query.map(([name]) => [name, searchParams.getAll(name)])),
    pathParameters: null,
    stageVariables: { botId },
    body,
    isBase64Encoded: false,
    requestContext: { requestId: "request", domainName: "localhost", authorizer },
  };
}
