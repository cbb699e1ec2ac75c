import { Key } from "@outlet/core/publishing/key";
import { Requests } from "@outlet/core/observability/requests";
import type { Value } from "@outlet/core/ports";
import { lastText, type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { Layout } from "@outlet/core/store/layout";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let stack: Stack;
let logged: string[];

beforeAll(async () => {
  logged = [];
  const note = (message: string) => void logged.push(message);
  stack = await startStack({ log: { debug() {}, info() {}, warn() {}, error: note } });
  stack.answer();
});
afterAll(() => stack.stop());
beforeEach(() => {
  logged.length = 0;
  stack.model.script = (request) => says(`Heard: ${lastText(request)}`);
});

/** Writes over a member of a stored run, as a defect would have. */
async function spoil(conversationId: string, runId: string, set: Record<string, Value>) {
  const key = Layout.run(stack.client().address(conversationId), runId);
  await stack.table.update(key, { set });
}

test.each<[string, Record<string, Value>, string]>([
  ["usage is negative", { usage: { inputTokens: -4_730 } }, "Heard: One"],
  ["status is unknown", { status: "paused" }, "internal_error"],
  ["very id is gone", { runId: 7 }, "Something went wrong"],
])(
  "a run whose %s stops neither its conversation nor the request log",
  async (_what, set, seen) => {
    const conversationId = `spoilt-${Object.keys(set)[0]}`;
    const client = stack.client();
    const sent = await client.send("One", conversationId);
    await client.outcome(sent);
    await spoil(conversationId, sent.json.messageId, set);
    const again = await client.call(
      "GET",
      `/conversation/${conversationId}/${sent.json.messageId}`,
    );
    expect(again.text).toContain(seen);
    const next = await client.ask("Two", conversationId);
    expect(next.json.message.content[0].body).toContain("Two");
    const tree = await client.call("GET", `/conversation/${conversationId}`);
    expect(tree.status).toBe(200);
    expect(tree.text).toContain("Heard: Two");
    const log = await Requests.list(stack, stack.bot.botId, { limit: 50 });
    expect(log.runs.length).toBeGreaterThan(1);
    expect(logged).toContain("a stored item cannot be read");
  },
);

test("an unreadable entry of the request log leaves the others", async () => {
  const client = stack.client();
  const sent = await client.send("One");
  await client.outcome(sent);
  const other = await client.send("Two");
  await client.outcome(other);
  const key = Layout.runLog(stack.bot.botId, sent.json.messageId);
  await stack.table.update(key, { set: { createdAt: "yesterday" } });
  const { runs } = await Requests.list(stack, stack.bot.botId, { limit: 50 });
  const ids = runs.map(({ runId }) => runId);
  expect(ids).toContain(other.json.messageId);
  expect(ids).not.toContain(sent.json.messageId);
});

test("an unreadable run that waits holds up nobody behind it", async () => {
  const blocked = Promise.withResolvers<void>();
  stack.model.script = async function* (request) {
    if (lastText(request) === "One") await blocked.promise;
    yield* says(`Heard: ${lastText(request)}`);
  };
  const client = stack.client();
  await client.send("One", "waiting");
  const second = await client.send("Two", "waiting");
  const third = await client.send("Three", "waiting");
  await spoil("waiting", second.json.messageId, { createdAt: "yesterday" });
  blocked.resolve();
  const reply = await client.outcome(third);
  expect(reply.json.message.content[0].body).toBe("Heard: Three");
});

test("a deleted conversation takes what is unreadable with it", async () => {
  const client = stack.client();
  const sent = await client.send("My secret", "gone");
  await client.outcome(sent);
  await spoil("gone", sent.json.messageId, { createdAt: "yesterday" });
  expect((await client.call("DELETE", "/conversation/gone")).status).toBe(204);
  const item = await stack.table.get(Layout.run(client.address("gone"), sent.json.messageId));
  expect(JSON.stringify(item)).not.toContain("My secret");
});

test("an unreadable key leaves the others in the list", async () => {
  const deps = { ...stack, pepper: new Uint8Array(32) };
  const make = (label: string) =>
    Key.create(deps, stack.bot.botId, { label, expiresAt: null, createdBy: "owner" });
  const [first, second] = [await make("First"), await make("Second")];
  const { keyId } = first.key;
  await stack.table.update(Layout.key(stack.bot.botId, keyId), { set: { label: 7 } });
  const { keys } = await Key.list(stack.table, stack.bot.botId, { limit: 50 });
  expect(keys.map((key) => key.keyId)).toEqual([second.key.keyId]);
});
