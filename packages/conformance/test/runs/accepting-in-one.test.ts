import { Conversation } from "@outlet/core/conversations/conversation";
import { Worker } from "@outlet/core/conversations/worker";
import { says, type Stack, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let stack: Stack;
/** What happens between a transaction and its repetition, where its reply gets lost. */
let meanwhile: (() => Promise<void>) | undefined;

beforeAll(async () => {
  stack = await startStack({
    tap: (dynamodb) => ({
      close: () => dynamodb.close(),
      async call<Output>(...call: Parameters<typeof dynamodb.call>) {
        const act = meanwhile;
        if (call[0] !== "TransactWriteItems" || !act) return dynamodb.call<Output>(...call);
        meanwhile = undefined;
        await dynamodb.call<Output>(...call);
        await act();
        // The client tries again, against its own outcome.
        return dynamodb.call<Output>(...call);
      },
    }),
  });
  stack.model.script = () => says("Hello.");
});
afterAll(() => stack?.stop());
beforeEach(() => {
  meanwhile = undefined;
});

const inOne = () => stack.client({}, { policy: { ...stack.policy, acceptsInOne: true } });
const work = (conversationId: string) =>
  Worker.work(stack.deps, inOne().address(conversationId), { deadline: Number.MAX_SAFE_INTEGER });
const seen = async (conversationId: string) =>
  (await inOne().call("GET", `/conversation/${conversationId}`)).json;

test("a message whose reply gets lost is accepted once", async () => {
  meanwhile = async () => {};
  const { status, json } = await inOne().send("Hi", "once");
  expect(status).toBe(200);
  expect((await seen("once")).openMessageIds).toEqual([json.messageId]);
});

test("one that has been answered meanwhile is not put to the model again", async () => {
  meanwhile = () => work("answered");
  stack.model.requests.length = 0;
  const { status, json } = await inOne().send("Hi", "answered");
  expect(status).toBe(200);
  expect((await seen("answered")).openMessageIds).toEqual([]);
  await work("answered");
  expect(stack.model.requests).toHaveLength(1);
  const answer = await inOne().call("GET", `/conversation/answered/${json.messageId}`);
  expect(answer.json.status).toBe("completed");
});

test("one that has been deleted meanwhile does not come back", async () => {
  meanwhile = async () => {
    await inOne().call("DELETE", "/conversation/deleted");
  };
  const { status } = await inOne().send("Hi", "deleted");
  expect(status).toBe(404);
  const head = await Conversation.Mailbox.read(stack.table, inOne().address("deleted"));
  expect(head?.open ?? []).toEqual([]);
});

test("where a conversation is full, nothing of a message is left", async () => {
  const full = stack.client({}, { policy: { ...stack.policy, acceptsInOne: true, openMax: 1 } });
  const { json } = await full.send("Hi", "full");
  expect(await full.send("More", "full")).toMatchObject({
    status: 429,
    json: { error: { code: "conversation_busy" } },
  });
  expect((await seen("full")).openMessageIds).toEqual([json.messageId]);
});
