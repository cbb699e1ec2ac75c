import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import {
  type Log,
  type ModelEvent,
  type ModelRequest,
  silentLog,
  systemClock,
} from "@outlet/core/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BedrockServer, startBedrock } from "../server.ts";

interface Asked {
  path: string | undefined;
  authorization: string | undefined;
  body: unknown;
}

/** Speaks OpenAI's wire format and says what each test tells it to. */
let upstream: http.Server;
let asked: Asked[];
let connections: number;
let reply: (res: http.ServerResponse) => void;
let bedrock: BedrockServer;
let logged: string[];

const recorder: Log = { ...silentLog, warn: (message) => void logged.push(message) };

beforeEach(async () => {
  asked = [];
  logged = [];
  connections = 0;
  upstream = http.createServer((req, res) => {
    let text = "";
    req.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    req.on("end", () => {
      const { authorization } = req.headers;
      asked.push({ path: req.url, authorization, body: JSON.parse(text) });
      reply(res);
    });
  });
  upstream.on("connection", () => connections++);
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const { port } = upstream.address() as AddressInfo;
  bedrock = await startBedrock({
    backend: {
      kind: "openai",
      baseUrl: `http://127.0.0.1:${port}/v1/`,
      apiKey: "upstream-secret",
      models: { "outlet.demo-v1": "llama3.2" },
    },
    log: recorder,
    clock: systemClock,
  });
});
afterEach(async () => {
  await bedrock.stop();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const request: ModelRequest = {
  modelId: "outlet.demo-v1",
  system: ["Be kind."],
  messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
  metadata: { bot: "b1" },
};

async function collect(
  overrides: Partial<ModelRequest> = {},
  signal = new AbortController().signal,
  onEvent: (event: ModelEvent) => void = () => {},
): Promise<ModelEvent[]> {
  const client = createConverseClient({ region: "us-east-1", endpoint: bedrock.url, credentials });
  try {
    const events: ModelEvent[] = [];
    const model = createBedrockModel({ client });
    for await (const event of model.stream({ ...request, ...overrides }, signal)) {
      events.push(event);
      onEvent(event);
    }
    return events;
  } finally {
    client.destroy();
  }
}

const chunk = (body: object | string): string =>
  `data: ${typeof body === "string" ? body : JSON.stringify(body)}\n\n`;
const says = (delta: object, finish_reason: string | null = null, more: object = {}): string =>
  chunk({ choices: [{ index: 0, delta, finish_reason, ...more }] });
const counts = chunk({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } });

const stream =
  (...chunks: string[]) =>
  (res: http.ServerResponse): void => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.end(chunks.join(""));
  };

describe("a request", () => {
  test("becomes a chat completion with the mapped model and the server's key", async () => {
    reply = stream(says({ content: "Hi" }, "stop"), counts, chunk("[DONE]"));
    const bytes = new Uint8Array([1, 2]);
    await collect({
      maxTokens: 9,
      temperature: 0.5,
      topP: 0.9,
      stopSequences: ["END"],
      messages: [
        ...request.messages,
        { role: "assistant", content: [{ type: "text", text: "Hello" }] },
        {
          role: "user",
          content: [
            { type: "text", text: "See" },
            { type: "image", format: "png", bytes },
            { type: "document", format: "txt", name: "n", bytes: Buffer.from("Grüße") },
          ],
        },
      ],
    });
    expect(asked).toEqual([
      {
        path: "/v1/chat/completions",
        authorization: "Bearer upstream-secret",
        body: {
          model: "llama3.2",
          messages: [
            { role: "system", content: "Be kind." },
            { role: "user", content: "Hi" },
            { role: "assistant", content: "Hello" },
            {
              role: "user",
              content: [
                { type: "text", text: "See" },
                { type: "image_url", image_url: { url: "data:image/png;base64,AQI=" } },
                { type: "text", text: '<document name="n">\nGrüße\n</document>' },
              ],
            },
          ],
          stream: true,
          stream_options: { include_usage: true },
          max_tokens: 9,
          temperature: 0.5,
          top_p: 0.9,
          stop: ["END"],
        },
      },
    ]);
  });

  test("for an unmapped model goes out under its own name", async () => {
    reply = stream(says({ content: "Hi" }, "stop"), counts);
    await collect({ modelId: "qwen3:8b" });
    expect(asked[0]?.body).toMatchObject({ model: "qwen3:8b" });
  });

  test("with a document that is no text is refused and not sent", async () => {
    const bytes = new Uint8Array([1]);
    const document = { type: "document" as const, format: "pdf", name: "n", bytes };
    const content = [{ type: "text" as const, text: "See" }, document];
    const sent = collect({ messages: [{ role: "user", content }] });
    await expect(sent).rejects.toMatchObject({ code: "model_invalid_request" });
    expect(asked).toEqual([]);
  });

  test("keeps the connection for the next one", async () => {
    reply = stream(says({ content: "Hi" }, "stop"), counts, chunk("[DONE]"));
    await collect();
    await collect();
    expect(connections).toBe(1);
  });
});

describe("an answer", () => {
  test("is streamed with reasoning, stop reason and cached tokens", async () => {
    const usage = {
      prompt_tokens: 50,
      completion_tokens: 7,
      prompt_tokens_details: { cached_tokens: 40 },
    };
    reply = stream(
      says({ role: "assistant", content: "" }),
      says({ reasoning_content: "Hm" }),
      says({ content: "Hel" }),
      says({ content: "lo" }),
      says({}, "length"),
      chunk({ choices: [], usage }),
      chunk("[DONE]"),
    );
    expect(await collect()).toEqual([
      { type: "reasoning", text: "Hm" },
      { type: "text", text: "Hel" },
      { type: "text", text: "lo" },
      { type: "stop", reason: "max_tokens" },
      {
        type: "usage",
        usage: {
          inputTokens: 10,
          outputTokens: 7,
          cacheReadInputTokens: 40,
          cacheWriteInputTokens: 0,
        },
      },
    ]);
  });

  test.each([
    ["stop", {}, "end_turn"],
    ["stop", { stop_reason: "END" }, "stop_sequence"],
    ["content_filter", {}, "content_filtered"],
    ["tool_calls", {}, "tool_use"],
    ["constructor", {}, "constructor"],
  ])("that finishes with %s %o stops for %s", async (finishReason, more, reason) => {
    reply = stream(says({ content: "Hi" }, finishReason, more), counts);
    expect(await collect()).toContainEqual({ type: "stop", reason });
  });

  test("cut in the middle of a character is put together again", async () => {
    const bytes = Buffer.from(says({ content: "👍🏽" }, "stop") + counts);
    const middle = bytes.indexOf("👍") + 2;
    const arrived = Promise.withResolvers<void>();
    reply = (res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      // The second half follows when the first was surely read.
      res.write(
        Buffer.concat([Buffer.from(says({ content: "Grüße " })), bytes.subarray(0, middle)]),
      );
      void arrived.promise.then(() => res.end(bytes.subarray(middle)));
    };
    const events = await collect({}, undefined, () => arrived.resolve());
    expect(events).toContainEqual({ type: "text", text: "👍🏽" });
  });

  test("without usage has it estimated, and the log says so", async () => {
    reply = stream(says({ content: "Hello there" }, "stop"));
    const usage = (await collect()).at(-1);
    expect(usage).toMatchObject({ type: "usage", usage: { outputTokens: 2 } });
    expect(logged).toEqual([expect.stringContaining("estimated")]);
  });
});

describe("a failure of the server", () => {
  test.each([
    [429, "model_throttled", true],
    [500, "model_unavailable", true],
    [503, "model_unavailable", true],
    [302, "model_not_found", false],
    [408, "model_timeout", true],
    [404, "model_not_found", false],
    [401, "model_access_denied", false],
    [403, "model_access_denied", false],
    [400, "model_invalid_request", false],
    [422, "model_invalid_request", false],
  ])("with status %i is %s, retryable: %s", async (status, code, retryable) => {
    reply = (res) => {
      res.writeHead(status, { "content-type": "application/json" });
      res.end(JSON.stringify({ error: { message: "no such luck" } }));
    };
    const failed = collect();
    await expect(failed).rejects.toMatchObject({ code, retryable });
    await expect(failed).rejects.toThrow("no such luck");
    expect(JSON.stringify(logged)).not.toContain("upstream-secret");
  });

  test.each<[string, (res: http.ServerResponse) => void]>([
    [
      "an error event",
      stream(says({ content: "Hel" }), chunk({ error: { message: "out of memory" } })),
    ],
    ["the end of the stream", stream(says({ content: "Hel" }))],
    ["rubbish", stream(says({ content: "Hel" }), chunk("{"))],
    [
      "a reset",
      (res) => {
        res.writeHead(200, { "content-type": "text/event-stream" });
        res.write(says({ content: "Hel" }), () => res.destroy());
      },
    ],
  ])("by %s in mid-answer is an exception in the stream", async (_how, script) => {
    reply = script;
    const events: ModelEvent[] = [];
    const failed = collect({}, undefined, (event) => void events.push(event));
    await expect(failed).rejects.toMatchObject({ code: "model_stream_broken", retryable: true });
    await expect(failed).rejects.toThrow("ModelStreamErrorException");
    expect(events).toEqual([{ type: "text", text: "Hel" }]);
  });

  test("that is not there is unavailable", async () => {
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    await expect(collect()).rejects.toMatchObject({ code: "model_unavailable", retryable: true });
    upstream.listen(0, "127.0.0.1");
  });
});

test("a caller who hangs up ends the server's work too", async () => {
  const hungUp = Promise.withResolvers<void>();
  reply = (res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.on("close", () => hungUp.resolve());
    res.write(says({ content: "Hel" }));
  };
  const controller = new AbortController();
  const reason = new Error("cancelled");
  const reading = collect({}, controller.signal, () => controller.abort(reason));
  await expect(reading).rejects.toBe(reason);
  await hungUp.promise;
});
