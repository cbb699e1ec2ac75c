import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { unixEndpoint } from "@outlet/aws/unix-endpoint";
import type { Clock, Log } from "@outlet/core/ports";
import { type Backend, type BedrockBackend, type Json, type StreamEvent } from "./backend.ts";
import { BedrockException, exceptionStatus } from "./exception.ts";
import { createBackend } from "./create-backend.ts";
import { type ConverseRequest, parseConverseRequest } from "./converse-request.ts";
import { collect } from "./converse-response.ts";
import { createSharedServer, type Request, type Response } from "./shared-port.ts";
import { eventFrame, exceptionFrame } from "./wire.ts";

export interface BedrockOptions {
  backend: BedrockBackend;
  /** Of a Unix socket, which no browser reaches; any free port of 127.0.0.1 where absent. */
  socketPath?: string;
  log: Log;
  clock: Clock;
  /** Whether the caller may invoke this model; everybody may where absent. */
  authorize?: (modelId: string) => Promise<boolean>;
}

export interface BedrockServer {
  /** For the `endpoint` of `createConverseClient`. */
  url: string;
  /** Breaks off what is still being answered and closes every connection. */
  stop(): Promise<void>;
}

/**
 * Bedrock's runtime API: Converse and ConverseStream over the wire protocol
 * (restJson1), HTTP/2 without TLS and HTTP/1.1 on one listener. Signatures are not looked at.
 * On a port it answers only who names the port's own host and is no page of a browser.
 * @example
 * const bedrock = await startBedrock({ backend: { kind: "demo" }, log, clock: systemClock });
 * const client = createConverseClient({ region: "us-east-1", endpoint: bedrock.url, credentials });
 */
export async function startBedrock(options: BedrockOptions): Promise<BedrockServer> {
  const backend = createBackend(options.backend, options);
  const running = new Set<AbortController>();
  const sockets = new Set<Socket>();
  const server = createSharedServer((req, res) => {
    const controller = new AbortController();
    running.add(controller);
    res.on("error", () => controller.abort(callerGone));
    // After a complete answer there is nobody left to hear it.
    res.on("close", () => controller.abort(callerGone));
    void answer(backend, req, res, controller.signal, options).finally(() =>
      running.delete(controller),
    );
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  if (options.socketPath === undefined) server.listen(0, "127.0.0.1");
  else server.listen(options.socketPath);
  await once(server, "listening");
  return {
    url: urlOf(server.address()),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const controller of running) controller.abort();
      for (const socket of sockets) socket.destroy();
      backend.close();
      await closed;
    },
  };
}

/** One for all: a reason of its own for each, with its stack, costs more than a short answer. */
const callerGone = new Error("The caller has gone.");

function urlOf(address: ReturnType<Server["address"]>): string {
  if (address === null) throw new Error("Nothing was opened");
  return typeof address === "string" ? unixEndpoint(address) : `http://127.0.0.1:${address.port}`;
}

async function answer(
  backend: Backend,
  req: Request,
  res: Response,
  signal: AbortSignal,
  { log, authorize }: Pick<BedrockOptions, "log" | "authorize">,
): Promise<void> {
  res.setHeader("x-amzn-requestid", randomUUID());
  try {
    refusePages(req);
    const { modelId, streaming } = route(req);
    if (authorize && !(await authorize(modelId))) throw denied(modelId, streaming);
    const request = parse(modelId, await readBody(req));
    const events = backend.stream(request, signal);
    if (streaming) await sendStream(res, events, signal, log);
    else sendJson(res, 200, await collect(events));
  } catch (error) {
    if (signal.aborted) return;
    const exception = toException(error, log);
    res.setHeader("x-amzn-errortype", exception.name);
    const { retryAfterMs } = exception;
    if (retryAfterMs !== undefined) res.setHeader("retry-after", Math.ceil(retryAfterMs / 1000));
    sendJson(res, exceptionStatus[exception.name], { message: exception.message });
  }
}

/**
 * A page may send text to any port of its visitor's machine, and a name that resolves to loopback
 * makes it one origin with the port: the SDK sends no `Origin` and names the address.
 */
function refusePages({ headers, socket }: Request): void {
  if (socket.localPort === undefined) return;
  const host = headers[":authority"] ?? headers.host;
  if (headers.origin === undefined && host === `127.0.0.1:${socket.localPort}`) return;
  throw new BedrockException("AccessDeniedException", "Pages and other hosts are not served.");
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
function route(req: Request): { modelId: string; streaming: boolean } {
  const match = /^\/model\/([^/?]+)\/(converse|converse-stream)$/.exec(req.url ?? "");
  if (req.method !== "POST" || !match?.[1]) {
    const message = "This endpoint has POST /model/{modelId}/converse and /converse-stream.";
    throw new BedrockException("UnknownOperationException", message);
  }
  const streaming = match[2] === "converse-stream";
  try {
    return { modelId: decodeURIComponent(match[1]), streaming };
  } catch (cause) {
    throw new BedrockException("ValidationException", "The model id is not percent-encoded", {
      cause,
    });
  }
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html */
function denied(modelId: string, streaming: boolean): BedrockException {
  const action = `bedrock:InvokeModel${streaming ? "WithResponseStream" : ""}`;
  const message = `You are not authorized to perform: ${action} on resource: ${modelId}`;
  return new BedrockException("AccessDeniedException", message);
}

function parse(modelId: string, body: Uint8Array): ConverseRequest {
  try {
    return parseConverseRequest(modelId, body);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new BedrockException("SerializationException", "The body is not JSON.", { cause });
  }
}

/** Room for 20 images of 3.75 MB, the most Bedrock takes, in base64. */
const bodyBytesMax = 105_000_000;

async function readBody(req: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of req) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    if (length > bodyBytesMax) {
      throw new BedrockException("RequestEntityTooLargeException", "The body is too large.");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The status waits for the first event, so that a refusal is an HTTP error as on AWS. */
async function sendStream(
  res: Response,
  events: AsyncIterable<StreamEvent>,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  let began = false;
  try {
    for await (const event of events) {
      if (!began) {
        res.statusCode = 200;
        res.setHeader("content-type", "application/vnd.amazon.eventstream");
        began = true;
      }
      await write(res, eventFrame(event), signal);
    }
  } catch (error) {
    if (!began || signal.aborted) throw error;
    await write(res, exceptionFrame(toException(error, log)), signal);
  }
  res.end();
}

async function write(res: Response, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  // The two kinds of response have the same method, but no type in common that says so.
  const more = "stream" in res ? res.write(chunk) : res.write(chunk);
  if (!more) await once(res, "drain", { signal });
}

function sendJson(res: Response, status: number, body: Json): void {
  res.statusCode = status;
  res.setHeader("content-type", "application/json");
  res.end(JSON.stringify(body));
}

function toException(error: unknown, log: Log): BedrockException {
  if (error instanceof BedrockException) {
    // The cause is what an upstream server said; the caller's own mistakes need no line.
    if (error.cause !== undefined) {
      log.warn("model backend refused", { exception: error.name, cause: describe(error.cause) });
    }
    return error;
  }
  log.error("model backend failed", { error: error instanceof Error ? error.stack : error });
  const message =
    "The system encountered an unexpected error during processing. Try your request again.";
  return new BedrockException("InternalServerException", message, { cause: error });
}

const describe = (cause: unknown): unknown =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : cause;
