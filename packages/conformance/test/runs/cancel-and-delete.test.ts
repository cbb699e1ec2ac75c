import { Conversation } from "@outlet/core/conversations/conversation";
import { type Address, Run } from "@outlet/core/conversations/run";
import { Ledger } from "@outlet/core/records/ledger";
import { Worker } from "@outlet/core/conversations/worker";
import { messageOf, type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());
beforeEach(() => {
  stack.model.script = () => says("Hello.");
});

const limits = { deadline: Number.MAX_SAFE_INTEGER };
const work = (address: Address) => Worker.work(stack.deps, address, limits);

/** Speaks half, then waits until it is broken off. */
function halts() {
  const speaking = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  stack.model.script = async function* (_request, signal) {
    yield { type: "text", text: "Half of an" };
    speaking.resolve();
    try {
      await stack.clock.sleep(60_000, signal);
    } finally {
      ended.resolve();
    }
  };
  return { speaking: speaking.promise, ended: ended.promise };
}

const ledger = async () =>
  (
    await Promise.all([0, 1].map((h) => Ledger.listHour(stack.table, stack.bot.botId, hour(h))))
  ).flat();
const hour = (ago: number) => Ledger.hourOf(Date.now() - ago * 3_600_000);

test("a queued run is cancelled at once, and again without effect", async () => {
  const client = stack.client();
  const { json } = await client.send("Hi", "c-1");
  const path = `/conversation/c-1/${json.messageId}`;
  for (const _ of [1, 2]) {
    const reply = await client.call("POST", `${path}/cancel`);
    expect(reply).toMatchObject({
      status: 200,
      json: { conversationId: "c-1", messageId: json.messageId, status: "cancelled" },
    });
  }
  await work(client.address("c-1"));
  expect(await client.call("GET", path)).toMatchObject({
    status: 410,
    json: { error: { code: "run_cancelled" }, partial: null },
  });
  expect((await client.call("GET", "/conversation/c-1")).json.openMessageIds).toEqual([]);
});

test("a run in progress is broken off, and what was said is kept", async () => {
  const client = stack.client();
  const model = halts();
  const { json } = await client.send("Hi", "c-2");
  const working = work(client.address("c-2"));
  await model.speaking;
  const path = `/conversation/c-2/${json.messageId}`;
  const reply = await client.call("POST", `${path}/cancel`);
  expect(reply.json).toMatchObject({ status: "in_progress", cancelRequested: true });
  await model.ended;
  await working;
  expect(await client.call("GET", path)).toMatchObject({
    status: 410,
    json: { partial: "Half of an", runStatus: "cancelled" },
  });
});

test("where the table tells of its writes, a cancel is seen long before the next look", async () => {
  const minutes = 600_000;
  const policy = { ...stack.policy, leaseMs: 2 * minutes, heartbeatMs: minutes };
  const deps = { ...stack.deps, policy: { ...policy, cancelPollMs: minutes } };
  const client = stack.client();
  const speaking = Promise.withResolvers<void>();
  let isBrokenOff = false;
  stack.model.script = async function* (_request, signal) {
    yield { type: "text", text: "Half of an" };
    speaking.resolve();
    await stack.clock.sleep(20_000, signal).catch(() => {
      isBrokenOff = true;
    });
  };
  const { json } = await client.send("Hi", "c-told");
  const working = Worker.work(deps, client.address("c-told"), limits);
  await speaking.promise;
  await client.call("POST", `/conversation/c-told/${json.messageId}/cancel`);
  await working;
  expect(isBrokenOff).toBe(true);
  const reply = await client.call("GET", `/conversation/c-told/${json.messageId}`);
  expect(reply.json.runStatus).toBe("cancelled");
});

test("a run that has ended stays as it is", async () => {
  const client = stack.client();
  const { json } = await client.send("Hi", "c-3");
  await work(client.address("c-3"));
  const reply = await client.call("POST", `/conversation/c-3/${json.messageId}/cancel`);
  expect(reply.json).toMatchObject({ status: "completed", cancelRequested: false });
});

test("another client's run cannot be cancelled, nor its conversation deleted", async () => {
  const { json } = await stack.client().send("Hi", "c-4");
  const stranger = stack.client({ clientId: "client-2" });
  const cancel = await stranger.call("POST", `/conversation/c-4/${json.messageId}/cancel`);
  expect(cancel.status).toBe(404);
  expect((await stranger.call("DELETE", "/conversation/c-4")).status).toBe(404);
  expect((await stack.client().call("GET", "/conversation/c-4")).status).toBe(200);
});

test("a deleted conversation is gone with its objects, and deleting it again is no error", async () => {
  const client = stack.client();
  const text = "long ".repeat(20_000);
  const { json } = await client.send(text, "d-1");
  await work(client.address("d-1"));
  const run = await Run.peek(stack.table, client.address("d-1"), json.messageId);
  const path = run?.question.path ?? "";
  expect(await stack.objects.get(path)).toBeDefined();
  for (const _ of [1, 2]) {
    expect((await client.call("DELETE", "/conversation/d-1")).status).toBe(204);
  }
  expect(await stack.objects.get(path)).toBeUndefined();
  expect((await client.call("GET", "/conversation/d-1")).status).toBe(404);
  expect((await client.call("GET", `/conversation/d-1/${json.messageId}`)).status).toBe(404);
  expect((await client.call("DELETE", "/conversation/never")).status).toBe(404);
});

test("deleting breaks off the model, bills once and lets nothing come back", async () => {
  const client = stack.client();
  const model = halts();
  const first = await client.send("One", "d-2");
  const second = await client.send("Two", "d-2");
  const working = work(client.address("d-2"));
  await model.speaking;
  expect((await client.call("DELETE", "/conversation/d-2")).status).toBe(204);
  await model.ended;
  await working;
  // A late bell and the sweeper find nothing to do.
  await work(client.address("d-2"));
  await stack.sweepLater();
  expect(await Run.listAll(stack.table, client.address("d-2"))).toEqual([]);
  const mine = [first, second].map((reply) => reply.json.messageId);
  const billed = (await ledger()).filter((entry) => mine.includes(entry.runId));
  expect(billed.map((entry) => [entry.runId, entry.status]).toSorted(byText)).toEqual(
    mine.map((id) => [id, "cancelled"]).toSorted(byText),
  );
});

const byText = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1);

test("whoever held the conversation is fenced off by its deletion", async () => {
  const client = stack.client();
  const address = client.address("d-held");
  await client.send("Hi", "d-held");
  const held = await Conversation.Mailbox.lease(stack, address, 60_000);
  await client.call("DELETE", "/conversation/d-held");
  await client.send("New", "d-held");
  const token = held?.token ?? 0;
  expect(await Conversation.Mailbox.extend(stack, address, token, 60_000)).toBe(false);
  expect(await Conversation.Mailbox.release(stack, address, token)).toBe(false);
  const next = await Conversation.Mailbox.lease(stack, address, 60_000);
  expect(next?.token).toBeGreaterThan(token + 1);
});

test("nobody who stood still puts a deleted message once more", async () => {
  const client = stack.client();
  const address = client.address("d-put");
  const { json } = await client.send("Hi", "d-put");
  const head = await Conversation.Mailbox.lease(stack, address, 60_000);
  await client.call("DELETE", "/conversation/d-put");
  const text = "long ".repeat(20_000);
  const stored: string[] = [];
  const objects: typeof stack.objects = {
    ...stack.objects,
    put: (path, ...rest) => {
      stored.push(path);
      return stack.objects.put(path, ...rest);
    },
  };
  const again = await Run.put({ ...stack.deps, objects }, address, {
    runId: json.messageId,
    answerId: "answer",
    keyId: "key-1",
    content: [{ contentType: "text", body: text }],
    requestedModel: null,
    continues: false,
    reasoning: false,
    retentionDays: 30,
  });
  expect(again).toBe(false);
  const options = { token: head?.token ?? 0, attemptsMax: 3, parent: "system", place: 0 };
  const started = await Run.start(stack, address, json.messageId, options);
  expect(started.outcome).toBe("missing");
  expect((await client.call("GET", `/conversation/d-put/${json.messageId}`)).status).toBe(404);
  // Nor are objects left that nobody names.
  expect(stored).toHaveLength(1);
  expect(await stack.objects.get(stored[0] ?? "")).toBeUndefined();
});

test("an append whose reply was lost is not repeated for what was answered and deleted since", async () => {
  const client = stack.client();
  let isFirst = true;
  const table: typeof stack.table = {
    ...stack.table,
    async update(...call) {
      const written = await stack.table.update(...call);
      if (!isFirst || !call[1].append?.open) return written;
      isFirst = false;
      // The SDK sends it once more, and the caller sees the second reply, late.
      const again = await stack.table.update(...call);
      await work(client.address("d-lost"));
      await client.call("DELETE", "/conversation/d-lost");
      return again;
    },
  };
  const late = await stack.client({}, { table }).send("Hi", "d-lost");
  expect(late).toMatchObject({ status: 404, json: { error: { code: "not_found" } } });
  expect((await client.call("GET", "/conversation/d-lost")).status).toBe(404);
});

test("an end whose reply was lost is billed once, though its conversation is deleted before the next", async () => {
  const client = stack.client();
  let isFirst = true;
  const table: typeof stack.table = {
    ...stack.table,
    // Step by step.
    transact: async () => false,
    async update(...call) {
      const written = await stack.table.update(...call);
      if (!isFirst || call[1].set?.status !== "completed") return written;
      isFirst = false;
      const again = await stack.table.update(...call);
      await client.call("DELETE", "/conversation/d-billed");
      return again;
    },
  };
  const sent = await client.send("Hi", "d-billed");
  await Worker.work({ ...stack.deps, table }, client.address("d-billed"), limits);
  expect(isFirst).toBe(false);
  expect((await client.call("GET", "/conversation/d-billed")).status).toBe(404);
  const entries = (await ledger()).filter(({ runId }) => runId === sent.json.messageId);
  expect(entries).toMatchObject([{ status: "completed", abandoned: false }]);
});

test("a put whose reply was lost goes on to the mailbox, though another run leaves that meanwhile", async () => {
  const client = stack.client();
  await client.send("First", "d-other");
  let isFirst = true;
  const table: typeof stack.table = {
    ...stack.table,
    async put(...call) {
      const written = await stack.table.put(...call);
      // The SDK sends it once more, and the caller sees the second reply.
      return call[0].sk.startsWith("RUN#") ? stack.table.put(...call) : written;
    },
    async update(...call) {
      if (isFirst && call[1].append?.open) {
        isFirst = false;
        await work(client.address("d-other"));
      }
      return stack.table.update(...call);
    },
  };
  const late = await stack.client({}, { table }).send("Second", "d-other");
  expect([late.status, isFirst]).toEqual([200, false]);
  await work(client.address("d-other"));
  expect((await client.outcome(late)).json.status).toBe("completed");
});

test("a message that was accepted by a call whose reply was lost is not brought back by it from a deletion", async () => {
  const address = stack.client().address("d-set-aside");
  const policy = { ...stack.policy, acceptsInOne: true };
  const table: typeof stack.table = {
    ...stack.table,
    async transact(writes) {
      await stack.table.transact(writes);
      const head = await Conversation.Mailbox.read(stack.table, address);
      if (head) await Conversation.Mailbox.condemn(stack.deps, head);
      return stack.table.transact(writes);
    },
    async update(...call) {
      // It stood still until the deletion had ended.
      if (call[1].append?.open) await Conversation.Removal.remove(stack.deps, address);
      return stack.table.update(...call);
    },
  };
  await stack.client({}, { table, policy }).send("Hi", "d-set-aside");
  expect(await Conversation.Mailbox.read(stack.table, address)).toMatchObject({ open: [] });
});

test("a message sent under a deleted id starts afresh", async () => {
  const client = stack.client();
  await client.send("Old secret", "d-3");
  await work(client.address("d-3"));
  await client.call("DELETE", "/conversation/d-3");
  const { json } = await client.send("New", "d-3");
  await work(client.address("d-3"));
  const tree = await client.call("GET", "/conversation/d-3");
  expect(tree.text).not.toContain("Old secret");
  expect(tree.json.messageMap[json.messageId]).toMatchObject({ parent: "system" });
  expect(JSON.stringify(stack.model.requests.at(-1))).not.toContain("Old secret");
});

test("a deletion that breaks off is ended by whoever comes next", async () => {
  const client = stack.client();
  for (const next of ["sender", "worker", "sweeper", "deletion"]) {
    const id = `d-${next}`;
    await client.send("Old", id);
    const died = await stack
      .client({}, { objects: { ...stack.objects }, table: diesAfter(1) })
      .call("DELETE", `/conversation/${id}`);
    expect(died.status).toBe(500);
    expect((await client.call("GET", `/conversation/${id}`)).status).toBe(404);
    if (next === "sender") await client.send("New", id);
    if (next === "deletion") await client.call("DELETE", `/conversation/${id}`);
    if (next === "sweeper") {
      const rung: string[] = [];
      const runQueue = { send: async (body: string) => void rung.push(body) };
      await stack.sweepLater({ runQueue });
      expect(rung.some((body) => body.includes(`"${id}"`))).toBe(true);
    }
    if (next === "sweeper" || next === "worker") await work(client.address(id));
    const left = await Run.listAll(stack.table, client.address(id));
    expect(left.map((run) => run.runId)).toHaveLength(next === "sender" ? 1 : 0);
    const head = await Conversation.Mailbox.read(stack.table, client.address(id));
    expect(head?.doomed).toBeUndefined();
  }
});

/** A table that fails at the write after so many. */
function diesAfter(writes: number) {
  let left = writes;
  return {
    ...stack.table,
    update: async (...call: Parameters<typeof stack.table.update>) => {
      if (left-- <= 0) throw new Error("The function dies here.");
      return stack.table.update(...call);
    },
  };
}

test("messages and deletions at once leave no run without a conversation", async () => {
  const client = stack.client();
  const replies = await Promise.all(
    Array.from({ length: 24 }, (_, n) =>
      n % 4 === 3
        ? client.call("DELETE", "/conversation/mixed")
        : client.call("POST", "/conversation", messageOf(`m${n}`, "mixed")),
    ),
  );
  expect(replies.every(({ status }) => [200, 204, 404].includes(status))).toBe(true);
  const address = client.address("mixed");
  await work(address);
  const tree = await Conversation.read(stack, address);
  const shown = (tree?.runs ?? []).map((run) => run.runId);
  const stored = (await Run.listAll(stack.table, address)).map((run) => run.runId);
  expect(shown.toSorted(byText)).toEqual(stored.toSorted(byText));
  expect((tree?.runs ?? []).every((run) => run.status === "completed")).toBe(true);
});
