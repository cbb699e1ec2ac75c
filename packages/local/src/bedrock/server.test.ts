import {
  type BedrockRuntimeClient,
  BedrockRuntimeClient as Client,
  ConverseCommand,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import { type Clock, type ModelEvent, silentLog, systemClock } from "@outlet/core/ports";
import { NodeHttp2Handler, NodeHttpHandler } from "@smithy/node-http-handler";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BedrockBackend } from "./backend.ts";
import { type BedrockServer, startBedrock } from "./server.ts";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const question = "Wann öffnet das Café? 👍🏽";
const input = {
  modelId: "arn:aws:bedrock:us-east-1:123456789012:inference-profile/outlet.demo-v1:0",
  system: [{ text: 'Sei nett. Begin with "Das Café „Łódź“ öffnet um acht 🕗."' }],
  messages: [{ role: "user" as const, content: [{ text: question }] }],
};
const answer =
  "Outlet demo model: Das Café „Łódź“ öffnet um acht 🕗. I only quote what I was given, and found nothing in it that matches. I have my instruction.";

const handlers = {
  "HTTP/2, the SDK's default": () => new NodeHttp2Handler({ disableConcurrentStreams: true }),
  "HTTP/1.1": () => new NodeHttpHandler(),
};

let server: BedrockServer;
let client: BedrockRuntimeClient;

async function start(
  backend: BedrockBackend = { kind: "demo" },
  requestHandler: NodeHttp2Handler | NodeHttpHandler = handlers["HTTP/1.1"](),
  clock: Clock = systemClock,
): Promise<void> {
  server = await startBedrock({ backend, log: silentLog, clock });
  const endpoint = server.url;
  client = new Client({
    region: "us-east-1",
    endpoint,
    credentials,
    requestHandler,
    maxAttempts: 1,
  });
}

afterEach(async () => {
  client.destroy();
  await server.stop();
});

describe.each(Object.entries(handlers))("over %s", (_name, createHandler) => {
  beforeEach(() => start({ kind: "demo" }, createHandler()));

  test("Converse answers whole, with usage that adds up", async () => {
    const { output, stopReason, usage, metrics } = await client.send(new ConverseCommand(input));
    expect(output?.message).toEqual({ role: "assistant", content: [{ text: answer }] });
    expect(stopReason).toBe("end_turn");
    expect(usage).toEqual({ inputTokens: 24, outputTokens: 35, totalTokens: 59 });
    expect(metrics?.latencyMs).toBeGreaterThanOrEqual(0);
  });

  test("a page of a browser is refused, its own origin's too", async () => {
    const { host } = new URL(server.url);
    for (const headers of [{ origin: "http://evil.example" }, { origin: `http://${host}` }]) {
      const command = new ConverseCommand(input);
      command.middlewareStack.add(
        (next) => (args) => {
          Object.assign((args.request as { headers: object }).headers, headers);
          return next(args);
        },
        { step: "build" },
      );
      await expect(client.send(command)).rejects.toMatchObject({ name: "AccessDeniedException" });
    }
  });

  test("ConverseStream answers the same in events, in Bedrock's order", async () => {
    const { stream } = await client.send(new ConverseStreamCommand(input));
    const names: string[] = [];
    let text = "";
    for await (const event of stream ?? []) {
      names.push(...Object.keys(event).filter((name) => name !== names.at(-1)));
      text += event.contentBlockDelta?.delta?.text ?? "";
    }
    expect(text).toBe(answer);
    expect(names).toEqual([
      "messageStart",
      "contentBlockDelta",
      "contentBlockStop",
      "messageStop",
      "metadata",
    ]);
  });

  test("the Model port streams it", async () => {
    const events: ModelEvent[] = [];
    const request = {
      modelId: "outlet.demo-v1",
      system: input.system.map(({ text }) => text),
      messages: [{ role: "user" as const, content: [{ type: "text" as const, text: question }] }],
      metadata: { "outlet:bot": "b1" },
    };
    const options = { region: "us-east-1", endpoint: server.url, credentials };
    const model = createBedrockModel({ client: createConverseClient(options) });
    for await (const event of model.stream(request, new AbortController().signal)) {
      events.push(event);
    }
    const texts = events.flatMap((event) => (event.type === "text" ? [event.text] : []));
    expect(texts.length).toBeGreaterThan(3);
    expect(texts.join("")).toBe(answer);
    expect(events.slice(texts.length)).toEqual([
      { type: "stop", reason: "end_turn" },
      {
        type: "usage",
        usage: {
          inputTokens: 24,
          outputTokens: 35,
          cacheReadInputTokens: 0,
          cacheWriteInputTokens: 0,
        },
      },
    ]);
  });

  test("a refusal is the exception the SDK knows, before any event", async () => {
    const messages = [{ role: "assistant" as const, content: [{ text: "Hi" }] }];
    const sent = client.send(new ConverseStreamCommand({ ...input, messages }));
    await expect(sent).rejects.toMatchObject({
      name: "ValidationException",
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  test("many calls at once are all answered", async () => {
    const calls = Array.from({ length: 20 }, () => client.send(new ConverseCommand(input)));
    const stopReasons = (await Promise.all(calls)).map(({ stopReason }) => stopReason);
    expect(stopReasons).toEqual(calls.map(() => "end_turn"));
  });
});

describe.each(Object.entries(handlers))("a paced answer over %s", (_name, createHandler) => {
  test("ends for the server too when the caller hangs up", async () => {
    const hungUp = Promise.withResolvers<void>();
    let naps = 0;
    // The first group of tokens comes at once; the second never would.
    const sleep = (_ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (naps++ === 0) resolve();
        else signal?.addEventListener("abort", () => hungUp.resolve(), { once: true });
      });
    const backend = { kind: "demo" as const, tokensPerSecond: 1 };
    await start(backend, createHandler(), { now: () => 0, sleep });
    const controller = new AbortController();
    const abortSignal = controller.signal;
    const { stream } = await client.send(new ConverseStreamCommand(input), { abortSignal });
    const reading = (async () => {
      for await (const event of stream ?? []) {
        if (event.contentBlockDelta) controller.abort();
      }
    })();
    await Promise.all([reading.catch(() => {}), hungUp.promise]);
  });

  test("is broken off by stop, which closes every connection", async () => {
    const napping = Promise.withResolvers<void>();
    const sleep = (_ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        napping.resolve();
      });
    const backend = { kind: "demo" as const, tokensPerSecond: 1 };
    await start(backend, createHandler(), { now: () => 0, sleep });
    const sent = client.send(new ConverseCommand(input)).catch((error: unknown) => error);
    await napping.promise;
    await server.stop();
    expect(await sent).toBeInstanceOf(Error);
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
    await start();
  });
});

/** A conversation with tools. */
const called = (messages: object[]) => ({
  messages,
  toolConfig: { tools: [{ toolSpec: { name: "t", inputSchema: { json: { type: "object" } } } }] },
});
const result = (toolUseId: string, content: object[] = [{ text: "fine" }]) => ({
  toolUseId,
  content,
});
/** Calls of these ids, one letter each, and results of those. */
const answered = (calls: string, results: string[], content?: object[], late?: object) => [
  { role: "user", content: [{ text: "Hi" }] },
  {
    role: "assistant",
    content: Array.from(calls, (toolUseId) => ({ toolUse: { toolUseId, name: "t", input: {} } })),
  },
  {
    role: "user",
    content: [
      ...results.map((id) => ({ toolResult: result(id, content) })),
      ...(results.length === 0 ? [{ text: "and?" }] : []),
      ...(late ? [{ toolResult: late }] : []),
    ],
  },
];

describe("a request by hand", () => {
  beforeEach(() => start());

  const post = async (path: string, body: string, method = "POST") => {
    const response = await fetch(server.url + path, method === "POST" ? { method, body } : {});
    const { message } = v.parse(
      v.looseObject({ message: v.optional(v.string()) }),
      await response.json(),
    );
    return { status: response.status, type: response.headers.get("x-amzn-errortype"), message };
  };
  const user = (...content: object[]) => ({ messages: [{ role: "user", content }] });
  const converse = (body: object) => post("/model/m/converse", JSON.stringify(body));

  test.each([
    ["an unknown path", "/model/m/invoke"],
    ["a model id with a bare slash", "/model/a/b/converse"],
  ])("to %s is no operation", async (_what, path) => {
    expect(await post(path, "{}")).toMatchObject({
      status: 404,
      type: "UnknownOperationException",
    });
  });

  test("by GET is no operation", async () => {
    expect(await post("/model/m/converse", "", "GET")).toMatchObject({ status: 404 });
  });

  test("that is no JSON is a SerializationException", async () => {
    const answered = await post("/model/m/converse", "{");
    expect(answered).toMatchObject({ status: 400, type: "SerializationException" });
  });

  test("with a broken model id is a ValidationException", async () => {
    const answered = await post("/model/%ZZ/converse", "{}");
    expect(answered).toMatchObject({ status: 400, type: "ValidationException" });
  });

  const hi = { text: "hi" };
  const bytes = "AQI=";
  test.each<[string, object, string]>([
    ["no messages", {}, "must start with a user message"],
    ["null messages", { messages: null }, "must start with a user message"],
    ["a foreign role", { messages: [{ role: "bot", content: [hi] }] }, "'messages.0.role'"],
    ["no content", user(), "messages.0 is empty"],
    ["text that is no text", user({ text: 1 }), "'messages.0.content.0.text'"],
    ["blank text", user(hi, { text: " \n" }), "messages.0.content.1 is blank"],
    ["a blank system text", { ...user(hi), system: [{ text: "" }] }, "system.0 is blank"],
    ["two members in a block", user({ ...hi, image: { format: "png", source: { bytes } } }), "one"],
    ["two user turns", { messages: [...user(hi).messages, ...user(hi).messages] }, "alternate"],
    [
      "an answer put in its mouth",
      { messages: [...user(hi).messages, { role: "assistant", content: [hi] }] },
      "must end with a user message",
    ],
    [
      "maxTokens 0",
      { ...user(hi), inferenceConfig: { maxTokens: 0 } },
      "inferenceConfig.maxTokens",
    ],
    ["maxTokens 1.5", { ...user(hi), inferenceConfig: { maxTokens: 1.5 } }, "maxTokens"],
    ["temperature 2", { ...user(hi), inferenceConfig: { temperature: 2 } }, "temperature"],
    ["an empty stop sequence", { ...user(hi), inferenceConfig: { stopSequences: [""] } }, "stop"],
    ["empty metadata", { ...user(hi), requestMetadata: {} }, "requestMetadata"],
    ["metadata in German", { ...user(hi), requestMetadata: { a: "ä" } }, "requestMetadata.a"],
    ["tools", { ...user(hi), toolConfig: { tools: [] } }, "toolConfig.tools"],
    ["a tool's result of nothing", user({ toolResult: {} }), "toolUseId"],
    ["a result of no call", called(user({ toolResult: result("x") }).messages), "exceeds"],
    [
      "a call without tools",
      { messages: called(answered("x", ["x"])).messages },
      "The toolConfig field must be defined",
    ],
    ["a call that nothing came of", called(answered("x", [])), "for the following Ids: x"],
    ["a result that is empty", called(answered("x", ["x"], [])), "is empty"],
    ["a result that is blank", called(answered("x", ["x"], [{ text: " " }])), "is empty"],
    ["results in another order", called(answered("xy", ["y", "x"])), "not in order"],
    ["a result behind text", called(answered("x", [], [], result("x"))), "have to come first"],
    [
      "a document's file name",
      user(hi, { document: { format: "pdf", name: "a.pdf", source: { bytes } } }),
      "name",
    ],
    [
      "a document alone",
      user({ document: { format: "pdf", name: "a", source: { bytes } } }),
      "text block",
    ],
    [
      "an image that is no base64",
      user({ image: { format: "png", source: { bytes: "%" } } }),
      "bytes",
    ],
  ])("with %s is a ValidationException that says so", async (_what, body, said) => {
    expect(await converse(body)).toMatchObject({
      status: 400,
      type: "ValidationException",
      message: expect.stringContaining(said),
    });
  });

  test("may hold cache points and replayed reasoning", async () => {
    const reasoning = { reasoningContent: { reasoningText: { text: "Hm" } } };
    const body = {
      system: [{ text: "Be kind." }, { cachePoint: { type: "default" } }],
      messages: [
        ...user(hi, { cachePoint: { type: "default" } }).messages,
        { role: "assistant", content: [reasoning, hi] },
        ...user(hi).messages,
      ],
    };
    expect(await converse(body)).toMatchObject({ status: 200 });
  });
});
