import { Conversation } from "@outlet/core/conversation";
import { lastText, type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  stack.model.script = (request) => says(`To ${lastText(request)}`);
  stack.answer();
});
afterAll(() => stack.stop());

test("fifty messages sent at once into one conversation get fifty answers, in order", async () => {
  const client = stack.client();
  const texts = Array.from({ length: 50 }, (_, n) => `message ${n}`);
  const sent = await Promise.all(texts.map((text) => client.send(text, "many")));
  expect(sent.every((reply) => reply.status === 200)).toBe(true);
  const opened = await Conversation.Mailbox.read(stack.table, client.address("many"));
  await Promise.all(sent.map((reply) => client.outcome(reply)));
  const tree = await Conversation.read(stack, client.address("many"));
  const runs = tree?.runs ?? [];
  expect(runs).toHaveLength(50);
  expect(new Set(runs.map((run) => run.runId)).size).toBe(50);
  for (const run of runs) {
    const text = run.content.map((part) => ("body" in part ? part.body : "")).join("");
    expect(run.answer).toEqual([{ contentType: "text", body: `To ${text}` }]);
  }
  const order = runs.map((run) => run.startedAt ?? 0);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  // As far as it was seen waiting, the mailbox was read from its front.
  const waited = opened?.open ?? [];
  expect(runs.map((run) => run.runId).filter((id) => waited.includes(id))).toEqual(waited);
  expect(stack.model.requests).toHaveLength(50);
});
