import { describe, expect, test } from "vitest";
import { outletOfFile } from "./outlet-of-file.ts";
import { clientOf, eventually, startOutlet } from "./runtime-fixture.ts";

const { outlet } = await outletOfFile();
const bot = await outlet.publish({}, { instruction: 'Begin with "Hello from the bot."' });
const other = await outlet.publish({}, { title: "Another bot" });

const text = (body: string) => ({ message: { content: [{ contentType: "text", body }] } });

describe("health", () => {
  test("answers with a key", async () => {
    const reply = await bot.call("GET", "/health");
    expect([reply.status, reply.json]).toEqual([200, { status: "ok" }]);
  });
  test("takes the key as a bearer token too", async () => {
    const bearer = clientOf(bot.endpoint, { authorization: `Bearer ${bot.apiKey}` });
    expect((await bearer("GET", "/health")).status).toBe(200);
  });
});

describe("keys", () => {
  const forbidden = [403, '{"message":"Forbidden"}', "ForbiddenException"];
  const attempts: [name: string, headers: () => Record<string, string>][] = [
    ["no key", () => ({})],
    ["garbage", () => ({ "x-api-key": "garbage" })],
    ["a key with a wrong checksum", () => ({ "x-api-key": `${bot.apiKey.slice(0, -1)}_` })],
    ["a well-formed key that was never issued", () => ({ "x-api-key": neverIssued })],
    ["the key of another bot", () => ({ "x-api-key": other.apiKey })],
    [
      "an access token of the control API",
      () => ({ authorization: "Bearer eyJhbGciOiJub25lIn0.e30." }),
    ],
  ];
  const paths: [method: string, path: string][] = [
    ["GET", "/health"],
    ["POST", "/conversation"],
    ["GET", "/conversation/x"],
    ["GET", "/conversation/x/y"],
    ["GET", "/anything"],
  ];
  for (const [name, headers] of attempts) {
    test(`${name} opens no route`, async () => {
      for (const [method, path] of paths) {
        const body = method === "POST" ? text("hi") : undefined;
        const reply = await clientOf(bot.endpoint, headers())(method, path, body);
        expect([reply.status, reply.text, reply.headers.get("x-amzn-errortype")]).toEqual(
          forbidden,
        );
      }
    });
  }
  /** The checksum of thirty zeros fits; no random key is thirty zeros. */
  const neverIssued = "outlet_0000000000000000000000000000002C8GjS";

  test("a disabled key stops at the next request, and works again when enabled", async () => {
    const owner = await outlet.as("owner");
    const path = `/bots/${bot.botId}/publication/keys`;
    const made = (await owner("POST", path, { label: "Second" })).json;
    const call = clientOf(bot.endpoint, { "x-api-key": made.value });
    expect((await call("GET", "/health")).status).toBe(200);
    await owner("PATCH", `${path}/${made.keyId}`, { enabled: false });
    expect((await call("GET", "/health")).status).toBe(403);
    await owner("PATCH", `${path}/${made.keyId}`, { enabled: true });
    expect((await call("GET", "/health")).status).toBe(200);
    await owner("DELETE", `${path}/${made.keyId}`);
    expect((await call("GET", "/health")).status).toBe(403);
  });
});

describe("sending and reading messages", () => {
  test("a conversation reads as clients of bedrock-chat know it, field by field", async () => {
    const sent = (await bot.call("POST", "/conversation", text("First"))).json;
    const cid = sent.conversationId;
    await eventually(
      () => bot.call("GET", `/conversation/${cid}/${sent.messageId}`),
      (r) => r.status !== 202,
    );
    const { reply } = await bot.ask("Second", cid);
    const tree = (await bot.call("GET", `/conversation/${cid}`)).json;
    const message = (role: string, parent: string | null, children: string[]) => ({
      role,
      content: [{ contentType: "text", body: expect.any(String) }],
      model: "outlet-demo",
      children,
      feedback: null,
      usedChunks: null,
      parent,
      thinkingLog: null,
    });
    const answerId = tree.messageMap[sent.messageId].children[0];
    const nextId = tree.messageMap[answerId].children[0];
    expect(tree).toStrictEqual({
      id: cid,
      title: expect.any(String),
      createTime: expect.any(Number),
      messageMap: {
        system: message("system", null, [sent.messageId]),
        [sent.messageId]: message("user", "system", [answerId]),
        [answerId]: message("assistant", sent.messageId, [nextId]),
        [nextId]: message("user", answerId, [tree.lastMessageId]),
        [tree.lastMessageId]: message("assistant", nextId, []),
      },
      lastMessageId: expect.any(String),
      botId: bot.botId,
      shouldContinue: false,
      openMessageIds: [],
    });
    expect(reply.json).toMatchObject({
      conversationId: cid,
      message: message("assistant", nextId, []),
      // The conversation's own, not the message's.
      createTime: tree.createTime,
    });
    expect(Math.abs(Date.now() - tree.createTime)).toBeLessThan(3_600_000);
  });

  test("a message is accepted, then answered", async () => {
    const sent = await bot.call("POST", "/conversation", text("What do you know?"));
    expect(sent.status).toBe(200);
    expect(Object.keys(sent.json).sort()).toEqual(["conversationId", "messageId", "status"]);
    const path = `/conversation/${sent.json.conversationId}/${sent.json.messageId}`;
    const reply = await eventually(
      () => bot.call("GET", path),
      (r) => r.status !== 202,
    );
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({
      conversationId: sent.json.conversationId,
      status: "completed",
      message: { role: "assistant", feedback: null, thinkingLog: null },
    });
    expect(reply.json.message.content[0].body).toContain("Hello from the bot.");
    expect(reply.json.usage.outputTokens).toBeGreaterThan(0);
  });

  test("an unfinished message is 202 with Retry-After", async () => {
    const slow = await startOutlet(["--demo-tokens-per-second", "5"]);
    try {
      const bot = await slow.publish();
      const sent = await bot.call("POST", "/conversation", text("hello"));
      const path = `/conversation/${sent.json.conversationId}/${sent.json.messageId}`;
      const pending = await bot.call("GET", path);
      expect(pending.status).toBe(202);
      expect(["queued", "in_progress"]).toContain(pending.json.status);
      expect(Number(pending.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    } finally {
      await slow.stop();
    }
  });

  test("a conversation remembers", async () => {
    const first = await bot.ask("My favourite colour is vermilion.");
    const second = await bot.ask("What is my favourite colour?", first.conversationId);
    expect(second.reply.json.message.content[0].body).toContain("vermilion");
    const tree = (await bot.call("GET", `/conversation/${first.conversationId}`)).json;
    let id = tree.lastMessageId;
    const roles = [];
    while (id) {
      roles.unshift(tree.messageMap[id].role);
      id = tree.messageMap[id].parent;
    }
    expect(roles).toEqual(["system", "user", "assistant", "user", "assistant"]);
    expect(JSON.stringify(tree.messageMap.system)).not.toContain("Hello from the bot.");
  });

  test("the answer's own id leads to the answer too", async () => {
    const { conversationId } = await bot.ask("hello");
    const tree = (await bot.call("GET", `/conversation/${conversationId}`)).json;
    const reply = await bot.call("GET", `/conversation/${conversationId}/${tree.lastMessageId}`);
    expect(reply.status).toBe(200);
  });

  test("snake_case is understood, and a client's own conversation id kept", async () => {
    const id = "ticket #42/ä";
    const sent = await bot.call("POST", "/conversation", {
      conversation_id: id,
      message: { content: [{ content_type: "text", body: "hello" }], parent_message_id: null },
    });
    expect([sent.status, sent.json.conversationId]).toEqual([200, id]);
    const path = `/conversation/${encodeURIComponent(id)}/${sent.json.messageId}`;
    const reply = await eventually(
      () => bot.call("GET", path),
      (r) => r.status !== 202,
    );
    expect(reply.json.conversationId).toBe(id);
  });

  test("ids of 128 characters from any script are answered", async () => {
    for (const character of ["😀", "日", "%"]) {
      const id = character.repeat(128);
      const { reply } = await bot.ask("hello", id);
      expect([reply.status, reply.json.conversationId]).toEqual([200, id]);
    }
  });

  test("an edit of the bot reaches the next answer, in an old conversation too", async () => {
    const { conversationId } = await bot.ask("hello");
    const owner = await outlet.as("owner");
    await owner("PATCH", `/bots/${bot.botId}`, { instruction: 'Begin with "Penguins!"' });
    const next = await bot.ask("hello again", conversationId);
    expect(next.reply.json.message.content[0].body).toContain("Penguins!");
    await owner("PATCH", `/bots/${bot.botId}`, { instruction: 'Begin with "Hello from the bot."' });
  });

  test("another client of the same bot cannot read a conversation", async () => {
    const { conversationId } = await bot.ask("a secret");
    const owner = await outlet.as("owner");
    const path = `/bots/${bot.botId}/publication/keys`;
    const stranger = (await owner("POST", path, { label: "Stranger" })).json;
    const call = clientOf(bot.endpoint, { "x-api-key": stranger.value });
    expect((await call("GET", `/conversation/${conversationId}`)).status).toBe(404);
    await call("POST", "/conversation", { conversationId, ...text("mine") });
    const tree = (await bot.call("GET", `/conversation/${conversationId}`)).json;
    expect(JSON.stringify(tree)).not.toContain("mine");
  });
});

describe("bad input", () => {
  const cases: [name: string, body: unknown, code: string, param: string | null][] = [
    ["broken JSON", '{"message":', "invalid_json", null],
    ["no body", "", "invalid_json", null],
    ["an array", [], "invalid_request", "message"],
    ["no message", {}, "invalid_request", "message"],
    [
      "a misspelt field",
      { ...text("hi"), conversatoinId: "x" },
      "invalid_request",
      "conversatoinId",
    ],
    [
      "content of the wrong type",
      { message: { content: "hi" } },
      "invalid_request",
      "message.content",
    ],
    ["no content", { message: { content: [] } }, "invalid_request", "message.content"],
    ["blank text", text("  "), "invalid_request", "message.content[0].body"],
    [
      "an id that is too long",
      { ...text("hi"), conversationId: "x".repeat(129) },
      "invalid_request",
      "conversationId",
    ],
    [
      "an id with a line break",
      { ...text("hi"), conversationId: "a\nb" },
      "invalid_request",
      "conversationId",
    ],
    ["the id ..", { ...text("hi"), conversationId: ".." }, "invalid_request", "conversationId"],
    [
      "a misspelt field in snake_case",
      { ...text("hi"), conversation_idd: "x" },
      "invalid_request",
      "conversation_idd",
    ],
    [
      "a field in both spellings",
      { ...text("hi"), conversation_id: "a", conversationId: "b" },
      "invalid_request",
      "conversation_id",
    ],
    [
      "a text that is nested lists",
      `{"message":{"content":[{"contentType":"text","body":${"[".repeat(50)}${"]".repeat(50)}}]}}`,
      "invalid_request",
      "message.content[0].body",
    ],
    [
      "a model that is not allowed",
      { message: { ...text("hi").message, model: "claude-v4-opus" } },
      "model_not_allowed",
      "message.model",
    ],
  ];
  for (const [name, body, code, param] of cases) {
    test(`${name} is refused as ${code}`, async () => {
      const reply = await bot.call("POST", "/conversation", body);
      expect([reply.status, reply.json.error.code, reply.json.error.param]).toEqual([
        422,
        code,
        param,
      ]);
      expect(reply.headers.get("content-type")).toBe("application/problem+json");
      expect(reply.json.requestId).toBe(reply.headers.get("x-request-id"));
    });
  }

  test("what was sent is not sent back whole", async () => {
    const long = "x".repeat(100_000);
    const replies = [
      await bot.call("POST", "/conversation", { message: { content: long } }),
      await bot.call("POST", "/conversation", { ...text("hi"), [long]: 1 }),
    ];
    for (const { status, text } of replies) {
      expect(status).toBe(422);
      expect(text.length).toBeLessThan(3_000);
    }
  });

  test("a body over 10 MB is refused by the gateway", async () => {
    const reply = await bot.call("POST", "/conversation", text("x".repeat(10_485_760)));
    expect(reply.status).toBe(413);
  });

  test("two million characters of text are answered, one more is refused", async () => {
    const { reply } = await bot.ask("x ".repeat(1_000_000));
    expect(reply.status).toBe(200);
    const more = await bot.call("POST", "/conversation", text("x".repeat(2_000_001)));
    expect([more.status, more.json.error.param]).toEqual([422, "message.content"]);
    const parts = Array.from({ length: 5 }, () => ({
      contentType: "text",
      body: "y".repeat(400_001),
    }));
    const split = await bot.call("POST", "/conversation", { message: { content: parts } });
    expect(split.json.detail).toContain("at most 2,000,000 characters");
  });

  test("unknown ids, paths and methods say what they are", async () => {
    const status = async (method: string, path: string) => {
      const reply = await bot.call(method, path);
      return [reply.status, reply.json.error.code];
    };
    const { conversationId } = await bot.ask("hello");
    expect(await status("GET", "/conversation/nope")).toEqual([404, "not_found"]);
    expect(await status("GET", `/conversation/${conversationId}/nope`)).toEqual([404, "not_found"]);
    expect(await status("GET", "/nope")).toEqual([404, "route_not_found"]);
    expect(await status("PUT", "/conversation")).toEqual([405, "method_not_allowed"]);
  });
});

describe("origins", () => {
  test("preflight and answer name an allowed origin, wildcard sub-domains included", async () => {
    const shop = await outlet.publish({ allowedOrigins: ["https://*.shop.example"] });
    const origin = "https://www.shop.example";
    const preflight = await fetch(`${shop.endpoint}/conversation`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("x-api-key");
    const answer = await shop.call("GET", "/health", undefined, { origin });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    const foreign = await shop.call("GET", "/health", undefined, {
      origin: "https://evil.example",
    });
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
    const refused = await clientOf(shop.endpoint, { origin })("GET", "/health");
    expect(refused.status).toBe(403);
    expect(refused.headers.get("access-control-allow-origin")).not.toBeNull();
  });
});
