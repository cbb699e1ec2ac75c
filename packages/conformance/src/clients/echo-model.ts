import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as v from "valibot";

const Body = v.object({
  messages: v.array(
    v.object({
      role: v.string(),
      content: v.union([
        v.string(),
        v.array(v.object({ type: v.string(), text: v.optional(v.string()) })),
      ]),
    }),
  ),
  max_tokens: v.optional(v.number()),
  temperature: v.optional(v.number()),
  stop: v.optional(v.array(v.string())),
  response_format: v.optional(v.object({ type: v.string() })),
});
type Asked = v.InferOutput<typeof Body>;

/** For tests: an OpenAI-compatible model that repeats what it is told, and does what it is asked. */
export interface EchoModel {
  baseUrl: string;
  /** What it was sent, oldest first. */
  asked: Asked[];
  /** Resolves when somebody is kept waiting. */
  held(): Promise<void>;
  /** Waits until somebody has been kept waiting, and lets them have the rest of their answer. */
  release(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The last message says what becomes of it: `fail` is refused, `wait` says half and waits to be
 * released, `long` is cut for want of tokens, `filter` by a filter. `break` breaks off in the middle the
 * first time that it is asked, `stray` too, after other words. All else is repeated, with the number
 * of messages and images that came before.
 */
export async function startEchoModel(): Promise<EchoModel> {
  const asked: Asked[] = [];
  const broken = new Set<string>();
  let waiting = Promise.withResolvers<() => void>();
  const server = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => res.destroy(error as Error));
  });

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = v.parse(Body, JSON.parse(Buffer.concat(chunks).toString()));
    asked.push(body);
    const said = textOf(body.messages.at(-1));
    if (said.includes("fail")) {
      res.writeHead(400, { "content-type": "application/json" });
      res.end('{"error":{"message":"arn:aws:secret of account 123456789012"}}');
      return;
    }
    res.writeHead(200, { "content-type": "text/event-stream" });
    const isBroken = /break|stray/.test(said) && !broken.has(said);
    broken.add(said);
    const send = (delta: object, finish_reason: string | null = null) =>
      res.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
    const echo = body.response_format ? JSON.stringify({ said: describe(body) }) : describe(body);
    const text = isBroken && said.includes("stray") ? "Something else, and more" : echo;
    const words = text.match(/\S+\s*/g) ?? [];
    const half = Math.ceil(words.length / 2);
    for (const word of words.slice(0, half)) send({ content: word });
    if (said.includes("wait")) {
      const released = Promise.withResolvers<void>();
      waiting.resolve(released.resolve);
      await Promise.race([released.promise, once(res, "close")]);
    }
    if (isBroken) {
      // What was said has to have left before.
      await new Promise((sent) => res.write(": cut\n\n", sent));
      res.destroy();
      return;
    }
    for (const word of words.slice(half)) send({ content: word });
    send(
      {},
      said.includes("long") ? "length" : said.includes("filter") ? "content_filter" : "stop",
    );
    const usage = {
      prompt_tokens: 10,
      completion_tokens: words.length,
      total_tokens: 10 + words.length,
    };
    res.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    asked,
    async held() {
      await waiting.promise;
    },
    async release() {
      const release = await waiting.promise;
      waiting = Promise.withResolvers<() => void>();
      release();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const textOf = (message: Asked["messages"][number] | undefined): string =>
  typeof message?.content === "string"
    ? message.content
    : (message?.content ?? []).flatMap(({ text }) => text ?? []).join(" ");

/** `You said "Hi there" after 2 messages with 1 image.` */
function describe({ messages }: Asked): string {
  const turns = messages.filter(({ role }) => role !== "system");
  const parts = turns.flatMap(({ content }) => (typeof content === "string" ? [] : content));
  const images = parts.filter(({ type }) => type === "image_url").length;
  return `You said "${textOf(turns.at(-1))}" after ${turns.length - 1} messages with ${images} images.`;
}
