import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";

const codec = new EventStreamCodec(toUtf8, fromUtf8);

export function frame(kind: "event" | "exception", type: string, body: object): Uint8Array {
  const header = (value: string) => ({ type: "string" as const, value });
  return codec.encode({
    headers: {
      ":message-type": header(kind),
      [`:${kind}-type`]: header(type),
      ":content-type": header("application/json"),
    },
    body: fromUtf8(JSON.stringify(body)),
  });
}

export const start = frame("event", "messageStart", { role: "assistant" });
export const delta = (body: object) =>
  frame("event", "contentBlockDelta", { contentBlockIndex: 0, delta: body });
export const stop = (stopReason: string) => frame("event", "messageStop", { stopReason });
export const metadata = (usage: object) =>
  frame("event", "metadata", { usage, metrics: { latencyMs: 1 } });
export const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
const whole = [start, delta({ text: "Hello" }), stop("end_turn"), metadata(usage)];

/** Speaks Bedrock's wire protocol and says what each test tells it to. */
export class ScriptedBedrock {
  requests: { path: string; body: Record<string, unknown> }[] = [];
  script: (res: ServerResponse) => void = (res) => answer(res, whole);
  /** Resolves when the caller has gone before the end of an answer. */
  hungUp = Promise.withResolvers<void>();
  readonly server = createServer();

  async listen(): Promise<string> {
    this.server.on("request", (req: IncomingMessage, res: ServerResponse) => {
      let text = "";
      res.on("close", () => {
        if (!res.writableFinished) this.hungUp.resolve();
      });
      req.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      req.on("end", () => {
        this.requests.push({ path: req.url ?? "", body: JSON.parse(text) });
        this.script(res);
      });
    });
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function answer(res: ServerResponse, frames: Uint8Array[], end = true): void {
  res.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  for (const one of frames) res.write(one);
  if (end) res.end();
}

export function refuse(
  res: ServerResponse,
  status: number,
  name: string,
  more: { message?: string; headers?: OutgoingHttpHeaders } = {},
): void {
  const { message = `${name} for arn:aws:bedrock:us-east-1:123456789012:x` } = more;
  res.writeHead(status, { "x-amzn-errortype": name, ...more.headers });
  res.end(JSON.stringify({ message }));
}
