import { Bell } from "@outlet/core/conversations/bell";
import { Conversation } from "@outlet/core/conversations/conversation";
import { Layout } from "@outlet/core/store/layout";
import { Run } from "@outlet/core/conversations/run";
import {
  lastText,
  messageOf,
  type Stack,
  says,
  startStack,
} from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  stack.model.script = (request) => says(`Echo: ${lastText(request)}`);
  stack.answer();
});
afterAll(() => stack.stop());

const keyed = (value: string) => ({ "idempotency-key": value });

test("a request that comes again is answered with the first one's run", async () => {
  const client = stack.client();
  const first = await client.send("Hi", undefined, keyed("k-1"));
  expect(first).toMatchObject({ status: 200, json: { status: "queued" } });
  expect(first.headers.get("idempotent-replayed")).toBeNull();
  await client.outcome(first);
  const again = await client.send("Hi", undefined, keyed('"k-1"'));
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(again.json).toEqual({ ...first.json, status: "completed" });
  const tree = await client.call("GET", `/conversation/${first.json.conversationId}`);
  expect(Object.keys(tree.json.messageMap)).toHaveLength(3);
  const waited = await client.call("POST", "/conversation", messageOf("Hi"), {
    ...keyed("k-1"),
    prefer: "wait=5",
  });
  expect(waited.json.message.content).toEqual([{ contentType: "text", body: "Echo: Hi" }]);
});

test("twenty requests of one key at once make one run", async () => {
  const client = stack.client();
  const requests = Array.from({ length: 20 }, () => client.send("Once", "together", keyed("k-20")));
  const replies = await Promise.all(requests);
  expect(replies.map((reply) => reply.status)).toEqual(replies.map(() => 200));
  expect(new Set(replies.map((reply) => reply.json.messageId)).size).toBe(1);
  await client.outcome(replies[0] ?? (await client.send("")));
  const tree = await client.call("GET", "/conversation/together");
  expect(Object.keys(tree.json.messageMap)).toHaveLength(3);
});

test("another body under the same key is refused, another key of the client is another scope", async () => {
  const client = stack.client();
  await client.send("Hi", undefined, keyed("k-2"));
  const other = await client.send("Hello", undefined, keyed("k-2"));
  expect(other).toMatchObject({ status: 422, json: { error: { code: "idempotency_key_reuse" } } });
  const elsewhere = await stack.client({ keyId: "key-2" }).send("Hello", undefined, keyed("k-2"));
  expect(elsewhere.status).toBe(200);
});

test.each([
  ["empty", '""'],
  ["too long", "x".repeat(256)],
  ["not ASCII", "schlüssel"],
  ["half quoted", '"a'],
])("a key that is %s is refused", async (_what, value) => {
  const reply = await stack.client().send("Hi", undefined, keyed(value));
  expect(reply).toMatchObject({ status: 422, json: { error: { param: "Idempotency-Key" } } });
});

test("a key is free again after 24 hours, whether the table has forgotten it or not", async () => {
  const client = stack.client();
  const first = await client.send("Hi", undefined, keyed("k-3"));
  const clock = { ...stack.clock, now: () => stack.clock.now() + 86_402_000 };
  const later = await stack.client({}, { clock }).send("Hello", undefined, keyed("k-3"));
  expect(later.status).toBe(200);
  expect(later.json.messageId).not.toBe(first.json.messageId);
});

test("a request that died between put and append is taken up by its retry", async () => {
  const client = stack.client();
  let writes = 0;
  const table = {
    ...stack.table,
    update: (...call: Parameters<typeof stack.table.update>) => {
      writes += 1;
      if (writes === 1) throw new Error("The function dies here.");
      return stack.table.update(...call);
    },
  };
  const died = await stack.client({}, { table }).send("Hi", "dies", keyed("k-4"));
  expect(died.status).toBe(500);
  expect((await client.call("GET", "/conversation/dies")).status).toBe(404);
  const retried = await client.send("Hi", "dies", keyed("k-4"));
  expect(retried.headers.get("idempotent-replayed")).toBe("true");
  expect((await client.outcome(retried)).json.status).toBe("completed");
});

test("a late retry neither answers again nor reorders the conversation", async () => {
  const client = stack.client();
  const address = client.address("late");
  const one = await client.send("One", "late", keyed("k-5"));
  await client.outcome(one);
  await client.ask("Two", "late");
  // As if the first request had died before it could note that it was accepted.
  const { pk, sk } = Layout.idempotency("key-1", "POST /conversation", "k-5");
  await stack.table.update({ pk, sk }, { set: { accepted: false } });
  const again = await client.send("One", "late", keyed("k-5"));
  expect(again.json).toEqual({ ...one.json, status: "completed" });
  // Even an append by somebody who had looked before the answer changes nothing.
  await Conversation.Mailbox.append(stack, address, one.json.messageId, {
    openMax: 100,
    title: "",
    expiresAt: Run.expiryOf(stack.clock, 30),
  });
  await Bell.ring(stack.runQueue, address);
  await client.ask("Three", "late");
  const tree = await Conversation.read(stack, address);
  const said = tree?.runs.map((run) => run.content.map((part) => "body" in part && part.body));
  expect(said).toEqual([["One"], ["Two"], ["Three"]]);
});

test("a retry does not bring back what was deleted", async () => {
  const client = stack.client();
  const sent = await client.send("Hi", "gone", keyed("k-6"));
  await client.outcome(sent);
  expect((await client.call("DELETE", "/conversation/gone")).status).toBe(204);
  const again = await client.send("Hi", "gone", keyed("k-6"));
  expect(again).toMatchObject({ status: 404, json: { error: { code: "not_found" } } });
});

test("a request that stood still while its retry was answered and deleted brings nothing back", async () => {
  const client = stack.client();
  const calls = stack.model.requests.length;
  let isFirst = true;
  const table = {
    ...stack.table,
    put: async (...args: Parameters<typeof stack.table.put>) => {
      if (isFirst && args[0].sk.startsWith("RUN#")) {
        isFirst = false;
        await client.outcome(await client.send("Hi", "still", keyed("k-still")));
        expect((await client.call("DELETE", "/conversation/still")).status).toBe(204);
      }
      return stack.table.put(...args);
    },
  };
  const late = await stack.client({}, { table }).send("Hi", "still", keyed("k-still"));
  expect(late).toMatchObject({ status: 404, json: { error: { code: "not_found" } } });
  expect((await client.call("GET", "/conversation/still")).status).toBe(404);
  expect(stack.model.requests.length - calls).toBe(1);
});

test("a replay is not refused for what has changed since", async () => {
  const client = stack.client();
  stack.model.script = () => says("Cut", "max_tokens");
  await client.ask("Long", "grows");
  const more = { ...messageOf("", "grows"), continueGenerate: true, message: { content: [] } };
  stack.model.script = () => says(" off.");
  const sent = await client.call("POST", "/conversation", more, keyed("k-7"));
  await client.outcome(sent);
  const again = await client.call("POST", "/conversation", more, keyed("k-7"));
  expect(again).toMatchObject({ status: 200, json: { messageId: sent.json.messageId } });
});
