import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import {
  type ModelEvent,
  type ModelMessage,
  type ModelRequest,
  silentLog,
  systemClock,
} from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBedrock } from "../server.ts";
import {
  answers,
  counts,
  done,
  type ModelServer,
  type Reply,
  says,
  startModelServer,
  stream,
} from "./model-server.test-support.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.stop());

const tools = ["look", "order"].map((name) => ({
  name,
  description: `To ${name}`,
  inputSchema: { type: "object", properties: { x: { type: "number" } } },
}));
const question: ModelMessage = { role: "user", content: [{ type: "text", text: "Hi" }] };

/** Calls and the reason of one answer, as our model port hears them from a server that says so. */
async function ask(reply: Reply, over: Partial<ModelRequest> = {}, times = 1) {
  server.replyWith(reply);
  const backend = { kind: "openai" as const, baseUrl: server.baseUrl };
  const bedrock = await startBedrock({ backend, log: silentLog, clock: systemClock });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = createConverseClient({ region: "us-east-1", endpoint: bedrock.url, credentials });
  const request = { modelId: "m", system: [], messages: [question], tools, metadata: {}, ...over };
  let events: ModelEvent[] = [];
  try {
    for (let time = 0; time < times; time++) {
      events = [];
      const model = createBedrockModel({ client });
      for await (const event of model.stream(request, new AbortController().signal)) {
        events.push(event);
      }
    }
  } finally {
    client.destroy();
    await bedrock.stop();
  }
  return {
    text: events.flatMap((event) => (event.type === "text" ? [event.text] : [])).join(""),
    calls: events.flatMap((event) =>
      event.type === "toolUse" ? [[event.callId, event.name, event.input]] : [],
    ),
    stop: events.flatMap((event) => (event.type === "stop" ? [event.reason] : []))[0],
  };
}

const piece = (
  index: number | undefined,
  id: string | undefined,
  name?: string,
  args?: unknown,
) => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  type: "function",
  function: {
    ...(name === undefined ? {} : { name }),
    ...(args === undefined ? {} : { arguments: args }),
  },
});
const says1 = (...pieces: object[]): string => says({ tool_calls: pieces });
const ends = (reason: string | null = "tool_calls"): string => says({}, reason) + counts + done;

describe("calls are put together from what a server streams:", () => {
  const one = [["a", "look", '{"x":1}']];
  const two = [
    ["a", "look", '{"x":1}'],
    ["b", "order", '{"x":2}'],
  ];
  test.each<[string, Reply, string[][], string]>([
    [
      "id and name first, arguments in pieces",
      stream(
        says1(piece(0, "a", "look", "")),
        says1(piece(0, undefined, undefined, '{"x"')),
        says1(piece(0, undefined, undefined, ":1}")),
        ends(),
      ),
      one,
      "tool_use",
    ],
    [
      "two by turns",
      stream(
        says1(piece(0, "a", "look", '{"x"'), piece(1, "b", "order", '{"x":')),
        says1(piece(1, undefined, undefined, "2}"), piece(0, undefined, undefined, ":1}")),
        ends(),
      ),
      two,
      "tool_use",
    ],
    [
      "whole calls without numbers, and the reason is stop",
      stream(
        says1(piece(undefined, "a", "look", '{"x":1}')),
        says1(piece(undefined, "b", "order", '{"x":2}')),
        ends("stop"),
      ),
      two,
      "tool_use",
    ],
    [
      "all of them number 0",
      stream(
        says1(piece(0, "a", "look", '{"x":1}')),
        says1(piece(0, "b", "order", '{"x":2}')),
        ends(),
      ),
      two,
      "tool_use",
    ],
    [
      "number 0 and no ids at all",
      stream(
        says1(piece(0, "", "look", '{"x":1}')),
        says1(piece(0, "", "order", '{"x":2}')),
        ends(),
      ),
      [
        ["call_0", "look", '{"x":1}'],
        ["call_1", "order", '{"x":2}'],
      ],
      "tool_use",
    ],
    [
      "arguments that are an object",
      stream(says1(piece(0, "a", "look", { x: 1 })), ends()),
      one,
      "tool_use",
    ],
    [
      "the name with every piece",
      stream(says1(piece(0, "a", "look", '{"x"')), says1(piece(0, "a", "look", ":1}")), ends()),
      one,
      "tool_use",
    ],
    [
      "an id of its own with every piece, and the name with the first",
      stream(
        says1(piece(0, "a", "look", '{"x"')),
        says1(piece(0, "a2", undefined, ":1}")),
        says1(piece(1, "b", "order", '{"x"')),
        says1(piece(1, "b2", "", ":2}")),
        ends(),
      ),
      two,
      "tool_use",
    ],
    [
      "pieces without a number, told apart by their ids",
      stream(
        says1(piece(undefined, "a", "look", '{"x"')),
        says1(piece(undefined, "b", "order", '{"x":')),
        says1(piece(undefined, "a", undefined, ":1}")),
        says1(piece(undefined, "b", undefined, "2}")),
        ends(),
      ),
      two,
      "tool_use",
    ],
    [
      "pieces with neither a number nor an id",
      stream(
        says1(piece(undefined, undefined, "look", '{"x"')),
        says1(piece(undefined, undefined, undefined, ":1}")),
        says1(piece(undefined, undefined, "order", '{"x":2')),
        says1(piece(undefined, undefined, undefined, "}")),
        ends(),
      ),
      [
        ["call_0", "look", '{"x":1}'],
        ["call_1", "order", '{"x":2}'],
      ],
      "tool_use",
    ],
    [
      "name and arguments in pieces of their own, with null for what is not said",
      stream(
        says1({ index: 0, id: "a", function: { name: "look", arguments: null } }),
        says1({ index: 0, id: null, function: { name: null, arguments: '{"x":1}' } }),
        says1({ index: 0, id: "", function: { name: "", arguments: "" } }),
        says1({ index: 0, function: null }),
        ends(),
      ),
      one,
      "tool_use",
    ],
    [
      "numbers as text, and one call instead of a list",
      stream(
        says({
          tool_calls: { index: "0", id: "a", function: { name: "look", arguments: '{"x"' } },
        }),
        says({ tool_calls: { index: "0", id: "", function: { arguments: ":1}" } } }),
        ends(),
      ),
      one,
      "tool_use",
    ],
    [
      "the whole call again in the last chunk",
      stream(
        says1(piece(0, "a", "look", '{"x":1}')),
        says({ tool_calls: [piece(0, "a", "look", "")] }, "tool_calls"),
        counts,
        done,
      ),
      one,
      "tool_use",
    ],
    [
      "calls before the text of the same answer",
      stream(says1(piece(0, "a", "look", { x: 1 })), says("I look."), ends("stop")),
      one,
      "tool_use",
    ],
    [
      "one id for all of them, in pieces by turns",
      stream(
        says1(piece(0, "a", "look", '{"x"'), piece(1, "a", "order", '{"x":')),
        says1(piece(1, "a", undefined, "2}"), piece(0, "a", undefined, ":1}")),
        ends(),
      ),
      [
        ["a", "look", '{"x":1}'],
        ["a", "order", '{"x":2}'],
      ],
      "tool_use",
    ],
    [
      "a call without a name, beside one that has one",
      stream(says1(piece(0, "a", "", "{}"), piece(1, "a", "look", '{"x":1}')), ends()),
      one,
      "tool_use",
    ],
    ["no arguments", stream(says1(piece(0, "a", "look")), ends()), [["a", "look", ""]], "tool_use"],
    [
      "cut off by the limit, and said to be a call",
      stream(says1(piece(0, "a", "look", '{"x":')), ends("tool_calls")),
      [["a", "look", '{"x":']],
      "max_tokens",
    ],
    [
      "cut off by the limit, and said to be",
      stream(says1(piece(0, "a", "look", '{"x":1}')), ends("length")),
      one,
      "max_tokens",
    ],
    [
      "one whole completion",
      answers(200, {
        choices: [
          {
            index: 0,
            message: { content: null, tool_calls: [piece(undefined, "a", "look", '{"x":1}')] },
            finish_reason: "tool_calls",
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 1 },
      }),
      one,
      "tool_use",
    ],
  ])("%s", async (_name, reply, calls, stop) => {
    expect(await ask(reply)).toMatchObject({ calls, stop });
  });

  test("text before a call stays text", async () => {
    const reply = stream(says("Let me see."), says1(piece(0, "a", "look", "{}")), ends());
    expect(await ask(reply)).toEqual({
      text: "Let me see.",
      calls: [["a", "look", "{}"]],
      stop: "tool_use",
    });
  });
});

test("a server that loses calls where it streams is asked for a whole answer, once and for all", async () => {
  const whole = answers(200, {
    choices: [
      { message: { tool_calls: [piece(undefined, "a", "look", "{}")] }, finish_reason: "stop" },
    ],
  });
  const reply: Reply = (res, asked) =>
    (asked.body["stream"] === true ? stream(says("", "stop"), counts, done) : whole)(res, asked);
  expect(await ask(reply, {}, 2)).toMatchObject({ calls: [["a", "look", "{}"]], stop: "tool_use" });
  expect(server.asked.map(({ body }) => body["stream"])).toEqual([true, false, false]);
});

test("a conversation with calls is sent as the servers know it", async () => {
  const messages: ModelMessage[] = [
    question,
    {
      role: "assistant",
      content: [
        { type: "toolUse", callId: "a", name: "look", input: { x: 1 } },
        { type: "toolUse", callId: "b", name: "order", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "toolResult", callId: "a", content: "seen", isError: false },
        { type: "toolResult", callId: "b", content: "refused", isError: true },
        { type: "text", text: "Answer now." },
      ],
    },
  ];
  await ask(stream(says("fine", "stop"), counts, done), { messages });
  expect(server.asked[0]?.body).toMatchObject({
    messages: [
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "a", type: "function", function: { name: "look", arguments: '{"x":1}' } },
          { id: "b", type: "function", function: { name: "order", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: "seen" },
      { role: "tool", tool_call_id: "b", content: "[The call failed.]\nrefused" },
      { role: "user", content: "Answer now." },
    ],
    tools: tools.map(({ name, description, inputSchema }) => ({
      type: "function",
      function: { name, description, parameters: inputSchema },
    })),
  });
});

test.each([
  [400, "registry.ollama.ai/library/gemma:2b does not support tools"],
  [500, "tools param requires --jinja flag"],
  [400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'],
])(
  "a model without tools is a mistake that no second try mends: %i %s",
  async (status, message) => {
    const failed = ask(answers(status, { error: { message } }));
    await expect(failed).rejects.toMatchObject({ code: "model_invalid_request", retryable: false });
  },
);
