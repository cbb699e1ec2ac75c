import type { ServerResponse } from "node:http";
import { type ModelEvent, ModelError, type ModelRequest } from "@outlet/core/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBedrockModel } from "./bedrock-model.ts";
import { createConverseClient } from "./lean/converse.ts";
import {
  answer,
  delta,
  frame,
  metadata,
  refuse,
  ScriptedBedrock,
  start,
  stop,
  usage,
} from "./scripted-bedrock.test-support.ts";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const request: ModelRequest = {
  modelId: "arn:aws:bedrock:us-east-1:123456789012:inference-profile/a.b-v1:0",
  system: ["Be brief."],
  messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
  metadata: { bot: "b1" },
};

let bedrock: ScriptedBedrock;
let endpoint: string;
const never = new AbortController().signal;

beforeEach(async () => {
  bedrock = new ScriptedBedrock();
  endpoint = await bedrock.listen();
});
afterEach(() => bedrock.close());

async function collect(
  overrides: Partial<ModelRequest> = {},
  signal: AbortSignal = never,
): Promise<ModelEvent[]> {
  const client = createConverseClient({ region: "us-east-1", endpoint, credentials });
  try {
    const events: ModelEvent[] = [];
    const model = createBedrockModel({ client });
    for await (const event of model.stream({ ...request, ...overrides }, signal))
      events.push(event);
    return events;
  } finally {
    client.destroy();
  }
}

const failure = (overrides: Partial<ModelRequest> = {}): Promise<unknown> =>
  collect(overrides).then(
    () => "no error",
    (error: unknown) => error,
  );

describe("an answer", () => {
  test("comes as text, reasoning, stop and usage", async () => {
    bedrock.script = (res) =>
      answer(res, [
        start,
        delta({ reasoningContent: { text: "Hmm." } }),
        delta({ reasoningContent: { signature: "c2ln" } }),
        delta({ text: "Hel" }),
        delta({ text: "lo" }),
        frame("event", "contentBlockStop", { contentBlockIndex: 0 }),
        frame("event", "somethingNew", { a: 1 }),
        stop("max_tokens"),
        metadata({ ...usage, cacheReadInputTokens: 7, cacheWriteInputTokens: 9 }),
      ]);
    expect(await collect()).toEqual([
      { type: "reasoning", text: "Hmm." },
      { type: "reasoning", text: "", signature: "c2ln" },
      { type: "text", text: "Hel" },
      { type: "text", text: "lo" },
      { type: "stop", reason: "max_tokens" },
      {
        type: "usage",
        usage: {
          inputTokens: 3,
          outputTokens: 2,
          cacheReadInputTokens: 7,
          cacheWriteInputTokens: 9,
        },
      },
    ]);
  });

  test.each([
    "end_turn",
    "guardrail_intervened",
    "model_context_window_exceeded",
    "malformed_tool_use",
    "a_reason_added_later",
  ])("that stops for %s says so by that name", async (reason) => {
    bedrock.script = (res) => answer(res, [start, stop(reason), metadata(usage)]);
    expect(await collect()).toContainEqual({ type: "stop", reason });
  });
});

describe("a request", () => {
  test("names the model in the path and carries parameters and metadata", async () => {
    await collect({ maxTokens: 9, temperature: 0.5, topP: 0.9, stopSequences: ["END"] });
    expect(bedrock.requests).toEqual([
      {
        path: `/model/${encodeURIComponent(request.modelId)}/converse-stream`,
        body: {
          system: [{ text: "Be brief." }],
          messages: [{ role: "user", content: [{ text: "Hi" }] }],
          inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
          requestMetadata: { bot: "b1" },
        },
      },
    ]);
  });

  test("leaves out what is empty and joins neighbours of one role", async () => {
    await collect({
      system: ["", " \n"],
      metadata: {},
      stopSequences: [],
      messages: [
        { role: "user", content: [{ type: "text", text: "Unanswered" }] },
        { role: "assistant", content: [{ type: "text", text: "  " }] },
        {
          role: "user",
          content: [
            { type: "text", text: "" },
            { type: "text", text: "Hi" },
          ],
        },
      ],
    });
    expect(bedrock.requests[0]?.body).toEqual({
      messages: [{ role: "user", content: [{ text: "Unanswered" }, { text: "Hi" }] }],
    });
  });

  test("gives documents names that Bedrock takes, each once", async () => {
    const bytes = new Uint8Array([1, 2]);
    const document = (name: string) => ({ type: "document" as const, format: "pdf", name, bytes });
    const content = [
      { type: "text" as const, text: "Compare" },
      { type: "image" as const, format: "png" as const, bytes },
      document("report_v2.pdf"),
      document("report v2  pdf"),
      document("../…"),
    ];
    await collect({ messages: [{ role: "user", content }] });
    const source = { bytes: "AQI=" };
    expect(bedrock.requests[0]?.body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { text: "Compare" },
          { image: { format: "png", source } },
          { document: { format: "pdf", name: "report v2 pdf", source } },
          { document: { format: "pdf", name: "report v2 pdf (2)", source } },
          { document: { format: "pdf", name: "document", source } },
        ],
      },
    ]);
  });

  test("says the names of documents that Bedrock does not take whole", async () => {
    const bytes = new Uint8Array([1, 2]);
    const document = (name: string) => ({ type: "document" as const, format: "pdf", name, bytes });
    const content = [
      { type: "text" as const, text: "Compare" },
      document("報告書"),
      document("議事録"),
    ];
    await collect({ messages: [{ role: "user", content }] });
    const source = { bytes: "AQI=" };
    expect(bedrock.requests[0]?.body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { text: "Compare" },
          { text: 'The file that follows is called "報告書.pdf".' },
          { document: { format: "pdf", name: "document", source } },
          { text: 'The file that follows is called "議事録.pdf".' },
          { document: { format: "pdf", name: "document (2)", source } },
        ],
      },
    ]);
  });

  test("with nothing to say, or a document of a foreign format, is never sent", async () => {
    const bytes = new Uint8Array();
    const foreign = { type: "document" as const, format: "exe", name: "x", bytes };
    for (const content of [[], [foreign]]) {
      const error = await failure({ messages: [{ role: "user", content }] });
      expect(error).toMatchObject({ code: "model_invalid_request", retryable: false });
    }
    expect(bedrock.requests).toEqual([]);
  });
});

describe("a refusal", () => {
  test.each([
    [429, "ThrottlingException", "model_throttled", true],
    [429, "ModelNotReadyException", "model_unavailable", true],
    [500, "InternalServerException", "model_unavailable", true],
    [503, "ServiceUnavailableException", "model_unavailable", true],
    [408, "ModelTimeoutException", "model_timeout", true],
    [424, "ModelErrorException", "model_error", true],
    [403, "AccessDeniedException", "model_access_denied", false],
    [404, "ResourceNotFoundException", "model_not_found", false],
    [400, "ServiceQuotaExceededException", "model_quota_exceeded", false],
    [400, "ValidationException", "model_invalid_request", false],
    [403, "UnrecognizedClientException", "model_access_denied", false],
    [404, "UnknownOperationException", "model_not_found", false],
    [408, "NewTimeout", "model_timeout", true],
    [424, "NewDependency", "model_error", true],
    [429, "NewThrottle", "model_throttled", true],
    [418, "NewRefusal", "model_invalid_request", false],
    [502, "BadGateway", "model_unavailable", true],
  ])("%i %s is %s, retryable: %s, and is asked once", async (status, name, code, retryable) => {
    bedrock.script = (res) => refuse(res, status, name);
    const error = await failure();
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ code, retryable });
    expect(String(error)).toContain("arn:aws:bedrock");
    expect(bedrock.requests).toHaveLength(1);
  });

  test.each([
    ["Input is too long for requested model.", "model_input_too_long"],
    ["prompt is too long: 208310 tokens > 200000 maximum", "model_input_too_long"],
    ["input length and `max_tokens` exceed context limit: 198000 + 8192", "model_input_too_long"],
    [
      "Input Tokens Exceeded: Number of input tokens exceeds maximum length",
      "model_input_too_long",
    ],
    ["Too many input tokens. Max input tokens: 8192", "model_input_too_long"],
    ["Output blocked by content filtering policy", "model_content_filtered"],
    ["The maximum tokens you requested exceeds the model limit of 10000", "model_invalid_request"],
  ])("that says %s is %s", async (message, code) => {
    bedrock.script = (res) => refuse(res, 400, "ValidationException", { message });
    expect(await failure()).toMatchObject({ code, retryable: false });
  });

  test("that names a time to come back hands it on", async () => {
    const headers = { "retry-after": "7" };
    bedrock.script = (res) => refuse(res, 429, "ThrottlingException", { headers });
    expect(await failure()).toMatchObject({ retryAfterMs: 7_000 });
  });

  test.each([
    ["throttlingException", "model_throttled", true],
    ["ThrottlingException", "model_throttled", true],
    ["internalServerException", "model_unavailable", true],
    ["modelStreamErrorException", "model_stream_broken", true],
    ["serviceUnavailableException", "model_unavailable", true],
    ["validationException", "model_invalid_request", false],
    ["newException", "model_stream_broken", true],
  ])("%s in mid-answer is %s, retryable: %s", async (name, code, retryable) => {
    const said = [start, delta({ text: "Hel" }), frame("exception", name, { message: "no" })];
    bedrock.script = (res) => answer(res, said);
    expect(await failure()).toMatchObject({ name: "ModelError", code, retryable });
  });
});

describe("a broken connection", () => {
  test("that is refused may be tried again", async () => {
    await bedrock.close();
    expect(await failure()).toMatchObject({ code: "model_unavailable", retryable: true });
    bedrock = new ScriptedBedrock();
    await bedrock.listen();
  });

  test("that is reset before the answer may be tried again", async () => {
    bedrock.script = (res) => res.socket?.destroy();
    expect(await failure()).toMatchObject({ name: "ModelError", retryable: true });
  });

  test.each([
    ["reset", (res: ServerResponse) => res.socket?.destroy()],
    ["ended inside a frame", (res: ServerResponse) => res.end(start.slice(0, 20))],
    ["ended between frames", (res: ServerResponse) => res.end()],
  ])("that is %s in mid-answer is a broken stream", async (_how, end) => {
    bedrock.script = (res) => {
      answer(res, [start, delta({ text: "Hel" })], false);
      // The reset must not overtake what was written.
      setImmediate(() => setImmediate(() => end(res)));
    };
    expect(await failure()).toMatchObject({ code: "model_stream_broken", retryable: true });
  });

  test("that ends before the usage leaves the answer unfinished", async () => {
    bedrock.script = (res) => answer(res, [start, stop("end_turn")]);
    expect(await failure()).toMatchObject({ code: "model_stream_broken", retryable: true });
  });
});

describe("whoever stops listening", () => {
  const unfinished = (res: ServerResponse) => answer(res, [start, delta({ text: "Hel" })], false);

  test("by the signal in mid-answer closes the HTTP stream and gets the signal's reason", async () => {
    bedrock.script = unfinished;
    const client = createConverseClient({ region: "us-east-1", endpoint, credentials });
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const reading = (async () => {
      for await (const event of createBedrockModel({ client }).stream(request, controller.signal)) {
        controller.abort(reason);
        expect(event).toEqual({ type: "text", text: "Hel" });
      }
    })();
    await expect(reading).rejects.toBe(reason);
    await bedrock.hungUp.promise;
    client.destroy();
  });

  test("by the signal before the first event gets the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    bedrock.script = () => controller.abort(reason);
    await expect(collect({}, controller.signal)).rejects.toBe(reason);
    await bedrock.hungUp.promise;
  });

  test("by a signal that was raised already sends nothing", async () => {
    const reason = new Error("cancelled");
    await expect(collect({}, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(bedrock.requests).toEqual([]);
  });

  test("by leaving the loop closes the HTTP stream", async () => {
    bedrock.script = unfinished;
    const client = createConverseClient({ region: "us-east-1", endpoint, credentials });
    for await (const event of createBedrockModel({ client }).stream(request, never)) {
      expect(event).toEqual({ type: "text", text: "Hel" });
      break;
    }
    await bedrock.hungUp.promise;
    client.destroy();
  });
});
