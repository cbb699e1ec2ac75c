import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Embeddings } from "@outlet/core/models/embeddings";
import { EmbedderUnavailable } from "@outlet/core/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBedrockEmbedder } from "./bedrock-embedder.ts";
import { createJsonClient, type JsonClient } from "./lean/json-client.ts";

/** Speaks InvokeModel over HTTP/1.1, and notes what it was asked. */
class Bedrock {
  readonly asked: { path: string; body: Record<string, unknown>; signed: boolean }[] = [];
  answer: (body: Record<string, unknown>, res: ServerResponse) => void = () => {};
  readonly #server = createServer((req, res) => void this.#take(req, res));

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  close = (): Promise<unknown> => {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  };

  async #take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const body: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString());
    const signed = req.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ") ?? false;
    this.asked.push({ path: req.url ?? "", body, signed });
    res.setHeader("content-type", "application/json");
    this.answer(body, res);
  }
}

let bedrock: Bedrock;
let client: JsonClient;
beforeEach(async () => {
  bedrock = new Bedrock();
  client = createJsonClient("bedrock-runtime", {
    region: "us-east-1",
    endpoint: await bedrock.listen(),
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
});
afterEach(async () => {
  client.close();
  await bedrock.close();
});

function open(name: string) {
  const model = Embeddings.find(name);
  if (!model) throw new Error(`There is no ${name}.`);
  return createBedrockEmbedder({ client, model });
}

const titan = (body: Record<string, unknown>, res: ServerResponse) =>
  res.end(
    JSON.stringify({ embedding: [String(body.inputText).length, 1], inputTextTokenCount: 3 }),
  );

describe("Titan", () => {
  test("is asked once for each text, in any number, and says what it counted", async () => {
    bedrock.answer = titan;
    const texts = Array.from({ length: 20 }, (_, i) => "x".repeat(i + 1));
    const { vectors, inputTokens } = await open("titan-embed-text-v2").embed(texts, "passage");
    expect(vectors.map(([first]) => first)).toEqual(texts.map(({ length }) => length));
    expect(inputTokens).toBe(60);
    expect(bedrock.asked).toHaveLength(20);
    expect(bedrock.asked[0]).toMatchObject({
      path: "/model/amazon.titan-embed-text-v2%3A0/invoke",
      body: { normalize: true, dimensions: 512 },
      signed: true,
    });
  });

  test("that is busy is asked again", async () => {
    bedrock.answer = (body, res) => {
      if (bedrock.asked.length > 2) return titan(body, res);
      res.writeHead(429, { "x-amzn-errortype": "ThrottlingException" });
      return res.end(JSON.stringify({ message: "Too many requests" }));
    };
    const { vectors } = await open("titan-embed-text-v2").embed(["a"], "passage");
    expect(vectors).toHaveLength(1);
    expect(bedrock.asked).toHaveLength(3);
  });
});

describe("Cohere", () => {
  test("is told questions from passages, and asked for 96 texts at a time", async () => {
    bedrock.answer = ({ texts }, res) =>
      res.end(JSON.stringify({ embeddings: [texts].flat().map(() => [1, 2, 3]) }));
    const embedder = open("cohere-embed-multilingual-v3");
    const texts = Array.from({ length: 100 }, () => "Wie lange gilt die Garantie?");
    expect((await embedder.embed(texts, "passage")).vectors).toHaveLength(100);
    await embedder.embed(["Garantie?"], "question");
    const about = bedrock.asked.map(({ body }) => [body.input_type, [body.texts].flat().length]);
    expect(about).toEqual([
      ["search_document", 96],
      ["search_document", 4],
      ["search_query", 1],
    ]);
  });
});

test.each<[string, (body: Record<string, unknown>, res: ServerResponse) => void]>([
  [
    "refuses",
    (_, res) => res.writeHead(403, { "x-amzn-errortype": "AccessDeniedException" }).end("{}"),
  ],
  ["answers in words", (_, res) => res.end("Hello")],
  ["forgets a vector", (_, res) => res.end('{"embeddings":[[1,2]]}')],
  ["gives vectors of two lengths", (_, res) => res.end('{"embeddings":[[1,2],[1]]}')],
])("a model that %s is not available", async (_what, answer) => {
  bedrock.answer = answer;
  const embedded = open("cohere-embed-english-v3").embed(["a", "b"], "passage");
  await expect(embedded).rejects.toThrow(EmbedderUnavailable);
});
