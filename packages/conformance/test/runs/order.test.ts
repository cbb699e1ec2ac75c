import { Conversation } from "@outlet/core/conversations/conversation";
import { StoreUnavailable } from "@outlet/core/ports";
import { Worker } from "@outlet/core/conversations/worker";
import { lastText, type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

/** What holds is seen at once; the rest is for busy machines. */
const until = <T>(act: () => T | Promise<T>): Promise<T> => vi.waitFor(act, { timeout: 30_000 });

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

test("many short runs keep their lease as one long run does", async () => {
  const client = stack.client();
  const address = client.address("short");
  const requests = stack.model.requests.length;
  const runQueue = { send: async () => {} };
  const silent = stack.client({}, { runQueue });
  for (let n = 0; n < 12; n++) await silent.send(`message ${n}`, "short");
  const script = stack.model.script;
  const clock = createManualClock();
  const tokens: (number | undefined)[] = [];
  stack.model.script = async function* (request) {
    clock.advance(100);
    // The lease is extended beside this. Then somebody who competes tries to get it.
    await until(async () => {
      const head = await Conversation.Mailbox.read(stack.table, address);
      expect(head?.leaseUntil).toBeGreaterThan(clock.now());
    });
    await Worker.work(deps, address, limits);
    tokens.push((await Conversation.Mailbox.read(stack.table, address))?.token);
    yield* says(`To ${lastText(request)}`);
  };
  // A lease shorter than all of them together.
  const policy = { ...stack.policy, leaseMs: 600, heartbeatMs: 150, cancelPollMs: 50 };
  const deps = { ...stack.deps, clock, policy };
  const limits = { deadline: Number.MAX_SAFE_INTEGER };
  await Worker.work(deps, address, limits);
  stack.model.script = script;
  const head = await Conversation.Mailbox.read(stack.table, address);
  expect(head?.open).toEqual([]);
  expect(new Set(tokens)).toEqual(new Set([1]));
  expect(stack.model.requests.length - requests).toBe(12);
});

test("a table that is away for a moment does not break off the model", async () => {
  const client = stack.client({}, { runQueue: { send: async () => {} } });
  const { json } = await client.send("Hi", "away");
  const script = stack.model.script;
  let isAway = false;
  stack.model.script = async function* (_request, signal) {
    isAway = true;
    await stack.clock.sleep(300, signal);
    isAway = false;
    await stack.clock.sleep(300, signal);
    yield* says("Here.");
  };
  const table = {
    ...stack.table,
    get: async (key: Parameters<typeof stack.table.get>[0]) => {
      if (isAway) throw new StoreUnavailable("away");
      return stack.table.get(key);
    },
  };
  const policy = { ...stack.policy, leaseMs: 4_000, heartbeatMs: 500, cancelPollMs: 50 };
  const limits = { deadline: Number.MAX_SAFE_INTEGER };
  await Worker.work({ ...stack.deps, table, policy }, client.address("away"), limits);
  stack.model.script = script;
  const reply = await client.call("GET", `/conversation/away/${json.messageId}`);
  expect(reply.json).toMatchObject({ status: "completed" });
});

/** Time that passes only when it is told to. */
function createManualClock() {
  let now = Date.now();
  let sleepers: { dueAt: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        if (ms <= 0) return resolve();
        sleepers.push({ dueAt: now + ms, wake: resolve });
      }),
    advance(ms: number) {
      now += ms;
      const due = sleepers.filter(({ dueAt }) => dueAt <= now);
      sleepers = sleepers.filter(({ dueAt }) => dueAt > now);
      for (const { wake } of due) wake();
    },
  };
}
