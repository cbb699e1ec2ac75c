/**
 * Defects of bedrock-chat's published API, each as something that cannot happen here. The numbers
 * are ours, to refer to. Without a test, because what failed there does not exist here:
 *
 * 18. A failed or forgotten container build left a publication stuck. There is no build: publishing
 *     is a CloudFormation stack, whose failures `deployer` and the control API's tests cover.
 * 21. Models that exist only as global profiles failed in the consumer alone. API and worker here
 *     have one catalog, from one configuration.
 * 22. Bots with a secret could not be loaded by the worker's role. Bots here hold no secrets.
 */
import { Conversation } from "@outlet/core/conversations/conversation";
import { ModelError } from "@outlet/core/ports";
import { Ledger } from "@outlet/core/records/ledger";
import { eventually, type Outlet, startOutlet } from "@outlet/local/runtime/runtime-fixture";
import {
  lastText,
  messageOf,
  type Stack,
  says,
  startStack,
} from "@outlet/local/runtime/stack-fixture";
import type { SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

describe("messages and answers", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());
  beforeEach(() => {
    stack.model.script = (request) => says(`To ${lastText(request)}`);
    stack.model.requests.length = 0;
  });

  const context = { getRemainingTimeInMillis: () => 900_000 };
  const bells = (...bodies: unknown[]): SQSEvent => ({
    Records: bodies.map((body, n) => ({
      messageId: `m-${n}`,
      receiptHandle: "",
      body: typeof body === "string" ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "0",
        SenderId: "",
        ApproximateFirstReceiveTimestamp: "0",
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "",
      awsRegion: "us-east-1",
    })),
  });
  const deliver = (...bodies: unknown[]) => stack.worker()(bells(...bodies), context);
  const ledger = async () =>
    (
      await Promise.all(
        [0, 3_600_000].map((ago) =>
          Ledger.listHour(stack.table, stack.bot.botId, Ledger.hourOf(Date.now() - ago)),
        ),
      )
    ).flat();

  test("1. an answered message is a success to its queue, and counted", async () => {
    const client = stack.client();
    const { json } = await client.send("Hi", "p-1");
    expect(await deliver(client.address("p-1"))).toEqual({ batchItemFailures: [] });
    const entries = (await ledger()).filter((entry) => entry.runId === json.messageId);
    expect(entries).toMatchObject([{ status: "completed", inputTokens: 10, outputTokens: 5 }]);
  });

  test("2. a second delivery finds nothing to do", async () => {
    const client = stack.client();
    await client.send("Hi", "p-2");
    const address = client.address("p-2");
    await Promise.all([deliver(address), deliver(address)]);
    await deliver(address, address);
    expect(stack.model.requests).toHaveLength(1);
    const tree = await client.call("GET", "/conversation/p-2");
    expect(Object.keys(tree.json.messageMap)).toHaveLength(3);
  });

  test("3. of two messages in flight in one conversation neither is lost", async () => {
    const client = stack.client();
    const sent = [await client.send("One", "p-3"), await client.send("Two", "p-3")];
    const address = client.address("p-3");
    await Promise.all([deliver(address), deliver(address)]);
    const replies = await Promise.all(sent.map((reply) => client.outcome(reply)));
    expect(replies.map((reply) => reply.json.message.content[0].body)).toEqual([
      "To One",
      "To Two",
    ]);
  });

  test("4. a message sent at once after another sees the turn before it", async () => {
    const client = stack.client();
    for (let turn = 0; turn < 5; turn++) {
      await client.send(`Turn ${turn}`, "p-4");
      await deliver(client.address("p-4"));
      expect(stack.model.requests.at(-1)?.messages).toHaveLength(2 * turn + 1);
    }
  });

  test("5. continuing an answer that was cut off works", async () => {
    const client = stack.client();
    stack.model.script = () => says("Half", "max_tokens");
    await client.send("Go", "p-5");
    await deliver(client.address("p-5"));
    stack.model.script = () => says(" and half");
    const body = { ...messageOf("x", "p-5"), message: { content: [] }, continueGenerate: true };
    const sent = await client.call("POST", "/conversation", body);
    await deliver(client.address("p-5"));
    expect((await client.outcome(sent)).json.message.content[0].body).toBe(" and half");
  });

  test("6. a conversation of more than 300 KB goes on", async () => {
    const client = stack.client();
    for (let turn = 0; turn < 4; turn++) {
      const sent = await client.send(`${turn} `.repeat(60_000), "p-6");
      await deliver(client.address("p-6"));
      expect((await client.outcome(sent)).json.status).toBe("completed");
    }
  });

  test("7. a message larger than a queue's limit is accepted", async () => {
    const client = stack.client();
    const sent = await client.send("a ".repeat(700_000), "p-7");
    expect(sent.status).toBe(200);
    await deliver(client.address("p-7"));
    expect((await client.outcome(sent)).json.status).toBe("completed");
  });

  test("8. a failure is told to the client, with a code", async () => {
    const client = stack.client();
    stack.model.script = () => {
      throw new ModelError("model_access_denied", false, "no");
    };
    const sent = await client.send("Hi", "p-8");
    expect(await deliver(client.address("p-8"))).toEqual({ batchItemFailures: [] });
    expect(await client.outcome(sent)).toMatchObject({
      status: 502,
      json: { error: { code: "model_error" }, retryable: false },
    });
  });

  test("9. a throttled model is asked again in the same delivery", async () => {
    const client = stack.client();
    let tries = 0;
    stack.model.script = () => {
      tries += 1;
      if (tries === 1) throw new ModelError("model_throttled", true, "slow down");
      return says("Now.");
    };
    await client.send("Hi", "p-9");
    await deliver(client.address("p-9"));
    expect(tries).toBe(2);
  });

  test("10. a bad record neither holds up nor repeats its neighbours", async () => {
    const client = stack.client();
    const ids = ["p-10a", "p-10b"];
    for (const id of ids) await client.send("Hi", id);
    const answer = await deliver(client.address("p-10a"), "no bell", client.address("p-10b"));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m-1" }] });
    for (const id of ids) {
      expect((await client.call("GET", `/conversation/${id}`)).json.openMessageIds).toEqual([]);
    }
  });

  test("11. what cannot be answered is refused when it is sent; an answer's own id works", async () => {
    const client = stack.client();
    const part = { contentType: "image", mediaType: "image/tiff", body: "AAAA" };
    const body = { message: { content: [part] } };
    expect((await client.call("POST", "/conversation", body)).status).toBe(422);
    await client.send("Hi", "p-11");
    await deliver(client.address("p-11"));
    const tree = await client.call("GET", "/conversation/p-11");
    const reply = await client.call("GET", `/conversation/p-11/${tree.json.lastMessageId}`);
    expect(reply).toMatchObject({ status: 200, json: { message: { role: "assistant" } } });
  });

  test("23. an edited bot answers by its new instruction in conversations that had begun", async () => {
    const client = stack.client();
    const { Bot } = await import("@outlet/core/bots/bot");
    await client.send("One", "p-23");
    await deliver(client.address("p-23"));
    await Bot.update(stack.deps, stack.owner, stack.bot.botId, { instruction: "Speak Latin." });
    await client.send("Two", "p-23");
    await deliver(client.address("p-23"));
    expect(stack.model.requests.map((request) => request.system)).toEqual([
      [expect.stringContaining("be kind")],
      ["Speak Latin."],
    ]);
  });

  test("no poll is answered as if the message did not exist while it waits", async () => {
    const client = stack.client();
    const { json } = await client.send("Hi", "p-0");
    expect((await client.call("GET", `/conversation/p-0/${json.messageId}`)).status).toBe(202);
    const head = await Conversation.Mailbox.read(stack.table, client.address("p-0"));
    expect(head?.open).toEqual([json.messageId]);
  });
});

describe("publishing", () => {
  let outlet: Outlet;
  beforeAll(async () => {
    outlet = await startOutlet();
  });
  afterAll(() => outlet.stop());

  const path = (botId: string) => `/bots/${botId}/publication`;

  test("12. limits are checked however the body is spelled", async () => {
    const owner = await outlet.as("owner");
    const { botId } = await outlet.publish();
    for (const body of [
      { throttle: { burstLimit: 1, rateLimit: -5 } },
      { throttle: { burst_limit: 1, rate_limit: -5 } },
      { allowedOrigins: ["example.com"] },
      { allowed_origins: ["example.com"] },
    ]) {
      expect((await owner("PATCH", path(botId), body)).status).toBe(422);
    }
  });

  test("13. a wildcard origin lets the browsers of its sub-domains in", async () => {
    const bot = await outlet.publish({ allowedOrigins: ["https://*.example.com"] });
    const allowed = async (origin: string) =>
      (await bot.call("GET", "/health", undefined, { origin })).headers.get(
        "access-control-allow-origin",
      );
    expect(await allowed("https://a.example.com")).toBe("https://a.example.com");
    expect(await allowed("https://example.org")).toBeNull();
  });

  test("14. the gateway's own errors carry CORS headers", async () => {
    const bot = await outlet.publish({ allowedOrigins: ["https://a.example.com"] });
    const reply = await bot.call("GET", "/health", undefined, {
      origin: "https://a.example.com",
      "x-api-key": "wrong",
    });
    expect(reply.status).toBe(403);
    expect(reply.headers.get("access-control-allow-origin")).not.toBeNull();
  });

  test("15. unpublishing ends every key, and 16. is done only when nothing is left", async () => {
    const owner = await outlet.as("owner");
    const bot = await outlet.publish();
    await owner("POST", `${path(bot.botId)}/keys`, { label: "Second" });
    const gone = await owner("DELETE", path(bot.botId), { title: bot.title });
    expect(gone.status).toBe(202);
    const after = await eventually(
      () => owner("GET", path(bot.botId)),
      (reply) => reply.json.status === "unpublished",
    );
    expect(after.json).toMatchObject({ status: "unpublished", endpoint: null });
    expect((await bot.call("GET", "/health")).status).toBe(404);
    // 19. Publishing again at once is no race: the new endpoint opens with new keys only.
    expect((await owner("POST", path(bot.botId), {})).status).toBe(202);
    const again = await eventually(
      () => owner("GET", path(bot.botId)),
      (reply) => reply.json.status === "published",
    );
    expect(again.json.status).toBe("published");
    expect((await owner("GET", `${path(bot.botId)}/keys`)).json.keys).toEqual([]);
  });

  test("17. an administrator who acts on somebody's publication leaves it whole", async () => {
    const bot = await outlet.publish();
    const admin = await outlet.as("admin");
    expect((await admin("POST", `${path(bot.botId)}/pause`)).json.status).toBe("paused");
    expect((await admin("POST", `${path(bot.botId)}/resume`)).json.status).toBe("published");
    const owner = await outlet.as("owner");
    expect((await owner("GET", path(bot.botId))).json.status).toBe("published");
  });

  test("20. every key is listed and can be deleted, however many there are", async () => {
    const owner = await outlet.as("owner");
    const bot = await outlet.publish();
    for (let n = 0; n < 104; n++) {
      await owner("POST", `${path(bot.botId)}/keys`, { label: `Key ${n}` });
    }
    const ids: string[] = [];
    let cursor = "";
    do {
      const page = await owner("GET", `${path(bot.botId)}/keys?limit=100${cursor}`);
      ids.push(...page.json.keys.map((key: { keyId: string }) => key.keyId));
      cursor = page.json.cursor ? `&cursor=${encodeURIComponent(page.json.cursor)}` : "";
    } while (cursor);
    expect(new Set(ids).size).toBe(105);
    const last = ids.at(-1) ?? "";
    expect((await owner("DELETE", `${path(bot.botId)}/keys/${last}`)).status).toBe(204);
  });
});
