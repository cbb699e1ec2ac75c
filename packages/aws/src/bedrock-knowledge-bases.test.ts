import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { KnowledgeBaseUnavailable } from "@outlet/core/ports";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBedrockKnowledgeBases } from "./bedrock-knowledge-bases.ts";
import { createJsonClient, type JsonClient } from "./lean/json-client.ts";

/** What Retrieve takes, as its model says (botocore 1.43, bedrock-agent-runtime 2023-07-26). */
const Request = v.strictObject({
  retrievalQuery: v.strictObject({
    text: v.optional(v.pipe(v.string(), v.maxLength(20_000))),
    type: v.optional(v.picklist(["TEXT", "IMAGE"])),
  }),
  retrievalConfiguration: v.optional(
    v.strictObject({
      vectorSearchConfiguration: v.optional(
        v.strictObject({
          numberOfResults: v.optional(
            v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
          ),
          overrideSearchType: v.optional(v.picklist(["HYBRID", "SEMANTIC"])),
        }),
      ),
    }),
  ),
});
const path = /^\/knowledgebases\/([0-9a-zA-Z]{10})\/retrieve$/;

let answer: (res: ServerResponse) => void;
let asked: {
  id: string;
  body: v.InferOutput<typeof Request>;
  headers: NodeJS.Dict<string | string[]>;
}[];
let client: JsonClient;
const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => {
    const id = path.exec(req.url ?? "")?.[1];
    const body = v.safeParse(Request, JSON.parse(Buffer.concat(chunks).toString()));
    if (req.method !== "POST" || !id || !body.success) {
      return void refuse(res, 400, "ValidationException", "The request is not of its shape.");
    }
    asked.push({ id, body: body.output, headers: req.headers });
    res.setHeader("content-type", "application/json");
    answer(res);
  });
});

const refuse = (res: ServerResponse, status: number, name: string, message: string) =>
  res
    .writeHead(status, { "x-amzn-errortype": `${name}:http://internal.amazon.com/coral/` })
    .end(JSON.stringify({ message }));
const results = (...retrievalResults: unknown[]) => {
  answer = (res) => res.end(JSON.stringify({ retrievalResults, guardrailAction: "NONE" }));
};

beforeEach(async () => {
  asked = [];
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  client = createJsonClient("bedrock-agent-runtime", {
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    triesMax: 2,
  });
});
afterEach(() => {
  client.close();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const retrieve = (question = "How long?", limit = 8) =>
  createBedrockKnowledgeBases({ client }).retrieve("ABCDEFGHIJ", question, limit);

describe("a knowledge base of Bedrock", () => {
  test("is asked as its API says, signed, and what it finds has a source and a page", async () => {
    results(
      {
        content: { type: "TEXT", text: "Leave is 30 days." },
        location: { type: "S3", s3Location: { uri: "s3://files/hr/annual%20leave.pdf" } },
        metadata: {
          "x-amz-bedrock-kb-source-uri": "s3://files/hr/annual%20leave.pdf",
          "x-amz-bedrock-kb-document-page-number": 4.0,
          "x-amz-bedrock-kb-data-source-id": "DATASOURCE",
        },
        score: 0.61,
      },
      {
        content: { text: "We open at nine." },
        location: { type: "WEB", webLocation: { url: "https://example.com/opening-hours/?a=1" } },
        metadata: { title: "Opening hours" },
        score: 0.5,
      },
      { content: { type: "ROW", row: [{ columnName: "price", columnValue: "7" }] } },
    );
    expect(await retrieve()).toEqual([
      {
        uri: "s3://files/hr/annual%20leave.pdf",
        source: "annual leave.pdf",
        text: "Leave is 30 days.",
        place: { page: 4, headings: [] },
        score: 0.61,
      },
      {
        uri: "https://example.com/opening-hours/?a=1",
        source: "Opening hours",
        text: "We open at nine.",
        place: { headings: [] },
        score: 0.5,
      },
      { uri: "unknown", source: "unknown", text: "price: 7", place: { headings: [] }, score: 0 },
    ]);
    expect(asked).toMatchObject([
      {
        id: "ABCDEFGHIJ",
        body: {
          retrievalQuery: { text: "How long?" },
          retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: 8 } },
        },
      },
    ]);
    expect(asked[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 .*\/us-east-1\/bedrock\/aws4_request/,
    );
  });

  test.each<[string, unknown, string]>([
    ["WEB", { webLocation: { url: "https://example.com/" } }, "https://example.com/"],
    ["CONFLUENCE", { confluenceLocation: { url: "https://c.example.com/x/Page" } }, "Page"],
    ["SHAREPOINT", { sharePointLocation: { url: "https://s.example.com/a/b.docx" } }, "b.docx"],
    ["KENDRA", { kendraDocumentLocation: { uri: "https://k.example.com/doc" } }, "doc"],
    ["CUSTOM", { customDocumentLocation: { id: "invoice-7" } }, "invoice-7"],
    ["S3", { s3Location: { uri: "s3://files/100%.txt" } }, "100%.txt"],
  ])("names what lies in %s", async (type, location, source) => {
    results({ content: { text: "A" }, location: { type, ...(location as object) } });
    expect(await retrieve()).toMatchObject([{ source }]);
  });

  test("what it brings that is no passage is left out, and no more is taken than was asked for", async () => {
    const text = "字".repeat(50_000);
    results(
      null,
      { content: {} },
      { content: { text: " " } },
      { content: { type: "IMAGE", byteContent: "data:image/png;base64,AAAA" } },
      { content: { text }, metadata: { "x-amz-bedrock-kb-document-page-number": "no" } },
      ...Array.from({ length: 100 }, (_, i) => ({ content: { text: `${i}` }, score: 1 })),
    );
    const found = await retrieve("?".repeat(50_000), 7);
    expect(found).toHaveLength(3);
    expect(found[0]?.text.length).toBeLessThanOrEqual(6_000);
    expect(found[0]?.place).toEqual({ headings: [] });
    expect(asked[0]?.body.retrievalQuery.text?.length).toBeLessThanOrEqual(8_000);
  });

  test.each<[string, number, RegExp, number]>([
    ["ResourceNotFoundException", 404, /ABCDEFGHIJ is not there, in this Region and account/, 1],
    ["AccessDeniedException", 403, /OUTLET_KNOWLEDGE_BASES/, 1],
    ["ThrottlingException", 429, /asked too often .* Ask again in a minute/, 2],
    ["ValidationException", 400, /refused the question: why/, 1],
    ["DependencyFailedException", 424, /cannot reach the store of its vectors/, 1],
    ["InternalServerException", 500, /failed \(InternalServerException\)/, 2],
  ])("that answers with %s says so to the owner", async (name, status, message, tries) => {
    answer = (res) => refuse(res, status, name, "why");
    const failed = retrieve();
    await expect(failed).rejects.toBeInstanceOf(KnowledgeBaseUnavailable);
    await expect(failed).rejects.toThrow(message);
    expect(asked).toHaveLength(tries);
  });

  test("that breaks off, or answers nonsense, says so too", async () => {
    answer = (res) => res.destroy();
    await expect(retrieve()).rejects.toThrow(/did not answer in time/);
    answer = (res) => res.end('{"retrievalResults": [');
    await expect(retrieve()).rejects.toThrow(/cannot be read/);
    answer = (res) => res.end('{"results": []}');
    await expect(retrieve()).rejects.toThrow(/cannot be read/);
  });
});
