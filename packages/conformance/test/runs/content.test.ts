import { Layout } from "@outlet/core/store/layout";
import { ModelError } from "@outlet/core/ports";
import { Run } from "@outlet/core/conversations/run";
import { deflateRawSync } from "node:zlib";
import { lastText, type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  stack.answer();
});
afterAll(() => stack.stop());
beforeEach(() => {
  stack.model.script = () => says("Seen.");
});

const text = { contentType: "text", body: "What is in these?" };
const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64");
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const magic = (head: string, length = 64) =>
  Buffer.concat([Buffer.from(head, "latin1"), Buffer.alloc(length, 7)]);

/** An archive with one entry for each name; nothing reads what is in them. */
const zipOf = (...names: string[]) =>
  Buffer.concat(
    names.map((name) => {
      const data = deflateRawSync(name);
      const header = Buffer.alloc(30);
      header.write("PK\x03\x04", "latin1");
      header.writeUInt16LE(8, 8);
      header.writeUInt32LE(data.length, 18);
      header.writeUInt16LE(name.length, 26);
      return Buffer.concat([header, Buffer.from(name), data]);
    }),
  );
const compoundOf = (stream: string) =>
  Buffer.concat([magic("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 512), Buffer.from(stream, "utf16le")]);

const image = (mediaType: string, bytes: Uint8Array) => ({
  contentType: "image",
  mediaType,
  body: base64(bytes),
});
const attachment = (fileName: string, bytes: Uint8Array | string) => ({
  contentType: "attachment",
  fileName,
  body: base64(bytes),
});

const post = (content: unknown[], over: object = {}) =>
  stack.client().call("POST", "/conversation", { message: { content }, ...over });
const finished = async (content: unknown[], over: object = {}) => {
  const sent = await post(content, over);
  expect(sent.text).toContain('"queued"');
  return { sent, reply: await stack.client().outcome(sent) };
};

describe("what is sent with a message", () => {
  test.each([
    ["image/png", png],
    ["image/gif", magic("GIF89a")],
    ["image/jpg", magic("\xff\xd8\xff\xe0")],
    ["image/webp", magic("RIFF\x01\x02\x03\x04WEBPVP8 ")],
  ])("an image of type %s reaches the model", async (mediaType, bytes) => {
    await finished([text, image(mediaType, bytes)]);
    const parts = stack.model.requests.at(-1)?.messages.at(-1)?.content ?? [];
    const format = mediaType.replace("image/", "").replace("jpg", "jpeg");
    expect(parts[1]).toMatchObject({ type: "image", format });
    expect(Buffer.from((parts[1] as { bytes: Uint8Array }).bytes).equals(bytes)).toBe(true);
  });

  test.each([
    ["report v2.pdf", magic("%PDF-1.7\n")],
    ["a.docx", zipOf("[Content_Types].xml", "word/document.xml")],
    ["a.xlsx", zipOf("[Content_Types].xml", "xl/workbook.xml")],
    ["a.doc", compoundOf("WordDocument")],
    ["a.xls", compoundOf("Workbook")],
    ["a.csv", "a,b\n1,2\n"],
    ["A.TXT", "Grüße"],
    ["a.md", "# Title"],
    ["a.html", "<p>Hi</p>"],
  ])("the file %s reaches the model", async (fileName, bytes) => {
    await finished([text, attachment(fileName, bytes)]);
    const parts = stack.model.requests.at(-1)?.messages.at(-1)?.content ?? [];
    const [, name, format] = /^(.*)\.(.*)$/.exec(fileName) ?? [];
    expect(parts[1]).toMatchObject({ type: "document", name, format: format?.toLowerCase() });
  });

  test.each<[string, string, Uint8Array, string]>([
    ["a byte order mark", "a.pdf", magic("\xef\xbb\xbf%PDF-1.4\n"), "%PDF-1.4"],
    ["line breaks", "a.pdf", magic("\r\n\n%PDF-1.4\n"), "%PDF-1.4"],
    ["a mark of UTF-8", "a.csv", Buffer.from("\ufeffGröße;1"), "Größe;1"],
    ["a mark of UTF-16", "a.csv", Buffer.from("\ufeffGröße\t1", "utf16le"), "Größe\t1"],
    ["the end of a DOS text", "a.txt", Buffer.from("hello\x1a"), "hello\x1a"],
    ["colours", "log.txt", Buffer.from("\x1b[32mok\x1b[0m"), "\x1b[32mok\x1b[0m"],
  ])("a file with %s reaches the model as it can be read", async (_what, name, bytes, begins) => {
    const { reply } = await finished([text, attachment(name, bytes)]);
    expect(reply.json.status).toBe("completed");
    const part = stack.model.requests.at(-1)?.messages.at(-1)?.content[1];
    const sent = part?.type === "document" ? Buffer.from(part.bytes).toString() : "";
    expect(sent.startsWith(begins)).toBe(true);
  });

  test.each([
    ["windows-1252", Buffer.from("Größe;1\n", "latin1")],
    ["Shift_JIS", Buffer.from("8fa495692c89bf8a690a", "hex")],
    ["EUC-KR", Buffer.from("b4ebc7d1b9ceb1b90a", "hex")],
  ])("text in %s is refused by that name, with the remedy", async (encoding, bytes) => {
    const reply = await post([text, attachment("a.csv", bytes)]);
    expect(reply.status).toBe(422);
    expect(reply.json.detail).toContain(`${encoding}. Save a.csv as UTF-8`);
  });

  test("a file that a password protects is refused by that reason", async () => {
    const reply = await post([text, attachment("a.xlsx", compoundOf("EncryptedPackage"))]);
    expect(reply.json.detail).toContain("is protected by a password. Save a.xlsx without one");
  });

  test("is echoed with the conversation, file names without their folders", async () => {
    const sentParts = [text, image("image/png", png), attachment("C:\\me\\a\u0007.txt", "hello")];
    const { sent } = await finished(sentParts);
    const { conversationId, messageId } = sent.json;
    const tree = await stack.client().call("GET", `/conversation/${conversationId}`);
    expect(tree.json.messageMap[messageId].content).toEqual([
      text,
      image("image/png", png),
      attachment("a.txt", "hello"),
    ]);
  });

  test("goes to the object store by its own bytes where it is large", async () => {
    const bytes = Buffer.concat([png, Buffer.alloc(5_000_000, 1)]);
    const { sent, reply } = await finished([text, image("image/png", bytes)]);
    expect(reply.json.status).toBe("completed");
    const { conversationId, messageId } = sent.json;
    const address = stack.client().address(conversationId);
    const item = await stack.table.get({
      pk: Layout.conversationPartition(address),
      sk: `RUN#${messageId}`,
    });
    expect(JSON.stringify(item).length).toBeLessThan(3_000);
    const run = await Run.fromId(stack, address, messageId);
    const part = run?.content[1];
    const path = part?.contentType === "image" ? (part.data.path ?? "") : "";
    expect((await stack.objects.get(path))?.byteLength).toBe(bytes.length);
    const tree = await stack.client().call("GET", `/conversation/${conversationId}`);
    expect(tree.json.messageMap[messageId].content[1].body).toBe(base64(bytes));
  });

  test("is there for the model in later turns, too", async () => {
    const { sent } = await finished([text, attachment("a.txt", "hello")]);
    await stack.client().ask("And now?", sent.json.conversationId);
    const said = stack.model.requests.at(-1)?.messages ?? [];
    expect(said[0]?.content).toMatchObject([{ type: "text" }, { type: "document", name: "a" }]);
    expect(said.map((message) => message.role)).toEqual(["user", "assistant", "user"]);
  });

  const reasoning = { contentType: "reasoning", text: "", signature: "", redactedContent: "" };
  test.each<[string, unknown[], string]>([
    ["an image that is none", [text, image("image/png", Buffer.from("no"))], "[1].body"],
    ["an image of another type", [text, image("image/gif", png)], "[1].body"],
    ["an image of a foreign type", [text, image("image/bmp", png)], "[1].mediaType"],
    ["a file that is not what its name says", [text, attachment("a.pdf", "hi")], "[1].body"],
    ["a zip that is no document", [text, attachment("a.docx", zipOf("a.txt"))], "[1].body"],
    [
      "text that is not UTF-8",
      [text, attachment("a.txt", Buffer.from([0xff, 0xfe, 0]))],
      "[1].body",
    ],
    ["a file of a foreign kind", [text, attachment("a.exe", "MZ")], "[1].fileName"],
    ["a name that is only an ending", [text, attachment(".txt", "hi")], "[1].fileName"],
    [
      "base64 with a line break",
      [text, { ...attachment("a.txt", ""), body: "aGVs\nbG8=" }],
      "[1].body",
    ],
    ["base64 without padding", [text, { ...attachment("a.txt", ""), body: "aGVsbG8" }], "[1].body"],
    ["nothing in base64", [text, attachment("a.txt", "")], "[1].body"],
    ["a tool's use", [{ contentType: "toolUse", body: {} }], "[0].contentType"],
    ["a tool's result", [{ contentType: "toolResult", body: {} }], "[0].contentType"],
    ["reasoning", [reasoning], "[0].contentType"],
    ["an unknown kind", [{ contentType: "video" }], "[0].contentType"],
    ["files without a word", [attachment("a.txt", "hi")], ""],
    ["six files", [text, ...Array.from({ length: 6 }, (_, n) => attachment(`${n}.txt`, "hi"))], ""],
    ["21 images", Array.from({ length: 21 }, () => image("image/png", png)), ""],
  ])("%s is refused at once, by name", async (_what, content, path) => {
    const reply = await post(content);
    expect(reply).toMatchObject({ status: 422, json: { error: { code: "invalid_request" } } });
    expect(reply.json.error.param).toBe(`message.content${path}`);
  });
});

describe("an answer that ran into the token limit", () => {
  test("is incomplete, and can be continued without another word", async () => {
    stack.model.script = () => says("The first half", "max_tokens");
    const { sent, reply } = await finished([text]);
    expect(reply.json).toMatchObject({
      status: "incomplete",
      incompleteDetails: { reason: "max_output_tokens" },
      message: { content: [{ contentType: "text", body: "The first half" }] },
    });
    const { conversationId } = sent.json;
    const tree = await stack.client().call("GET", `/conversation/${conversationId}`);
    expect(tree.json.shouldContinue).toBe(true);
    stack.model.script = () => says(" and the second.");
    const more = await finished([], { conversationId, continue_generate: true });
    expect(more.reply.json.message.content[0].body).toBe(" and the second.");
    const request = stack.model.requests.at(-1);
    expect(request?.messages.map((message) => message.role)).toEqual(["user", "assistant", "user"]);
    expect(lastText(request ?? { messages: [], modelId: "", system: [], metadata: {} })).toContain(
      "Go on exactly where it ends",
    );
  });

  test("there is nothing to continue after a whole answer, nor while one is awaited", async () => {
    const { sent } = await finished([text]);
    const { conversationId } = sent.json;
    for (const id of [conversationId, "unknown", undefined]) {
      const reply = await post([], { conversationId: id, continueGenerate: true });
      expect(reply).toMatchObject({
        status: 409,
        json: { error: { code: "nothing_to_continue" } },
      });
    }
    expect(await post([])).toMatchObject({ status: 422 });
  });

  test("an answer that a guardrail stopped is incomplete for another reason", async () => {
    stack.model.script = () => says("I must not", "guardrail_intervened");
    const { reply } = await finished([text]);
    expect(reply.json.incompleteDetails).toEqual({ reason: "content_filter" });
  });
});

describe("reasoning", () => {
  test("is asked for where the model can, and comes with the answer", async () => {
    stack.model.script = async function* () {
      yield { type: "reasoning", text: "Hmm." };
      yield { type: "reasoning", text: "", signature: "c2ln" };
      yield { type: "reasoning", text: "", redactedContent: "cmVk" };
      yield* says("So.");
    };
    const { reply } = await finished([text], { enableReasoning: true });
    expect(reply.json.message.content).toEqual([
      { contentType: "reasoning", text: "Hmm.", signature: "c2ln", redactedContent: "cmVk" },
      { contentType: "text", body: "So." },
    ]);
    const request = stack.model.requests.at(-1);
    expect(request?.reasoning?.budgetTokens).toBeGreaterThanOrEqual(1_024);
    expect(request?.maxTokens).toBeGreaterThan(request?.reasoning?.budgetTokens ?? 0);
    expect(request?.temperature).toBeUndefined();
  });

  test("is refused for a model that cannot", async () => {
    const message = { content: [text], model: "claude-v3-haiku" };
    const reply = await stack
      .client()
      .call("POST", "/conversation", { message, enableReasoning: true });
    expect(reply).toMatchObject({ status: 422, json: { error: { param: "enableReasoning" } } });
  });
});

describe("a failed answer", () => {
  test("keeps what was said, and never says the model's own words", async () => {
    stack.model.script = async function* () {
      yield { type: "text", text: "It is kno" };
      throw new ModelError("model_error", false, "arn:aws:bedrock:us-east-1:123456789012:x broke");
    };
    const { reply, sent } = await finished([text]);
    expect(reply).toMatchObject({
      status: 502,
      json: {
        error: { code: "model_error" },
        partial: "It is kno",
        retryable: false,
        attempts: 1,
        messageId: sent.json.messageId,
      },
    });
    expect(reply.text).not.toContain("123456789012");
  });

  test("that a retry may mend is tried again, within the attempt and by others", async () => {
    let tries = 0;
    stack.model.script = () => {
      tries += 1;
      if (tries < 8) throw new ModelError("model_throttled", true, "slow down");
      return says("At last.");
    };
    const { reply } = await finished([text]);
    expect(reply.json.message.content[0].body).toBe("At last.");
    expect(tries).toBe(8);
  });
});

test("a message of nearly 10 MB is taken, and not read again by a poll", async () => {
  const bytes = Buffer.concat([png, Buffer.alloc(7_400_000, 3)]);
  const sent = await post([text, image("image/png", bytes)]);
  expect(sent.status).toBe(200);
  const objects = {
    ...stack.objects,
    get: () => {
      throw new Error("A poll has no need of the message.");
    },
  };
  const client = stack.client({}, { objects });
  expect((await client.outcome(sent)).json.status).toBe("completed");
});

test("clients may write snake_case, within parts too", async () => {
  const parts = [
    { content_type: "text", body: "Hi" },
    { content_type: "image", media_type: "image/png", body: base64(png) },
    { content_type: "attachment", file_name: "a.txt", body: base64("hi") },
  ];
  expect((await finished(parts)).reply.json.status).toBe("completed");
});

test.each([
  [`${"a".repeat(79)}😀 what now`, "a".repeat(79)],
  ["👨‍👩‍👧‍👦".repeat(12), "👨‍👩‍👧‍👦".repeat(7)],
  ["one\r\ntwo\u2028three", "one two three"],
])("the title of a conversation that begins with %j is %j", async (body, title) => {
  const { sent } = await finished([{ contentType: "text", body }]);
  const tree = await stack.client().call("GET", `/conversation/${sent.json.conversationId}`);
  expect(tree.json.title).toBe(title);
});

test.each(["", " \u3000\n", "\u200b", "\u00ad\ufeff", "\u2060\u200d"])(
  "a text of which nothing can be seen is refused: %j",
  async (body) => {
    const message = { content: [{ contentType: "text", body }] };
    const reply = await stack.client().call("POST", "/conversation", { message });
    expect([reply.status, reply.json.detail]).toEqual([
      422,
      "message.content[0].body: must have a character that can be seen",
    ]);
  },
);
