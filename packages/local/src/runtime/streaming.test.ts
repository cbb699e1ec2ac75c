import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Outlet, type PublishedBot, startOutlet } from "./runtime-fixture.ts";

let outlet: Outlet;
let bot: PublishedBot;

beforeAll(async () => {
  outlet = await startOutlet();
  bot = await outlet.publish({}, { instruction: "Answer from what you know." });
});
afterAll(() => outlet?.stop());

const message = (text: string) => ({ message: { content: [{ contentType: "text", body: text }] } });

/** Sends a message and asks for its events: the answer as soon as its head has come. */
async function open(): Promise<IncomingMessage> {
  const req = request(`${bot.endpoint}/conversation`, {
    method: "POST",
    headers: { "x-api-key": bot.apiKey, accept: "text/event-stream" },
    agent: false,
  });
  req.end(JSON.stringify(message("What is Outlet?")));
  const [res] = (await once(req, "response")) as [IncomingMessage];
  return res.setEncoding("utf8");
}

async function textOf(res: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of res) text += String(chunk);
  return text;
}

test("through the edge events come while the answer is being made", async () => {
  const res = await open();
  expect(res.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  expect(res.headers["x-accel-buffering"]).toBe("no");
  const [first] = (await once(res, "data")) as [string];
  expect(first).toContain("event: accepted");
  expect(first).not.toContain("event: state");
  expect(await textOf(res)).toMatch(/event: state\ndata: .*"status":"completed".*\n\n$/);
});

test("a reader that goes away cancels nothing", async () => {
  const res = await open();
  const [first] = (await once(res, "data")) as [string];
  const { conversationId, messageId } = JSON.parse(/data: (.*)/.exec(first)?.[1] ?? "");
  res.destroy();
  const path = `/conversation/${conversationId}/${messageId}`;
  const { text } = await bot.call("GET", `${path}/events`);
  expect(text).toContain('"status":"completed"');
  expect((await bot.call("GET", path)).status).toBe(200);
});
