import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Input } from "./input.ts";
import { operations } from "./operations.ts";
import { Refusal } from "./refusal.ts";
import type { Store } from "./store.ts";

/** As DynamoDB's own requests: 25 items of 400 KB and what surrounds them. */
const bodyMaxBytes = 17 * 1_048_576;

/**
 * What Outlet uses of DynamoDB, over its wire protocol. Signatures are not looked at: who reaches the
 * socket is the user of this machine.
 */
export function createTableServer(store: Store): Server {
  return createServer((req, res) => {
    const chunks: Buffer[] = [];
    let length = 0;
    req.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > bodyMaxBytes) req.destroy();
      else chunks.push(chunk);
    });
    req.on("error", () => res.destroy());
    req.on("end", () => answer(store, req, Buffer.concat(chunks).toString(), res));
  });
}

function answer(store: Store, req: IncomingMessage, body: string, res: ServerResponse): void {
  const [, name = ""] = String(req.headers["x-amz-target"]).split(".");
  try {
    const operation = operations[name];
    if (!operation) throw new Refusal("UnknownOperationException", `There is no ${name} here.`);
    // Clients are our own.
    send(res, 200, operation(store, JSON.parse(body) as Input));
  } catch (error) {
    if (error instanceof Refusal) return send(res, 400, refusalOf(error.name, error.message));
    if (error instanceof SyntaxError) {
      return send(res, 400, refusalOf("SerializationException", error.message));
    }
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    send(res, 500, refusalOf("InternalServerError", "The table failed; the log says why."));
  }
}

const refusalOf = (name: string, message: string): string =>
  JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message });

function send(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": Buffer.byteLength(body),
  });
  res.end(body);
}
