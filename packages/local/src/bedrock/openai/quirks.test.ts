import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import { ModelError, type ModelRequest, silentLog, systemClock } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BedrockServer, startBedrock } from "../server.ts";
import {
  answers,
  counts,
  done,
  type ModelServer,
  refuses,
  says,
  startModelServer,
  stream,
} from "./model-server.test-support.ts";
import { quirks, type Reading } from "./quirks.test-support.ts";

let server: ModelServer;
let bedrock: BedrockServer;

beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.stop());

const request: ModelRequest = {
  modelId: "m",
  system: ["Be kind."],
  messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
  maxTokens: 9,
  temperature: 0.5,
  metadata: {},
};

/** One answer by a server of ours that knows nothing of the other one yet. */
async function withFreshBackend<T>(
  use: () => Promise<T>,
  config: { baseUrl?: string; apiKey?: string } = {},
): Promise<T> {
  const backend = { kind: "openai" as const, baseUrl: server.baseUrl, ...config };
  bedrock = await startBedrock({ backend, log: silentLog, clock: systemClock });
  try {
    return await use();
  } finally {
    await bedrock.stop();
  }
}

async function read(): Promise<Reading> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = createConverseClient({ region: "us-east-1", endpoint: bedrock.url, credentials });
  const reading: Reading = { text: "", reasoning: "", stop: "" };
  try {
    const model = createBedrockModel({ client });
    for await (const event of model.stream(request, new AbortController().signal)) {
      if (event.type === "text" || event.type === "reasoning") reading[event.type] += event.text;
      if (event.type === "stop") reading.stop = event.reason;
      if (event.type === "usage") {
        const { inputTokens, outputTokens, cacheReadInputTokens } = event.usage;
        reading.tokens = [inputTokens, outputTokens, cacheReadInputTokens];
      }
    }
    return reading;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { code: error.code, retryable: error.retryable, said: error.message };
  } finally {
    client.destroy();
  }
}

describe("a server's way to speak has one reading:", () => {
  test.each(quirks)("$name", async ({ reply, reading }) => {
    server.replyWith(reply);
    const found = await withFreshBackend(read);
    if ("code" in reading) {
      expect(found).toEqual({ ...reading, said: expect.stringContaining(reading.said) });
    } else {
      const tokens = reading.tokens ?? [expect.any(Number), expect.any(Number), 0];
      expect(found).toEqual({ text: "", reasoning: "", ...reading, tokens });
    }
  });
});

test("the answer is there at [DONE], whatever becomes of the connection", async () => {
  server.replyWith((res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    // Never ended: a reader that waits for the end hangs until the test's time is over.
    res.write(says("fine", "stop") + counts + done);
  });
  expect(await withFreshBackend(read)).toMatchObject({ text: "fine", tokens: [10, 3, 0] });
});

test("a server that neither says [DONE] nor hangs up has answered when it falls silent", async () => {
  server.replyWith((res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write(says("fine", "stop"));
  });
  expect(await withFreshBackend(read)).toMatchObject({ text: "fine", stop: "end_turn" });
});

test.each([
  ["/", "/v1/chat/completions"],
  ["?api-version=1", "/v1/chat/completions?api-version=1"],
  ["/chat/completions/", "/v1/chat/completions"],
])("a base URL that ends in %s asks for %s", async (ending, path) => {
  server.replyWith(stream(says("fine", "stop"), counts, done));
  await withFreshBackend(read, { baseUrl: server.baseUrl + ending });
  expect(server.asked[0]?.path).toBe(path);
});

test("what a server refused once is not sent again", async () => {
  const refusal = { error: { message: "Unknown field: stream_options" } };
  server.replyWith(refuses((body) => "stream_options" in body, 400, refusal));
  await withFreshBackend(async () => {
    await read();
    await read();
  });
  const sent = server.asked.map(({ body }) => "stream_options" in body);
  expect(sent).toEqual([true, false, false]);
});

test("a refusal that nothing can be conceded to is asked once", async () => {
  server.replyWith(
    answers(400, { error: { message: "stream_options is wrong, whatever you do" } }),
  );
  await withFreshBackend(read);
  expect(server.asked.length).toBe(2);
});

test.each([
  ["retry-after", "7", 7_000],
  ["retry-after-ms", "1500", 2_000],
  ["retry-after", "Fri, 31 Dec 1999 23:59:59 GMT", 0],
  ["retry-after", "soon", undefined],
])("%s: %s is handed on", async (name, value, retryAfterMs) => {
  server.replyWith(answers(429, { error: { message: "Slow down" } }, { [name]: value }));
  const answer = await withFreshBackend(() =>
    fetch(`${bedrock.url}/model/m/converse`, {
      method: "POST",
      body: JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] }),
    }),
  );
  const seconds = answer.headers.get("retry-after");
  expect(seconds === null ? undefined : Number(seconds) * 1_000).toBe(retryAfterMs);
});
