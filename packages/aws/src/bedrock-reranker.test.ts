import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import * as Rerankers from "@outlet/core/models/rerankers";
import { RerankerUnavailable } from "@outlet/core/ports";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createBedrockReranker } from "./bedrock-reranker.ts";
import { createJsonClient, type JsonClient } from "./lean/json-client.ts";

const text = v.strictObject({ text: v.pipe(v.string(), v.minLength(1), v.maxLength(32_000)) });
/** What Rerank takes, as its model says (botocore 1.43, bedrock-agent-runtime 2023-07-26). */
const Request = v.strictObject({
  queries: v.pipe(
    v.array(v.strictObject({ type: v.literal("TEXT"), textQuery: text })),
    v.length(1),
  ),
  sources: v.pipe(
    v.array(
      v.strictObject({
        type: v.literal("INLINE"),
        inlineDocumentSource: v.strictObject({ type: v.literal("TEXT"), textDocument: text }),
      }),
    ),
    v.minLength(1),
    v.maxLength(1_000),
  ),
  rerankingConfiguration: v.strictObject({
    type: v.literal("BEDROCK_RERANKING_MODEL"),
    bedrockRerankingConfiguration: v.strictObject({
      numberOfResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      modelConfiguration: v.strictObject({
        modelArn: v.pipe(v.string(), v.regex(/^arn:aws:bedrock:[a-z0-9-]+::foundation-model\//)),
      }),
    }),
  }),
});

let answer: (sources: string[], res: ServerResponse) => void;
let client: JsonClient;
const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => {
    const body = v.safeParse(Request, JSON.parse(Buffer.concat(chunks).toString()));
    if (req.url !== "/rerank" || !body.success) {
      res.writeHead(400, { "x-amzn-errortype": "ValidationException" });
      return void res.end('{"message":"not of its shape"}');
    }
    const { sources } = body.output;
    answer(
      sources.map(({ inlineDocumentSource }) => inlineDocumentSource.textDocument.text),
      res,
    );
  });
});

beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  client = createJsonClient("bedrock-agent-runtime", {
    region: "eu-central-1",
    endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    triesMax: 1,
  });
});
afterEach(() => {
  client.close();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

function rate(texts: string[]) {
  const model = Rerankers.find("cohere-rerank-v3-5");
  if (!model) throw new Error("There is no such model.");
  const modelArn = `arn:aws:bedrock:eu-central-1::foundation-model/${model.modelId}`;
  const reranker = createBedrockReranker({ client, model, modelArn });
  return reranker.rate("why", texts, new AbortController().signal);
}

test("is asked as its API says; ratings come back in the order of the passages", async () => {
  answer = (sources, res) =>
    res.end(
      JSON.stringify({
        // Best first, as Bedrock has them.
        results: sources
          .map((source, index) => ({ index, relevanceScore: source.length / 10 }))
          .toReversed(),
      }),
    );
  expect(await rate(["a", "bb", "ccc"])).toEqual([0.1, 0.2, 0.3]);
});

test.each<[string, (res: ServerResponse) => void, RegExp]>([
  [
    "refuses",
    (res) =>
      res
        .writeHead(403, { "x-amzn-errortype": "AccessDeniedException" })
        .end('{"message":"no access to the model"}'),
    /AccessDeniedException: no access/,
  ],
  [
    "leaves one out",
    (res) => res.end('{"results":[{"index":0,"relevanceScore":1}]}'),
    /1 of 2 passages/,
  ],
  ["breaks off", (res) => res.destroy(), /NoAnswer/],
  ["answers nonsense", (res) => res.end("[]"), /./],
])("one that %s is unavailable", async (_, answered, message) => {
  answer = (__, res) => answered(res);
  const failed = rate(["a", "b"]);
  await expect(failed).rejects.toBeInstanceOf(RerankerUnavailable);
  await expect(failed).rejects.toThrow(message);
});
