import OpenAI, { NotFoundError } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorld, type World } from "../../src/clients/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** Of OpenAI's API, with nothing behind them here. */
const absent: [method: string, path: string][] = [
  ["POST", "/v1/completions"],
  ["POST", "/v1/embeddings"],
  ["GET", "/v1/files"],
  ["POST", "/v1/conversations"],
  ["POST", "/v1/responses/compact"],
  ["POST", "/v1/responses/input_tokens"],
  ["POST", "/v1/audio/speech"],
  ["GET", "/v1/assistants"],
];

test.each(absent)("%s %s is a plain 404 that says what there is", async (method, path) => {
  const body = method === "POST" ? { model: "echo", input: "Hi" } : undefined;
  const reply = await world.bot.call(method, path, body);
  expect([path, reply.status, reply.json.error]).toEqual([
    path,
    404,
    { message: reply.json.detail, type: expect.any(String), param: null, code: "route_not_found" },
  ]);
  expect(reply.json.detail).toContain("/v1/chat/completions, and lists");
});

test("stored chats are none, and asked for in no wrong way", async () => {
  const reply = await world.bot.call("GET", "/v1/chat/completions");
  expect([reply.status, typeof reply.json.error.code]).toEqual([404, "string"]);
});

test("a stock client raises the class that it has for it, without trying again", async () => {
  const client = new OpenAI(world.settings);
  const asked = client.embeddings.create({ model: "echo", input: "Hi" });
  await expect(asked).rejects.toBeInstanceOf(NotFoundError);
});

test("slashes at the end, two in a row, and OPTIONS of a page that may not call change nothing", async () => {
  const { call } = world.bot;
  const messages = [{ role: "user", content: "Hi" }];
  const answered = await call("POST", "/v1/chat/completions/", { messages });
  expect(answered.json.choices[0].message.content).toContain('You said "Hi"');
  for (const path of ["/v1/models/", "/v1//models", "//v1/models"]) {
    expect([path, (await call("GET", path)).json.object]).toEqual([path, "list"]);
  }
  const preflight = await call("OPTIONS", "/v1/responses", undefined, {
    origin: "https://elsewhere.example",
    "access-control-request-method": "POST",
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
});
