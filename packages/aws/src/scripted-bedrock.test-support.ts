import { once } from "node:events";
import * as http2 from "node:http2";
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
  script: (stream: http2.ServerHttp2Stream) => void = (stream) => answer(stream, whole);
  /** Resolves when the caller has gone before the end of an answer. */
  hungUp = Promise.withResolvers<void>();
  readonly server = http2.createServer();
  #sessions = new Set<http2.ServerHttp2Session>();

  async listen(): Promise<string> {
    this.server.on("session", (session) => void this.#sessions.add(session));
    this.server.on("stream", (stream, headers) => {
      let text = "";
      stream.on("error", () => {});
      stream.on("aborted", () => this.hungUp.resolve());
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      stream.on("end", () => {
        this.requests.push({ path: String(headers[":path"]), body: JSON.parse(text) });
        this.script(stream);
      });
    });
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function answer(stream: http2.ServerHttp2Stream, frames: Uint8Array[], end = true): void {
  stream.respond({ ":status": 200, "content-type": "application/vnd.amazon.eventstream" });
  for (const one of frames) stream.write(one);
  if (end) stream.end();
}

export function refuse(
  stream: http2.ServerHttp2Stream,
  status: number,
  name: string,
  more: { message?: string; headers?: http2.OutgoingHttpHeaders } = {},
): void {
  const { message = `${name} for arn:aws:bedrock:us-east-1:123456789012:x` } = more;
  stream.respond({ ":status": status, "x-amzn-errortype": name, ...more.headers });
  stream.end(JSON.stringify({ message }));
}
