import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Client,
  clientOf,
  eventually,
  type Outlet,
  type PublishedBot,
  type Reply,
  startOutlet,
} from "./runtime-fixture.ts";

let outlet: Outlet;
let owner: Client;
beforeAll(async () => {
  outlet = await startOutlet();
  owner = await outlet.as("owner");
});
afterAll(() => outlet.stop());

const noLimits = { throttle: null, quota: null };
const message = (text: string) => ({
  message: { content: [{ contentType: "text", body: text }] },
});
const refusal = (reply: Reply) => [
  reply.status,
  reply.json?.error?.code,
  reply.headers.get("x-should-retry"),
];
const spent = [429, "budget_exceeded", "false"];

async function keyWith(bot: PublishedBot, limits: object) {
  const path = `/bots/${bot.botId}/publication/keys`;
  const made = await owner("POST", path, { label: "Limited", ...limits });
  expect(made.status).toBe(201);
  const key: { keyId: string; value: string } = made.json;
  return { ...key, call: clientOf(bot.endpoint, { "x-api-key": key.value }) };
}

describe("a budget", () => {
  test("of 20 runs lets 20 of 40 in that come at once, over all keys", async () => {
    const bot = await outlet.publish({ ...noLimits, budget: { period: "DAY", runs: 20 } });
    const other = await keyWith(bot, {});
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        (n % 2 ? bot : other).call("POST", "/conversation", message(`Question ${n}`)),
      ),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(20);
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.map(refusal)).toEqual(refused.map(() => spent));
    expect(refused[0]?.json).toMatchObject({ budget: "bot" });
    // Answered, they count still: nothing comes free by waiting.
    for (const [n, { status, json }] of replies.entries()) {
      if (status !== 200) continue;
      const path = `/conversation/${json.conversationId}/${json.messageId}`;
      const answered = await eventually(
        () => (n % 2 ? bot : other).call("GET", path),
        (reply) => reply.status !== 202,
      );
      expect(answered.status).toBe(200);
    }
    expect(refusal(await bot.call("POST", "/conversation", message("More?")))).toEqual(spent);
    // Raised, it is so at the next request.
    const path = `/bots/${bot.botId}/publication`;
    await owner("PATCH", path, { budget: { period: "DAY", runs: 21 } });
    expect((await bot.call("POST", "/conversation", message("More?"))).status).toBe(200);
    expect(refusal(await bot.call("POST", "/conversation", message("More?")))).toEqual(spent);
  });

  test("of a key is refused on every face, and told by it", async () => {
    const bot = await outlet.publish(noLimits);
    const { call, keyId } = await keyWith(bot, { budget: { period: "TOTAL", runs: 1 } });
    expect((await call("POST", "/conversation", message("Hi"))).status).toBe(200);
    const ask = { jsonrpc: "2.0", id: 1, method: "tools/call" };
    const params = { name: "ask", arguments: { question: "Hi" } };
    const replies = [
      await call("POST", "/conversation", message("Hi")),
      await call("POST", "/v1/chat/completions", { messages: [{ role: "user", content: "Hi" }] }),
      await call("POST", "/v1/responses", { input: "Hi" }),
      await call("POST", "/mcp", { ...ask, params }),
    ];
    expect(replies.map(refusal)).toEqual(replies.map(() => spent));
    expect((await bot.call("POST", "/conversation", message("Hi"))).status).toBe(200);
    const own = await call("GET", "/v1/key");
    expect(own.json).toMatchObject({ id: keyId, budgets: [{ of: "key", used: { runs: 1 } }] });
    expect(own.json.budgets[0].remaining.runs).toBe(0);
  });

  test("that cannot limit anything is named", async () => {
    const bot = await outlet.publish(noLimits);
    const path = `/bots/${bot.botId}/publication/keys`;
    for (const [budget, param] of [
      [{ period: "DAY" }, "budget"],
      [{ period: "YEAR", runs: 1 }, "budget.period"],
      [{ period: "DAY", runs: 0 }, "budget.runs"],
      [{ period: "DAY", spendMicroUsd: 0.5 }, "budget.spendMicroUsd"],
    ]) {
      const refused = await owner("POST", path, { label: "Wrong", budget });
      expect([refused.status, refused.json.error.param]).toEqual([422, param]);
    }
  });
});

test("a message that waits and is cancelled gives its place back at once", async () => {
  const bot = await outlet.publish({ ...noLimits, budget: { period: "DAY", runs: 1 } });
  for (let round = 0; round < 3; round++) {
    const sent = await bot.call("POST", "/conversation", message("Hi"));
    if (sent.status === 429) {
      // It was answered before it was cancelled: that counts.
      expect(refusal(sent)).toEqual(spent);
      return;
    }
    expect(sent.status).toBe(200);
    const path = `/conversation/${sent.json.conversationId}/${sent.json.messageId}`;
    await bot.call("POST", `${path}/cancel`);
    await eventually(
      () => bot.call("GET", path),
      ({ status }) => status !== 202,
    );
  }
});

test("an administrator limits what all bots of an owner may spend together", async () => {
  const admin = await outlet.as("admin");
  const first = await outlet.publish(noLimits);
  const me = await owner("GET", "/me");
  const path = `/admin/owners/${me.json.userId}/budget`;
  const budget = { period: "MONTH", runs: 2 };
  expect((await owner("PUT", path, { budget })).status).toBe(403);
  expect((await admin("PUT", path, { budget })).status).toBe(200);
  try {
    const second = await outlet.publish(noLimits);
    const send = (bot: PublishedBot) => bot.call("POST", "/conversation", message("Hi"));
    expect([(await send(first)).status, (await send(second)).status]).toEqual([200, 200]);
    const refused = await send(first);
    expect([refusal(refused), refused.json.budget]).toEqual([spent, "owner"]);
    expect(refusal(await send(second))).toEqual(spent);
  } finally {
    expect((await admin("PUT", path, { budget: null })).status).toBe(200);
  }
});
