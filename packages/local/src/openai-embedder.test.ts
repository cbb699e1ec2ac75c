import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, EmbedderUnavailable } from "@outlet/core/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createOpenAiEmbedder, type EmbeddingsServer } from "./openai-embedder.ts";

interface Asked {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: unknown;
}

let server: Server;
let asked: Asked[];
/** Answers of the server, first come first; the last one goes on. */
let replies: [status: number, body: unknown][];
let waits: number[];
const clock: Clock = { now: () => 0, sleep: async (ms) => void waits.push(ms) };

beforeEach(async () => {
  asked = [];
  waits = [];
  server = createServer((req, res) => {
    let text = "";
    req.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    req.on("end", () => {
      asked.push({ path: req.url, headers: req.headers, body: JSON.parse(text) });
      const [status, body] = (replies.length > 1 ? replies.shift() : replies[0]) ?? [500, ""];
      res.writeHead(status, { "content-type": "application/json" });
      res.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const open = (over: Partial<EmbeddingsServer> = {}) => {
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}/v1?version=2`;
  return createOpenAiEmbedder({ baseUrl, model: "small", kind: "none", ...over }, clock);
};
const answer = (...embeddings: unknown[]): [number, unknown] => [
  200,
  { object: "list", data: embeddings.map((embedding, index) => ({ index, embedding })) },
];

describe("a server of embeddings", () => {
  test("is asked in OpenAI's words, with its key, and may answer in any order", async () => {
    replies = [
      [
        200,
        {
          data: [
            { index: 1, embedding: [0, 2] },
            { index: 0, embedding: [1, 0] },
          ],
        },
      ],
    ];
    const { vectors } = await open({ apiKey: "secret" }).embed(["one", "two"], "passage");
    expect(vectors.map((vector) => [...vector])).toEqual([
      [1, 0],
      [0, 2],
    ]);
    expect(asked).toMatchObject([
      {
        path: "/v1/embeddings?version=2",
        headers: { authorization: "Bearer secret" },
        body: { model: "small", input: ["one", "two"], encoding_format: "float" },
      },
    ]);
    expect(asked[0]?.body).not.toHaveProperty("input_type");
  });

  test("that knows base64 only is understood", async () => {
    const bytes = Buffer.alloc(8);
    bytes.writeFloatLE(0.5, 0);
    bytes.writeFloatLE(-2, 4);
    replies = [answer(bytes.toString("base64"))];
    const { vectors } = await open().embed(["one"], "question");
    expect([...(vectors[0] ?? [])]).toEqual([0.5, -2]);
  });

  test("is told questions from passages as it wants to be", async () => {
    replies = [answer([1])];
    await open({ kind: "field" }).embed(["one"], "question");
    await open({ kind: "prefix" }).embed(["one"], "question");
    await open({ kind: "prefix" }).embed(["one"], "passage");
    expect(asked.map(({ body }) => body)).toMatchObject([
      { input: ["one"], input_type: "query" },
      { input: ["query: one"] },
      { input: ["passage: one"] },
    ]);
  });

  test("that is busy is asked again for passages, while a question does not wait", async () => {
    replies = [[429, "busy"], [503, "busy"], answer([1])];
    await open().embed(["one"], "passage");
    expect(waits).toEqual([500, 1_000]);
    replies = [[429, "busy"], answer([1])];
    await expect(open().embed(["one"], "question")).rejects.toThrow(EmbedderUnavailable);
  });

  test.each<[string, [number, unknown]]>([
    ["refuses", [400, { error: { message: "no such model" } }]],
    ["speaks no JSON", [200, "<html>"]],
    ["gives fewer vectors than texts", answer([1, 2])],
    ["gives vectors of two lengths", answer([1, 2], [1])],
    ["gives vectors of nothing", answer([], [])],
    ["gives an object for a vector", answer({}, {})],
    ["is never up to it", [500, ""]],
  ])("that %s is no reason for anything but going without", async (_what, reply) => {
    replies = [reply];
    await expect(open().embed(["one", "two"], "passage")).rejects.toThrow(EmbedderUnavailable);
  });

  test("that is not there is said to be so", async () => {
    const embedder = open({ baseUrl: "http://127.0.0.1:1/v1" });
    await expect(embedder.embed(["one"], "question")).rejects.toThrow(/could not be reached/);
  });
});
