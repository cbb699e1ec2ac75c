import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { RerankerUnavailable } from "@outlet/core/ports";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createServerReranker } from "./rerank-server.ts";

const Request = v.object({
  model: v.string(),
  query: v.string(),
  documents: v.array(v.string()),
  top_n: v.number(),
});
type Request = v.InferOutput<typeof Request>;

let answer: (body: Request, res: ServerResponse) => void;
let asked: { url: string | undefined; headers: IncomingHttpHeaders } | undefined;
const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => {
    asked = { url: req.url, headers: req.headers };
    answer(v.parse(Request, JSON.parse(Buffer.concat(chunks).toString())), res);
  });
});
let baseUrl: string;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/v1/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const rate = (texts: string[], signal = new AbortController().signal) =>
  createServerReranker({ baseUrl, model: "m", apiKey: "k" }).rate("why", texts, signal);

test("asks as Jina, Cohere, vLLM and llama.cpp are asked, and takes what comes best first", async () => {
  answer = ({ documents, top_n: count }, res) =>
    res.end(
      JSON.stringify({
        results: documents
          .map((text, index) => ({ index, relevance_score: text.length, document: { text } }))
          .toReversed()
          .slice(0, count),
      }),
    );
  expect(await rate(["a", "bb", "ccc"])).toEqual([1, 2, 3]);
  expect(asked).toMatchObject({ url: "/v1/rerank", headers: { authorization: "Bearer k" } });
});

test.each<[string, (res: ServerResponse) => void, RegExp]>([
  ["is busy", (res) => res.writeHead(503).end("busy"), /status 503: busy/],
  ["sends elsewhere", (res) => res.writeHead(302, { location: "/" }).end(), /not be reached/],
  ["leaves one out", (res) => res.end('{"results":[]}'), /rated 0 of 2/],
  ["breaks off", (res) => res.destroy(), /could not be reached/],
  ["has no end", (res) => res.end("x".repeat(4 * 1024 * 1024 + 1)), /could not be reached/],
  ["answers nonsense", (res) => res.end("<html>"), /its server/],
])("one that %s is unavailable", async (_, answered, message) => {
  answer = (__, res) => answered(res);
  const failed = rate(["a", "b"]);
  await expect(failed).rejects.toBeInstanceOf(RerankerUnavailable);
  await expect(failed).rejects.toThrow(message);
});

test("one that never ends is left when its time is over", async () => {
  const patience = new AbortController();
  answer = (__, res) => {
    res.write("{");
    patience.abort();
  };
  await expect(rate(["a"], patience.signal)).rejects.toThrow(/too slow/);
});
