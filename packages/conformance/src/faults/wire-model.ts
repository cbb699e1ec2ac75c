import { once } from "node:events";
import type { Socket } from "node:net";
import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import type { StreamEvent } from "@outlet/local/bedrock/backend";
import { createSharedServer, type Request, type Response } from "@outlet/local/bedrock/shared-port";
import { eventFrame } from "@outlet/local/bedrock/wire";
import * as v from "valibot";
import { type Script, type Speak, textOfPiece, usageOf } from "./scripted-model.ts";

export interface WireModel {
  speak: Speak;
  /** How often it was called. */
  readonly calls: number;
  close(): Promise<void>;
}

/**
 * Bedrock's ConverseStream at the end of a wire: what the script says reaches the worker through our
 * adapter and its client, and an answer that breaks off breaks off in the middle of a frame.
 */
export async function startWireModel(): Promise<WireModel> {
  // Episodes side by side number their calls alike: here each has a name of its own.
  const announced = new Map<string, Announced>();
  const sockets = new Set<Socket>();
  const server = createSharedServer((req, res) => {
    res.on("error", () => {});
    void answer(req, res, announced).catch(() => res.socket?.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was opened");
  const client = createConverseClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${address.port}`,
    credentials: { accessKeyId: "faults", secretAccessKey: "faults" },
  });
  const model = createBedrockModel({ client });
  return {
    get calls() {
      return announced.size;
    },
    speak(call, request, script, signal) {
      const name = `call-${announced.size + 1}`;
      announced.set(name, { call, script });
      const metadata = { ...request.metadata, call: name };
      return model.stream({ ...request, metadata }, signal);
    },
    async close() {
      client.destroy();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Announced {
  call: number;
  script: Script;
}

const Body = v.object({ requestMetadata: v.object({ call: v.string() }) });

async function answer(
  req: Request,
  res: Response,
  announced: Map<string, Announced>,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of req) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const { requestMetadata } = v.parse(Body, JSON.parse(Buffer.concat(chunks).toString()));
  const known = announced.get(requestMetadata.call);
  if (!known) throw new Error(`Nobody announced ${requestMetadata.call}.`);
  const { call, script } = known;
  const { end, pieces } = script;
  if (end.kind === "error" && end.after === 0) return refuse(res, end.retryable);
  res.statusCode = 200;
  res.setHeader("content-type", "application/vnd.amazon.eventstream");
  const frames = eventsOf(call, script).map(eventFrame);
  const said = end.kind === "error" ? frames.slice(0, 1 + Math.min(end.after, pieces)) : frames;
  for (const frame of said) write(res, frame);
  if (end.kind !== "error") return void res.end();
  const next = frames[said.length] ?? frames.at(-1);
  if (next) write(res, next.subarray(0, next.length / 2));
  // What has been written arrives before the end does.
  setTimeout(() => res.socket?.destroy(), 5);
}

function refuse(res: Response, retryable: boolean): void {
  res.statusCode = retryable ? 429 : 400;
  res.setHeader("x-amzn-errortype", retryable ? "ThrottlingException" : "ValidationException");
  res.setHeader("content-type", "application/json");
  res.end(JSON.stringify({ message: "made to fail" }));
}

function eventsOf(call: number, { pieces, end }: Script): StreamEvent[] {
  const { inputTokens, outputTokens } = usageOf(call);
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  return [
    { name: "messageStart", body: { role: "assistant" } },
    ...Array.from({ length: pieces }, (_, piece) => ({
      name: "contentBlockDelta",
      body: { contentBlockIndex: 0, delta: { text: `${textOfPiece(call, piece)} ` } },
    })),
    { name: "messageStop", body: { stopReason: end.kind === "stop" ? end.reason : "end_turn" } },
    { name: "metadata", body: { usage, metrics: { latencyMs: 1 } } },
  ];
}

// The two kinds of response have the same method, but no type in common that says so.
const write = (res: Response, frame: Uint8Array): boolean =>
  "stream" in res ? res.write(frame) : res.write(frame);
