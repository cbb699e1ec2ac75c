import type { ModelEvent, ModelRequest } from "@outlet/core/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBedrockModel } from "./bedrock-model.ts";
import { createConverseClient } from "./lean/converse.ts";
import {
  answer,
  delta,
  frame,
  metadata,
  ScriptedBedrock,
  start,
  stop,
  usage,
} from "./scripted-bedrock.test-support.ts";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const request: ModelRequest = {
  modelId: "m",
  system: [],
  messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
  metadata: {},
};

let bedrock: ScriptedBedrock;
let endpoint: string;
beforeEach(async () => {
  bedrock = new ScriptedBedrock();
  endpoint = await bedrock.listen();
});
afterEach(() => bedrock.close());

async function collect(overrides: Partial<ModelRequest>): Promise<ModelEvent[]> {
  const client = createConverseClient({ region: "us-east-1", endpoint, credentials });
  try {
    const events: ModelEvent[] = [];
    const { signal } = new AbortController();
    for await (const event of createBedrockModel({ client }).stream(
      { ...request, ...overrides },
      signal,
    )) {
      events.push(event);
    }
    return events;
  } finally {
    client.destroy();
  }
}

describe("tools", () => {
  const block = (index: number, type: string, body: object) =>
    frame("event", type, { contentBlockIndex: index, ...body });
  const begins = (index: number, toolUseId: string) =>
    block(index, "contentBlockStart", { start: { toolUse: { toolUseId, name: "look" } } });
  const piece = (index: number, input: string) =>
    block(index, "contentBlockDelta", { delta: { toolUse: { input } } });
  const ends = (index: number) => block(index, "contentBlockStop", {});

  test("are told as they are, and their calls are put together by their blocks", async () => {
    bedrock.script = (res) =>
      answer(res, [
        start,
        delta({ text: "Let me see." }),
        begins(1, "t1"),
        begins(2, "t2"),
        piece(1, '{"x'),
        piece(2, '{"y":"'),
        piece(1, '":1}'),
        ends(1),
        piece(2, 'ü"}'),
        ends(2),
        begins(3, "t3"),
        ends(3),
        stop("tool_use"),
        metadata(usage),
      ]);
    const inputSchema = { type: "object", properties: { x: { type: "number" } } };
    const tools = [{ name: "look", description: "Looks", inputSchema }];
    const events = await collect({ tools });
    expect(events.filter(({ type }) => type === "toolUse")).toEqual([
      { type: "toolUse", callId: "t1", name: "look", input: '{"x":1}' },
      { type: "toolUse", callId: "t2", name: "look", input: '{"y":"ü"}' },
      { type: "toolUse", callId: "t3", name: "look", input: "" },
    ]);
    expect(events).toContainEqual({ type: "stop", reason: "tool_use" });
    expect(bedrock.requests[0]?.body["toolConfig"]).toEqual({
      tools: [
        { toolSpec: { name: "look", description: "Looks", inputSchema: { json: inputSchema } } },
      ],
    });
  });

  test.each([
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "error", "Gone."],
    ["amazon.nova-pro-v1:0", "error", "Gone."],
    ["arn:aws:bedrock:eu-west-3:1:application-inference-profile/x", "error", "Gone."],
    ["meta.llama3-1-70b-instruct-v1:0", undefined, "[The call failed.]\nGone."],
    ["local", undefined, "[The call failed.]\nGone."],
  ])("a result says that it failed in the way that %s takes", async (modelId, status, text) => {
    const call = { type: "toolUse" as const, callId: "t1", name: "look", input: {} };
    const result = { type: "toolResult" as const, callId: "t1", content: "Gone.", isError: true };
    await collect({
      modelId,
      tools: [{ name: "look", description: "Looks", inputSchema: { type: "object" } }],
      messages: [
        ...request.messages,
        { role: "assistant", content: [call] },
        { role: "user", content: [result] },
      ],
    });
    const body = bedrock.requests[0]?.body as { messages: { content: object[] }[] };
    const toolResult = { toolUseId: "t1", content: [{ text }], ...(status && { status }) };
    expect(body.messages.at(-1)?.content).toEqual([{ toolResult }]);
  });

  test("results and what led to them go back unchanged, and never empty", async () => {
    const signature = "c2lnbmF0dXJl+/==";
    await collect({
      modelId: "anthropic.claude-haiku-4-5-20251001-v1:0",
      tools: [{ name: "look", description: "Looks", inputSchema: { type: "object" } }],
      messages: [
        ...request.messages,
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: " Hm.\n", signature, redactedContent: "" },
            { type: "reasoning", text: "", signature: "", redactedContent: "AAEC" },
            { type: "reasoning", text: "unsigned", signature: "", redactedContent: "" },
            { type: "toolUse", callId: "t1", name: "look", input: { x: null, y: [1.5, "ü"] } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "toolResult", callId: "t1", content: " ", isError: true },
            { type: "text", text: "Answer now." },
          ],
        },
      ],
    });
    const body = bedrock.requests[0]?.body as { messages: object[] };
    expect(body.messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: [
          { reasoningContent: { reasoningText: { text: " Hm.\n", signature } } },
          { reasoningContent: { redactedContent: "AAEC" } },
          { toolUse: { toolUseId: "t1", name: "look", input: { x: null, y: [1.5, "ü"] } } },
        ],
      },
      {
        role: "user",
        content: [
          { toolResult: { toolUseId: "t1", content: [{ text: "[Nothing.]" }], status: "error" } },
          { text: "Answer now." },
        ],
      },
    ]);
  });
});
