import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { unixEndpoint } from "@outlet/aws/unix-endpoint";
import type { Clock, Log } from "@outlet/core/ports";
import { listen } from "../emulator.ts";
import { createOperations } from "./operations.ts";
import { Refusal, statusOf } from "./refusal.ts";
import { VectorDatabase } from "./store.ts";

interface Options {
  /** Of the SQLite file. */
  path: string;
  /** Of a Unix socket, which no browser reaches. */
  socketPath: string;
  /** A vector bucket that is there from the beginning. */
  bucket: string;
  clock: Clock;
  log: Log;
  /** Whether the caller may call this operation; everybody may where absent. */
  authorize?: (operation: string) => boolean;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html */
const bodyBytesMax = 20 * 1_048_576;

/**
 * S3 Vectors over its wire protocol (restJson1): buckets, indexes, vectors with metadata, and queries
 * without filters. Signatures are not looked at: who reaches the socket is the user of this machine.
 */
export async function startS3Vectors(
  options: Options,
): Promise<{ url: string; stop(): Promise<void> }> {
  const { socketPath } = options;
  const database = new VectorDatabase(options.path);
  database.createBucket(options.bucket);
  const operate = createOperations(database, options.clock);
  const server = createServer((req, res) => void answer(operate, options, req, res));
  await listen(server, socketPath);
  return {
    url: unixEndpoint(socketPath),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      database.close();
    },
  };
}

async function answer(
  operate: ReturnType<typeof createOperations>,
  { log, authorize }: Options,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const operation = req.url?.slice(1) ?? "";
  try {
    const body = await readBody(req);
    if (authorize && !authorize(operation)) {
      const message = `User is not authorized to perform: s3vectors:${operation}`;
      throw new Refusal("AccessDeniedException", message);
    }
    if (req.method !== "POST")
      throw new Refusal("UnknownOperationException", "Only POST is known.");
    send(res, 200, operate(operation, body));
  } catch (error) {
    if (!(error instanceof Refusal)) log.error("the vectors failed", { operation, error });
    const refusal =
      error instanceof Refusal
        ? error
        : new Refusal("InternalServerException", "The log says why.");
    const { name, message, fieldList } = refusal;
    res.setHeader("x-amzn-errortype", name);
    send(res, statusOf[name], { message, ...(fieldList.length > 0 && { fieldList }) });
  }
}

async function readBody(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > bodyBytesMax) throw new Refusal("ValidationException", "The body is too large.");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Refusal("ValidationException", "The body is not JSON.");
  }
}

function send(res: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  res.end(text);
}
