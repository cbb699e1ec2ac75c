import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import { Bot } from "@outlet/core/bots/bot";
import { Retrieval } from "@outlet/core/bots/retrieval";
import { Tools } from "@outlet/core/bots/tools";
import { type Model, silentLog, systemClock } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import { Ledger } from "@outlet/core/records/ledger";
import { Layout } from "@outlet/core/store/layout";
import { type BedrockServer, startBedrock } from "@outlet/local/bedrock/server";
import {
  counts,
  done,
  type ModelServer,
  says,
  startModelServer,
  stream,
} from "@outlet/local/bedrock/openai/model-server.test-support";
import { type Stack, startStack } from "@outlet/local/runtime/stack-fixture";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEvents } from "../../src/cuts/sse.ts";

let stack: Stack;
let server: ModelServer;
const running: BedrockServer[] = [];

beforeAll(async () => {
  stack = await startStack();
  stack.answer();
  // The demo model quotes it.
  await Bot.update(stack, stack.owner, stack.bot.botId, { instruction: "Answer by your tools." });
  server = await startModelServer();
  // Calls the calculator, then the clock, and answers with what it was told.
  server.replyWith((res, { body }) => {
    const { messages } = v.parse(Body, body);
    const results = messages.flatMap(({ role, content }) => (role === "tool" ? [content] : []));
    const next = [call("calculate", '{"expression":"6*7"}'), call("current_time", "{}")];
    const said = next[results.length] ?? says(`I was told ${results[0]}.`, "stop");
    stream(says("Well. "), said, counts, done)(res, { path: "", authorization: "", body });
  });
});
afterAll(async () => {
  for (const bedrock of running) await bedrock.stop();
  await server.stop();
  await stack.stop();
});

const Body = v.object({
  messages: v.array(v.object({ role: v.string(), content: v.nullable(v.string()) })),
});
const Told = v.looseObject({
  callId: v.string(),
  name: v.string(),
  status: v.string(),
  input: v.optional(v.string()),
});
const Item = v.looseObject({
  id: v.string(),
  type: v.string(),
  name: v.optional(v.string()),
  status: v.optional(v.string()),
});
const ResponseEvent = v.looseObject({
  type: v.string(),
  sequence_number: v.number(),
  output_index: v.optional(v.number()),
  item: v.optional(Item),
  response: v.optional(v.looseObject({ output: v.array(Item) })),
});
const call = (name: string, args: string): string =>
  says({ tool_calls: [{ index: 0, id: "x", function: { name, arguments: args } }] }, "tool_calls");

/** The bot's model over Bedrock's own wire protocol. */
async function answeredBy(backend: Parameters<typeof startBedrock>[0]["backend"]): Promise<Model> {
  const bedrock = await startBedrock({ backend, log: silentLog, clock: systemClock });
  running.push(bedrock);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return createBedrockModel({
    client: createConverseClient({ region: "us-east-1", endpoint: bedrock.url, credentials }),
  });
}

async function allow(
  kinds: Tools.Setting[],
  { botId = stack.bot.botId, timeMs = 20_000, secondsMax = 120 } = {},
): Promise<void> {
  const limits = v.parse(Tools.Limits, { timeMs });
  const allowed = kinds.map(({ kind }) => kind);
  for (const setting of kinds) {
    const tool = { botId, toolId: setting.kind, setting, limits, createdAt: 1, updatedAt: 1 };
    await Tools.put(stack.table, tool);
  }
  await Bot.update(stack, stack.owner, botId, { tools: { allowed, secondsMax } });
}

const question =
  'Please call calculate {"expression": "6*7"} then call current_time {"zone": "Asia/Tokyo"}';

describe.each(["demo", "openai"] as const)("a bot with tools, answered by %s", (kind) => {
  beforeAll(async () => {
    const openai = { kind: "openai" as const, baseUrl: server.baseUrl };
    const model = await answeredBy(kind === "demo" ? { kind: "demo" } : openai);
    stack.model.script = (request, signal) => model.stream(request, signal);
    await allow([{ kind: "calculator" }, { kind: "time" }]);
  });

  test("streams its calls, answers by their results, and says what it called", async () => {
    const client = stack.client();
    const sent = await client.send(question, `tools-${kind}`, { accept: "text/event-stream" });
    const events = parseEvents(sent.text);
    const told = events
      .filter(({ event }) => event === "tool")
      .map(({ data }) => v.parse(Told, data));
    expect(told.map(({ name, status }) => [name, status])).toEqual([
      ["calculate", "running"],
      ["calculate", "succeeded"],
      ["current_time", "running"],
      ["current_time", "succeeded"],
    ]);
    expect(told[0]?.input).toContain("6*7");
    expect(told[1]).toMatchObject({ output: "42", ms: expect.any(Number) });
    for (const one of told) expect(one).not.toHaveProperty("record");
    const ids = events.slice(1).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, seq) => String(seq)));
    const { conversationId, messageId } = events[0]?.data ?? {};
    const { json } = await client.call("GET", `/conversation/${conversationId}/${messageId}`);
    expect(json).toMatchObject({ status: "completed", unknownCalls: 0 });
    expect(json.message.content.at(-1).body).toContain("42");
    expect(json.message.thinkingLog).toHaveLength(4);
    expect(json.message.thinkingLog[0].role).toBe("assistant");
    expect(json.message.thinkingLog[0].content.at(-1)).toEqual({
      contentType: "toolUse",
      body: { toolUseId: told[0]?.callId, name: "calculate", input: { expression: "6*7" } },
    });
    expect(json.message.thinkingLog[1]).toEqual({
      role: "user",
      content: [
        {
          contentType: "toolResult",
          body: { toolUseId: told[0]?.callId, content: [{ text: "42" }], status: "success" },
        },
      ],
    });
    // Three calls of the model, in one entry.
    const hour = Ledger.partition(stack.bot.botId, Date.now());
    const { items } = await stack.table.query({ pk: hour });
    const mine = items.filter(({ runId }) => runId === messageId);
    expect(mine).toHaveLength(1);
    expect(mine[0]).toMatchObject({ abandoned: false, outputTokens: json.usage.outputTokens });
    if (kind === "openai") expect(json.usage).toMatchObject({ inputTokens: 30, outputTokens: 9 });
  });

  test("and is a Responses stream with items of calls", async () => {
    const body = { model: "bot", input: question, stream: true };
    const { text } = await stack.client().call("POST", "/v1/responses", body);
    const events = parseEvents(text.replace("data: [DONE]\n\n", "")).map(({ data }) =>
      v.parse(ResponseEvent, data),
    );
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === "response.mcp_call.completed")).toHaveLength(2);
    const output = events.at(-1)?.response?.output ?? [];
    const streamed = events.filter(({ type }) => type === "response.output_item.done");
    // The same items under the same numbers as in the object that ends the stream.
    for (const { item, output_index = -1 } of streamed) {
      expect(output[output_index]).toMatchObject({ id: item?.id, type: item?.type });
    }
    expect(streamed).toHaveLength(output.length);
    const calls = output.filter(({ type }) => type === "mcp_call");
    expect(calls.map(({ name, status }) => [name, status])).toEqual([
      ["calculate", "completed"],
      ["current_time", "completed"],
    ]);
  });

  test("and tells an MCP client of each step", async () => {
    const { text } = await stack.client().call(
      "POST",
      "/mcp",
      {
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: {
          name: "ask",
          arguments: { question },
          _meta: { progressToken: "p" },
        },
      },
      { accept: "application/json, text/event-stream" },
    );
    expect(text).toContain("The tool calculate: running");
    expect(text).toContain("The tool current_time: succeeded");
    expect(text).toContain("42");
  });
});

test("an edit of the tools applies to the next request", async () => {
  const model = await answeredBy({ kind: "demo" });
  stack.model.script = (request, signal) => model.stream(request, signal);
  await allow([{ kind: "calculator" }]);
  const client = stack.client();
  expect((await client.ask(question)).json.message.thinkingLog).toHaveLength(2);
  await allow([]);
  expect((await client.ask(question)).json.message.thinkingLog).toBeNull();
  await allow([{ kind: "time" }]);
  const { json } = await client.ask(question);
  expect(json.message.thinkingLog[0].content.at(-1).body.name).toBe("current_time");
});

test("a later message is answered from the words before it, for their calls need tools that may be gone", async () => {
  const model = await answeredBy({ kind: "demo" });
  stack.model.script = (request, signal) => model.stream(request, signal);
  await allow([{ kind: "calculator" }]);
  const client = stack.client();
  await client.outcome(await client.send(question, "replayed"));
  await allow([]);
  expect((await client.outcome(await client.send("And now?", "replayed"))).status).toBe(200);
  const { tools, messages = [] } = stack.model.requests.at(-1) ?? {};
  expect(tools).toBeUndefined();
  expect(messages.flatMap(({ content }) => content.map(({ type }) => type))).toEqual([
    "text",
    "text",
    "text",
  ]);
});

test("a cancel while a tool is at work says that its outcome is unknown", async () => {
  const begun = Promise.withResolvers<void>();
  const definition = {
    name: "order",
    description: "Orders",
    inputSchema: { type: "object" },
    isSafeToRepeat: false,
    limits: v.parse(Tools.Limits, {}),
  };
  const hangs = () => {
    begun.resolve();
    return new Promise<never>(() => {});
  };
  stack.remote.tools = [{ definition, call: hangs }];
  await allow([
    { kind: "http", title: "Shop", baseUrl: "https://shop.test", hosts: [], operations: [] },
  ]);
  stack.model.script = async function* () {
    yield { type: "toolUse", callId: "o1", name: "order", input: "{}" };
    yield { type: "stop", reason: "tool_use" };
    const usage = { inputTokens: 1, outputTokens: 1 };
    yield { type: "usage", usage: { ...usage, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 } };
  };
  const client = stack.client({ clientId: "cancels" });
  const sent = await client.send("Order.", "c-1");
  await begun.promise;
  await client.call("POST", `/conversation/c-1/${sent.json.messageId}/cancel`);
  const { json, status } = await client.outcome(sent);
  expect(status).toBe(410);
  expect(json).toMatchObject({ unknownCalls: 1 });
});

test("a bot that may search its knowledge asks for it, and the answer has its sources", async () => {
  const { botId } = stack.bot;
  const model = await answeredBy({ kind: "demo" });
  stack.model.script = (request, signal) => model.stream(request, signal);
  const source = { sourceId: "s", version: "1", name: "handbook.md" };
  const text = "Everybody has thirty days of vacation in a year.";
  const passages = [{ text, place: { headings: ["Vacation"] } }];
  await Retrieval.storePassages(stack.objects, botId, source, passages);
  await Retrieval.publish(stack, botId, async () => [source]);
  await Bot.update(stack, stack.owner, botId, { showSources: true });
  await allow([{ kind: "knowledge" }]);
  stack.model.requests.length = 0;
  const { json } = await stack.client().ask("How many days of vacation are there?");
  expect(json.message.content.at(-1).body).toContain("thirty days");
  expect(json.message.usedChunks).toMatchObject([{ source: "handbook.md", rank: 0 }]);
  expect(json.message.thinkingLog[0].content.at(-1).body.name).toBe("search_knowledge");
  // It was not given unasked.
  expect(stack.model.requests[0]?.system.join()).not.toContain("thirty");
  await allow([]);
  await stack.client().ask("How many days of vacation are there?");
  expect(stack.model.requests.at(-1)?.system.join()).toContain("thirty");
});

test("a bot may ask another published one; what that costs is the run's", async () => {
  const { botId } = await stack.createBot("The other");
  const shared = v.parse(Bot.Sharing, { scope: "all" });
  const other = await Bot.share(stack, stack.owner, botId, shared);
  const setting = { kind: "bot" as const, botId, name: "ask_other", description: "Knows more." };
  await allow([setting]);
  stack.model.script = async function* ({ messages, metadata }) {
    const isOther = metadata["bot"] === botId;
    const isFirst = messages.length === 1;
    if (!isOther && isFirst) {
      const input = JSON.stringify({ question: "What is it?" });
      yield { type: "toolUse", callId: "c", name: "ask_other", input };
    } else yield { type: "text", text: isOther ? "It is blue." : "I have asked." };
    yield { type: "stop", reason: !isOther && isFirst ? "tool_use" : "end_turn" };
    const none = { cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
    yield { type: "usage", usage: { inputTokens: 100, outputTokens: 10, ...none } };
  };
  const client = stack.client();
  const said = async () => {
    const { json } = await client.ask("Ask the other one.");
    return [json.message.thinkingLog[1].content[0].body.content[0].text, json.usage];
  };
  // As long as it is not published it is nobody's to ask.
  expect(await said()).toEqual([
    "That bot is not published any more.",
    expect.objectContaining({ inputTokens: 200, outputTokens: 20 }),
  ]);
  const settings = v.parse(Publication.Publish, {});
  const cell = { ...stack, cell: "here" };
  await Publication.publish(cell, stack.owner, other, settings);
  await stack.table.update(Layout.publication(botId), { set: { status: "published" } });
  expect(await said()).toEqual([
    "It is blue.",
    expect.objectContaining({ inputTokens: 300, outputTokens: 30 }),
  ]);
  // Shared with nobody any more, it is asked by its owner's bots alone.
  await stack.table.update(Layout.bot(botId), { set: { scope: "private", ownerId: "somebody" } });
  expect((await said())[0]).toBe("That bot is not published any more.");
  await stack.table.update(Layout.bot(botId), { set: { ownerId: stack.owner.userId } });
  expect((await said())[0]).toBe("It is blue.");
  // Its own keys and its own bill have nothing to do with it.
  const { items } = await stack.table.query({ pk: Ledger.partition(botId, Date.now()) });
  expect(items).toEqual([]);
});

test("what another bot has cost is paid, though it takes too long to answer", async () => {
  const { botId } = await stack.createBot("The slow one");
  const shared = v.parse(Bot.Sharing, { scope: "all" });
  const other = await Bot.share(stack, stack.owner, botId, shared);
  const cell = { ...stack, cell: "here" };
  await Publication.publish(cell, stack.owner, other, v.parse(Publication.Publish, {}));
  await stack.table.update(Layout.publication(botId), { set: { status: "published" } });
  await allow([{ kind: "calculator" }], { botId });
  const setting = { kind: "bot" as const, botId, name: "ask_other", description: "Knows more." };
  await allow([setting], { timeMs: 500 });
  const calls = (name: string, input: object) =>
    ({ type: "toolUse", callId: "c", name, input: JSON.stringify(input) }) as const;
  const none = { cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
  stack.model.script = async function* ({ messages, metadata }, signal) {
    const isOther = metadata["bot"] === botId;
    const isFirst = messages.length === 1;
    if (isOther && !isFirst) {
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
    if (isOther) yield calls("calculate", { expression: "6*7" });
    else if (isFirst) yield calls("ask_other", { question: "What is it?" });
    else yield { type: "text", text: "It did not say." };
    yield { type: "stop", reason: isFirst ? "tool_use" : "end_turn" };
    yield { type: "usage", usage: { inputTokens: 100, outputTokens: 10, ...none } };
  };
  const { json } = await stack.client().ask("Ask the slow one.");
  expect(json.message.content.at(-1).body).toContain("It did not say.");
  // Its first round was answered; the second one was not.
  expect(json.usage).toMatchObject({ inputTokens: 300, outputTokens: 30 });
  const { items } = await stack.table.query({ pk: Ledger.partition(stack.bot.botId, Date.now()) });
  const mine = items.filter(({ runId }) => runId === json.messageId);
  // At $1 and $5 a million tokens, all three.
  expect(mine).toMatchObject([{ inputTokens: 300, outputTokens: 30, costMicroUsd: 450 }]);
});

test("the seconds of a bot's calls are those of all attempts at a run", async () => {
  const definition = {
    name: "order",
    description: "Orders",
    inputSchema: { type: "object" },
    isSafeToRepeat: true,
    limits: v.parse(Tools.Limits, {}),
  };
  let called = 0;
  const hangs = () => {
    called += 1;
    return new Promise<never>(() => {});
  };
  stack.remote.tools = [{ definition, call: hangs }];
  const http = { kind: "http" as const, title: "Shop", baseUrl: "https://shop.test", hosts: [] };
  await allow([{ ...http, operations: [] }], { secondsMax: 1 });
  let breaks = true;
  stack.model.script = async function* ({ messages }) {
    const isTold = JSON.stringify(messages.at(-1)).includes("Answer now");
    if (messages.length > 1 && breaks) {
      breaks = false;
      throw new Error("The attempt is lost.");
    }
    if (isTold) yield { type: "text", text: "I was told to." };
    else yield { type: "toolUse", callId: "o", name: "order", input: "{}" };
    yield { type: "stop", reason: isTold ? "end_turn" : "tool_use" };
  };
  const { json } = await stack.client().ask("Order.");
  expect(json.message.content.at(-1).body).toContain("I was told to.");
  expect(called).toBe(1);
});
