import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  path: string | undefined;
  authorization: string | undefined;
  body: { [name: string]: unknown };
}

/** What the server does with a request: see {@link stream} and {@link json} for the usual ways. */
export type Reply = (res: http.ServerResponse, asked: Asked) => void;

/** For tests: a server at OpenAI's address, which says what each test tells it to. */
export async function startModelServer() {
  const asked: Asked[] = [];
  let connections = 0;
  let reply: Reply = stream(says("fine", "stop"), counts, done);
  const server = http.createServer((req, res) => {
    let text = "";
    req.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    req.on("end", () => {
      const { authorization } = req.headers;
      const question = { path: req.url, authorization, body: JSON.parse(text) as Asked["body"] };
      asked.push(question);
      reply(res, question);
    });
  });
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    /** Every request since the last {@link replyWith}. */
    asked,
    connections: () => connections,
    replyWith(next: Reply) {
      asked.length = 0;
      reply = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type ModelServer = Awaited<ReturnType<typeof startModelServer>>;

export const data = (body: object | string): string =>
  `data: ${typeof body === "string" ? body : JSON.stringify(body)}\n\n`;
/** A chunk with a delta, or with a text. */
export const says = (
  delta: object | string,
  finish_reason: string | null = null,
  more: object = {},
): string => {
  const choice = typeof delta === "string" ? { content: delta } : delta;
  return data({ choices: [{ index: 0, delta: choice, finish_reason, ...more }] });
};
export const used = (usage: unknown): string => data({ choices: [], usage });
/** Ten tokens asked, three answered. */
export const counts = used({ prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 });
export const done = data("[DONE]");

/** Server-sent events, and the end of the response. */
export const stream =
  (...chunks: string[]): Reply =>
  (res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.end(chunks.join(""));
  };

/** A whole body, JSON where it is an object. */
export const answers =
  (status: number, body: object | string, headers: http.OutgoingHttpHeaders = {}): Reply =>
  (res) => {
    const type = typeof body === "string" ? "text/html" : "application/json";
    res.writeHead(status, { "content-type": type, ...headers });
    res.end(typeof body === "string" ? body : JSON.stringify(body));
  };

/** Refuses a request that `has` something, and answers the others. */
export const refuses =
  (has: (body: Asked["body"]) => boolean, status: number, body: object): Reply =>
  (res, asked) =>
    (has(asked.body) ? answers(status, body) : stream(says("fine", "stop"), counts, done))(
      res,
      asked,
    );
