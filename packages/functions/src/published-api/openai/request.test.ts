import { describe, expect, test } from "vitest";
import { fields } from "./fields.ts";
import { parseChat, parseResponse } from "./request.ts";
import { slugOf } from "./models.ts";

const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const response = (body: object) => parseResponse(JSON.stringify(body));
const chat = (body: object) => parseChat(JSON.stringify(body));
const user = { role: "user", content: "Hi" };
/** Code, field and status of what a request is refused with. */
function refusalOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    const { code, detail } = error as { code: string; detail: { param?: string } };
    return [code, detail.param];
  }
  return "taken";
}

describe("input", () => {
  test("is a string, or items of both dialects", () => {
    expect(response({ input: "Hi" }).said).toEqual([
      { role: "user", content: [{ contentType: "text", body: "Hi" }] },
    ]);
    const said = response({
      input: [
        { role: "system", content: "Be brief" },
        {
          type: "message",
          role: "assistant",
          id: "msg_1",
          content: [{ type: "output_text", text: "A", annotations: [] }],
        },
        { type: "function_call", call_id: "1", name: "f", arguments: "{}" },
        { type: "reasoning", id: "rs_1", summary: [] },
        {
          role: "user",
          content: [
            { type: "input_text", text: "Look" },
            { type: "input_image", image_url: `data:image/png;base64,${png}`, detail: "auto" },
          ],
        },
      ],
    }).said;
    expect(said).toMatchObject([
      { role: "developer" },
      { role: "assistant", content: [{ body: "A" }] },
      {
        role: "user",
        content: [{ body: "Look" }, { contentType: "image", mediaType: "image/png" }],
      },
    ]);
  });

  test("refers to what was said before by ids that carry the run's", () => {
    const run = "01JD0000000000000000000000";
    const input = [
      { type: "item_reference", id: `msg_${run}` },
      { id: `rs_${run}` },
      { type: "item_reference", id: `msg_${run}_in2` },
      { type: "item_reference", id: `msg_${run}_1` },
      user,
    ];
    expect(response({ input }).said.slice(0, 3)).toEqual([
      { runId: run, input: null, param: "input[0].id" },
      { runId: run, input: 2, param: "input[2].id" },
      { runId: run, input: null, param: "input[3].id" },
    ]);
  });

  const refused: [name: string, input: unknown, param: string, code?: string][] = [
    ["nothing", "", "input"],
    ["no items", [], "input"],
    ["an item that is none", [1], "input[0]"],
    ["a role that is none", [{ role: "robot", content: "x" }], "input[0].role"],
    ["a kind that is none", [{ type: "dance" }], "input[0]"],
    ["a reference to elsewhere", [{ type: "item_reference", id: "msg_abc" }], "input[0].id"],
    [
      "an image that is none",
      [
        {
          role: "user",
          content: [{ type: "input_image", image_url: "data:image/png;base64,aGk=" }],
        },
      ],
      "input[0].content[0]",
    ],
    [
      "an image by address",
      [{ role: "user", content: [{ type: "input_image", image_url: "http://169.254.169.254/" }] }],
      "input[0].content[0]",
      "unsupported_parameter",
    ],
    [
      "a file by id",
      [{ role: "user", content: [{ type: "input_file", file_id: "file_1" }] }],
      "input[0].content[0]",
      "unsupported_parameter",
    ],
    [
      "sound",
      [{ role: "user", content: [{ type: "input_audio", input_audio: {} }] }],
      "input[0].content[0]",
      "unsupported_parameter",
    ],
  ];
  for (const [name, input, param, code = "invalid_request"] of refused) {
    test(`${name} is refused by name`, () => {
      expect(refusalOf(() => response({ input }))).toEqual([code, param]);
    });
  }
});

describe("a chat", () => {
  test("brings its history, with what models of others said", () => {
    const { said } = chat({
      messages: [
        { role: "developer", content: "Be brief" },
        {
          role: "user",
          content: [
            { type: "text", text: "Hi" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
          ],
        },
        { role: "assistant", content: null, tool_calls: [{ id: "1" }] },
        { role: "tool", tool_call_id: "1", content: "42" },
        { role: "assistant", content: [{ type: "text", text: "Hello", extra: 1 }] },
        {
          role: "user",
          content: [
            { type: "file", file: { filename: "a.txt", file_data: "data:text/plain;base64,aGk=" } },
            { type: "text", text: "And?" },
          ],
        },
      ],
    });
    expect(said.map((turn) => ("role" in turn ? [turn.role, turn.content.length] : turn))).toEqual([
      ["developer", 1],
      ["user", 2],
      ["assistant", 0],
      ["assistant", 1],
      ["user", 2],
    ]);
  });

  test("counts tokens by either name, the newer one first", () => {
    expect(chat({ messages: [user], max_tokens: 5 }).sampling.maxTokens).toBe(5);
    const both = { messages: [user], max_tokens: 5, max_completion_tokens: 7 };
    expect(chat(both).sampling.maxTokens).toBe(7);
  });

  test("without a message is refused", () => {
    expect(refusalOf(() => chat({ messages: [] }))).toEqual(["invalid_request", "messages"]);
    expect(refusalOf(() => chat({}))).toEqual(["invalid_request", "messages"]);
  });
});

describe("the table of fields", () => {
  test("is what refuses", () => {
    expect(refusalOf(() => response({ input: "Hi", conversation: "conv_1" }))).toEqual([
      "unsupported_parameter",
      "conversation",
    ]);
    for (const tool_choice of [
      "required",
      { type: "function", name: "f" },
      { type: "allowed_tools", mode: "required", tools: [] },
    ]) {
      expect(refusalOf(() => response({ input: "Hi", tool_choice }))).toEqual([
        "unsupported_parameter",
        "tool_choice",
      ]);
    }
    expect(refusalOf(() => chat({ messages: [user], n: 2 }))).toEqual([
      "unsupported_parameter",
      "n",
    ]);
    expect(refusalOf(() => chat({ messages: [user], function_call: { name: "f" } }))).toEqual([
      "unsupported_parameter",
      "function_call",
    ]);
  });

  test("lets pass what clients send by themselves, and what nobody knows", () => {
    const sent = {
      input: [{ role: "user", content: "Hi" }],
      include: [],
      tools: [],
      tool_choice: "auto",
      text: {},
      truncation: "auto",
      parallel_tool_calls: null,
      conversation: null,
      a_field_of_next_month: { x: 1 },
    };
    expect(refusalOf(() => response(sent))).toBe("taken");
    const chatty = {
      messages: [user],
      tools: [{ type: "function" }],
      tool_choice: "none",
      n: 1,
      seed: 3,
      logprobs: true,
      modalities: ["text"],
    };
    expect(refusalOf(() => chat(chatty))).toBe("taken");
  });

  test("has each field once", () => {
    for (const face of ["responses", "chat"] as const) {
      const names = fields[face].flatMap(({ name }) => name.split(" / "));
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe("a request", () => {
  const refused: [body: object, param: string][] = [
    [{ input: "Hi", temperature: 2.5 }, "temperature"],
    [{ input: "Hi", top_p: -1 }, "top_p"],
    [{ input: "Hi", stream: "yes" }, "stream"],
    [{ input: "Hi", max_output_tokens: 0 }, "max_output_tokens"],
    [{ input: "Hi", metadata: { a: 1 } }, "metadata.a"],
    [{ input: "Hi", background: true, store: false }, "background"],
  ];
  for (const [body, param] of refused) {
    test(`with ${JSON.stringify(body)} is refused at ${param}`, () => {
      expect(refusalOf(() => response(body))).toEqual(["invalid_request", param]);
    });
  }
  test("that is no object is refused", () => {
    for (const body of ["", "[]", "1", '"x"', "{"]) {
      expect(refusalOf(() => parseResponse(body))).not.toBe("taken");
    }
  });
});

test("a bot's name as a model is of its title, and never that of another family", () => {
  expect(slugOf("Élan & Cie.")).toBe("elan-cie");
  expect(slugOf("GPT-5 helper")).toBe("bot-gpt-5-helper");
  expect(slugOf("o1")).toBe("bot-o1");
  expect(slugOf("機器人")).toBe("bot");
  expect(slugOf("Outlet demo", ["outlet-demo"])).toBe("bot-outlet-demo");
});
