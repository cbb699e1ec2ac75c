import { eventually } from "@outlet/local/runtime/runtime-fixture";
import OpenAI from "openai";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canary, startWorld, type World } from "../../src/clients/world.ts";
import {
  headersOf,
  type Received,
  type Receiver,
  startReceiver,
} from "../../src/webhooks/receiver.ts";

let receiver: Receiver;
let world: World;
let client: OpenAI;
let secret: string;
const model = "echo";
const own = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

const control = async (method: string, path: string, body?: object) => {
  const owner = await world.outlet.as("owner");
  return owner(method, `/bots/${world.bot.botId}/publication${path}`, body);
};
const deliveries = async () => (await control("GET", "/webhook/deliveries")).json.deliveries;
/** What came of one run. */
const of = (runId: string) =>
  receiver.received.filter(({ body }) => JSON.parse(body).data.message_id === runId);
const arrived = async (runId: string, times = 1): Promise<Received> => {
  await eventually(
    async () => of(runId).length,
    (count) => count >= times,
  );
  const [first] = of(runId);
  if (!first) throw new Error(`Nothing came of ${runId}.`);
  return first;
};

async function setWebhook(webhook: object | null) {
  const reply = await control("PATCH", "", { webhook });
  expect(reply.status).toBe(202);
  await eventually(
    () => control("GET", ""),
    ({ json }) => json.status === "published",
  );
  return reply;
}

beforeAll(async () => {
  receiver = await startReceiver();
  world = await startWorld({}, ["--reach", receiver.host]);
  client = new OpenAI(world.settings);
  const reply = await setWebhook({ url: receiver.url });
  secret = reply.json.webhookSecret;
});
afterAll(async () => {
  await world.stop();
  await receiver.stop();
});

test("its secret is shown once, when its address is first set", async () => {
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const again = await setWebhook({ url: receiver.url });
  expect(again.json.webhookSecret).toBeNull();
  const shown = await control("GET", "/webhook");
  expect(shown.json).toMatchObject({ url: receiver.url, state: "active", disabledFor: null });
  expect(shown.json.events).toHaveLength(4);
  const text = [shown, await control("GET", ""), again].map((reply) => reply.text).join();
  expect(text).not.toContain("whsec_");
});

test("the end of a run is told once, signed as receivers' libraries want it, without what was said", async () => {
  const response = await client.responses.create({ model, input: "Tell them" });
  const runId = response.id.replace("resp_", "");
  const told = await arrived(runId);
  const standard = new Webhook(secret).verify(told.body, headersOf(told));
  expect(standard).toMatchObject({
    object: "event",
    type: "response.completed",
    data: { id: response.id, bot_id: world.bot.botId, message_id: runId, status: "completed" },
  });
  const hooks = new OpenAI({ apiKey: "none", webhookSecret: secret }).webhooks;
  const unwrapped = await hooks.unwrap(told.body, headersOf(told));
  expect(unwrapped.id).toBe(told.headers["webhook-id"]);
  expect(() => new Webhook(own).verify(told.body, headersOf(told))).toThrow(
    "No matching signature",
  );
  for (const word of ["Tell them", canary]) expect(told.body).not.toContain(word);
  // The next delivery has come after it: a second one of the same would have, too.
  const next = await client.responses.create({ model, input: "And then" });
  await arrived(next.id.replace("resp_", ""));
  expect(of(runId)).toHaveLength(1);
});

test("the native face names its conversation and message; other ends have kinds of their own", async () => {
  const { conversationId } = await world.bot.ask("Hello", "a # b");
  const { json } = await world.bot.call(
    "GET",
    `/conversation/${encodeURIComponent(conversationId)}`,
  );
  const runId = Object.values<{ role: string; parent: string }>(json.messageMap)
    .filter(({ role }) => role === "assistant")
    .map(({ parent }) => parent)[0];
  const told = JSON.parse((await arrived(runId ?? "")).body);
  expect(told.data).toMatchObject({ id: runId, conversation_id: "a # b", status: "completed" });
  const failed = await client.responses.create({ model, input: "fail", background: true });
  const long = await client.responses.create({ model, input: "long", background: true });
  const types = await Promise.all(
    [failed, long].map(async ({ id }) => JSON.parse((await arrived(id.slice(5))).body).type),
  );
  expect(types).toEqual(["response.failed", "response.incomplete"]);
});

test("a caller's own webhook is told of that call, under the caller's secret", async () => {
  const webhook = { url: `${receiver.url}/mine`, secret: own };
  const sent = await world.bot.call("POST", "/conversation", {
    message: { content: [{ contentType: "text", body: "Mine" }] },
    webhook,
  });
  const { messageId } = sent.json;
  await arrived(messageId, 2);
  const bodies = of(messageId).map((received) => {
    const key = received.headers["webhook-id"]?.toString().endsWith("_caller") ? own : secret;
    return new Webhook(key).verify(received.body, headersOf(received));
  });
  expect(new Set(bodies.map((body) => (body as { id: string }).id)).size).toBe(2);
  const wrong = await world.bot.call("POST", "/v1/responses", {
    input: "Hi",
    webhook: { url: "http://169.254.169.254/", secret: "abc" },
  });
  expect(wrong.status).toBe(400);
  expect(wrong.json.errors.map(({ path }: { path: string }) => path)).toEqual([
    "webhook.url",
    "webhook.secret",
  ]);
  await control("PATCH", "", { callerWebhooks: "refuse" });
  const refused = await eventually(
    () => world.bot.call("POST", "/v1/responses", { input: "Hi", webhook }),
    ({ status }) => status === 400,
  );
  expect(refused.json.error).toMatchObject({ code: "unsupported_parameter", param: "webhook" });
});

test("what is not let in stays outside, and the owner sees why", async () => {
  await setWebhook({ url: "https://127.0.0.1:1/inside" });
  const { id } = await client.responses.create({ model, input: "Inside" });
  const seen = await eventually(deliveries, ([first]) => first?.tries.length > 0);
  expect(seen[0]).toMatchObject({
    data: { id },
    status: "waiting",
    tries: [{ status: null, failure: expect.stringContaining("is not a public server") }],
  });
  expect((await control("GET", "/webhook")).json.state).toBe("failing");
  await setWebhook({ url: receiver.url });
});

test("a rotated secret signs beside the old one; a test event and a repetition are sent on request", async () => {
  const rotated = await control("POST", "/webhook/secret", {});
  const before = receiver.received.length;
  const test = await control("POST", "/webhook/test");
  expect(test.status).toBe(202);
  await receiver.count(before + 1);
  const told = receiver.received[before] as Received;
  for (const key of [secret, rotated.json.secret]) {
    expect(new Webhook(key).verify(told.body, headersOf(told))).toMatchObject({
      type: "webhook.test",
    });
  }
  const { deliveryId } = test.json;
  const again = await eventually(
    () => control("POST", `/webhook/deliveries/${deliveryId}/redeliver`),
    ({ status }) => status === 202,
  );
  expect(again.json.attempts).toBe(0);
  await receiver.count(before + 2);
  const repeated = receiver.received[before + 1] as Received;
  expect([repeated.body, repeated.headers["webhook-id"]]).toEqual([told.body, deliveryId]);
});

test("a server that says it is gone is left alone until its owner says otherwise", async () => {
  receiver.answer = { status: 410 };
  await control("POST", "/webhook/test");
  const off = await eventually(
    () => control("GET", "/webhook"),
    ({ json }) => json.state === "disabled",
  );
  expect(off.json.disabledFor).toBe("gone");
  receiver.answer = { status: 204 };
  const before = receiver.received.length;
  const { id } = await client.responses.create({ model, input: "Unheard" });
  const dropped = await eventually(deliveries, ([first]) => first?.status === "dropped");
  expect(dropped[0]).toMatchObject({ data: { id }, tries: [] });
  await control("POST", "/webhook/enable");
  await control("POST", "/webhook/test");
  await receiver.count(before + 1);
  expect(receiver.received).toHaveLength(before + 1);
});
