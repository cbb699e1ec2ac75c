import { EventLog } from "@outlet/core/conversations/event-log";
import { Run } from "@outlet/core/conversations/run";
import { Layout } from "@outlet/core/store/layout";
import { Worker } from "@outlet/core/conversations/worker";
import { ModelError, type ModelEvent } from "@outlet/core/ports";
import { type Client, type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";
import { joined, parseEvents, type Sse } from "../../src/cuts/sse.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  stack.answer();
});
afterAll(() => stack.stop());

const streaming = { accept: "text/event-stream" };

async function* slowly(words: readonly string[], gapMs = 20): AsyncGenerator<ModelEvent> {
  for (const text of words) {
    yield { type: "text", text };
    await stack.clock.sleep(gapMs);
  }
  yield { type: "stop", reason: "end_turn" };
  yield { type: "usage", usage: { ...noTokens, inputTokens: 3, outputTokens: words.length } };
}

const noTokens = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
};

async function read(client: Client, sent: Sse[], after?: string) {
  const { conversationId, messageId } = sent[0]?.data ?? {};
  return client.call(
    "GET",
    `/conversation/${conversationId}/${messageId}/events`,
    undefined,
    after === undefined ? {} : { "last-event-id": after },
  );
}

test("a message is streamed at once where its sender asks for events", async () => {
  const words = ["Grüße ", "aus ", "München, ", "👩‍👩‍👧 ", "und ", "gute Nacht."];
  stack.model.script = () => slowly(words);
  const client = stack.client();
  const reply = await client.send("Hi", "s-1", streaming);
  expect(reply.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const events = parseEvents(reply.text);
  const messageId = events[0]?.data.messageId;
  expect(reply.headers.get("content-location")).toBe(`conversation/s-1/${messageId}/events`);
  expect(events[0]).toMatchObject({ event: "accepted", data: { conversationId: "s-1" } });
  const numbered = events.slice(1);
  expect(numbered.map(({ id }) => id)).toEqual(numbered.map((_, seq) => String(seq)));
  expect(numbered[0]).toMatchObject({ event: "attempt", data: { attempt: 1 } });
  expect(numbered.filter(({ event }) => event === "text").length).toBeGreaterThan(1);
  const answer = await client.call("GET", `/conversation/s-1/${messageId}`);
  expect(joined(numbered)).toBe(answer.json.message.content[0].body);
  expect(numbered.at(-1)).toMatchObject({
    event: "state",
    data: { status: "completed", model: answer.json.message.model, usage: answer.json.usage },
  });
  for (const [index, { id }] of numbered.entries()) {
    const rest = await read(client, events, id);
    expect(parseEvents(rest.text)).toEqual(numbered.slice(index + 1));
    // Nothing more will come: an EventSource is to connect no more.
    expect(rest.status).toBe(index === numbered.length - 1 ? 204 : 200);
  }
});

test.each([
  ["application/json", false],
  ["*/*", false],
  ["text/event-stream;q=0", false],
  ["text/event-stream;q=0.5, application/json", true],
  ["TEXT/Event-Stream", true],
])("Accept: %s: events are asked for: %s", async (accept, isStream) => {
  stack.model.script = () => says("Hello.");
  const reply = await stack.client().send("Hi", undefined, { accept });
  const type = reply.headers.get("content-type");
  expect(type?.startsWith("text/event-stream")).toBe(isStream);
});

test("an answer that is tried again begins anew, and its readers forget what was said", async () => {
  let calls = 0;
  stack.model.script = async function* (): AsyncGenerator<ModelEvent> {
    calls += 1;
    if (calls > 1) return yield* says("Right.");
    yield { type: "text", text: "Wro" };
    await stack.clock.sleep(200);
    yield { type: "text", text: "ng" };
    throw new ModelError("model_stream_broken", true, "The connection went away");
  };
  const events = parseEvents((await stack.client().send("Hi", undefined, streaming)).text);
  expect(events.filter(({ event }) => event === "attempt")).toHaveLength(2);
  expect(joined(events)).toBe("Right.");
});

test("a run that is cancelled while it waits has its end at once", async () => {
  const client = stack.client();
  const waits = Promise.withResolvers<void>();
  stack.model.script = async function* () {
    await waits.promise;
    yield* says("Late.");
  };
  await client.send("First", "s-2");
  const second = await client.send("Second", "s-2");
  const path = `/conversation/s-2/${second.json.messageId}`;
  const reading = client.call("GET", `${path}/events`);
  await client.call("POST", `${path}/cancel`);
  const events = parseEvents((await reading).text);
  expect(events).toMatchObject([{ id: "0", event: "state", data: { status: "cancelled" } }]);
  waits.resolve();
});

test("a failed run says why in its last event", async () => {
  stack.model.script = async function* (): AsyncGenerator<ModelEvent> {
    yield { type: "text", text: "I was about" };
    throw new ModelError("model_invalid_request", false, "arn:aws:secret");
  };
  const { text } = await stack.client().send("Hi", undefined, streaming);
  const events = parseEvents(text);
  expect(events.at(-1)).toMatchObject({
    event: "state",
    data: { status: "failed", error: { code: "model_error", retryable: false } },
  });
  expect(joined(events)).toBe("I was about");
  expect(text).not.toContain("arn:");
});

test("a stream whose time is over says how to go on, and going on is whole", async () => {
  stack.model.script = () => slowly(Array.from({ length: 30 }, (_, i) => `w${i} `));
  const policy = { ...stack.deps.policy, holdMaxMs: 200 };
  const client = stack.client({}, { policy });
  const events = parseEvents((await client.send("Hi", "s-3", streaming)).text);
  const all = [...events];
  while (all.at(-1)?.event === "cut") {
    const last = all.at(-1)?.data.lastEventId as string;
    expect(all.findLast(({ id }) => id !== undefined)?.id).toBe(last);
    all.push(...parseEvents((await read(client, events, last)).text));
  }
  const numbered = all.filter(({ id }) => id !== undefined);
  expect(all.filter(({ event }) => event === "cut").length).toBeGreaterThan(1);
  expect(numbered.map(({ id }) => id)).toEqual(numbered.map((_, seq) => String(seq)));
  expect(joined(numbered)).toBe(Array.from({ length: 30 }, (_, i) => `w${i} `).join(""));
});

test("a stream whose time is over with the end is not cut behind it", async () => {
  stack.model.script = () => says("Short.");
  const sent = await stack.client().send("Hi", "s-3b", streaming);
  const events = parseEvents(sent.text);
  const policy = { ...stack.deps.policy, holdMaxMs: -1 };
  const client = stack.client({}, { policy });
  const [beforeEnd] = events.slice(-2);
  const first = parseEvents((await read(client, events)).text);
  expect(first.map(({ event }) => event)).toEqual(["attempt", "cut"]);
  const last = parseEvents((await read(client, events, beforeEnd?.id)).text);
  expect(last.map(({ event }) => event)).toEqual(["state"]);
});

test("a reader of what is deleted is told so, and nothing that was said can be read", async () => {
  const waits = Promise.withResolvers<void>();
  stack.model.script = async function* () {
    yield { type: "text", text: "Secret" };
    await waits.promise;
  };
  const client = stack.client();
  const reading = client.send("Hi", "s-4", streaming);
  const sent = await client.send("Hi again", "s-4");
  const { table } = stack;
  const [first] = (await Run.listAll(table, client.address("s-4"))).filter(
    ({ runId }) => runId !== sent.json.messageId,
  );
  if (!first) throw new Error("The run is not there");
  const signal = AbortSignal.timeout(30_000);
  for await (const event of EventLog.follow(stack.deps, first, { signal, idleMs: 1_000 })) {
    if (event.kind === "text") break;
  }
  await client.call("DELETE", "/conversation/s-4");
  const events = parseEvents((await reading).text);
  waits.resolve();
  // It sees the run cancelled, as a deletion does it, or gone.
  expect(["cancelled", undefined]).toContain(events.at(-1)?.data.status);
  expect(["state", "removed"]).toContain(events.at(-1)?.event);
  expect((await read(client, events)).status).toBe(404);
  const { items } = await table.query({ pk: Layout.eventPartition(first, first.runId) });
  expect(items.length).toBeGreaterThan(0);
  expect(items.every(({ told }) => told === undefined)).toBe(true);
});

test("an id that is none of ours is refused, and so is a run that is none", async () => {
  const client = stack.client();
  stack.model.script = () => says("Hello.");
  const events = parseEvents((await client.send("Hi", "s-5", streaming)).text);
  const refused = await read(client, events, "abc");
  expect([refused.status, refused.json.error.param]).toEqual([422, "Last-Event-ID"]);
  const unknown = await client.call("GET", "/conversation/s-5/01J00000000000000000000000/events");
  expect(unknown.status).toBe(404);
  const foreign = await read(stack.client({ clientId: "other" }), events);
  expect(foreign.status).toBe(404);
});

test("a request that comes again is streamed from the beginning", async () => {
  stack.model.script = () => says("Once.");
  const client = stack.client();
  const keyed = { ...streaming, "idempotency-key": "stream-1" };
  const first = await client.send("Hi", "s-6", keyed);
  const again = await client.send("Hi", "s-6", keyed);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(parseEvents(again.text).slice(1)).toEqual(parseEvents(first.text).slice(1));
});

test("a worker that could not write down the end leaves it to the next reader", async () => {
  const client = stack.client();
  const { botId } = await stack.createBot("Alone");
  const address = { ...client.address("s-7"), botId };
  const alone = stack.client({ botId });
  stack.model.script = () => says("Done.");
  let isAway = false;
  const table: Stack["table"] = {
    ...stack.table,
    put: (item, condition) => {
      if (String(item.told).includes('"end"')) isAway = true;
      if (isAway) throw new Error("killed");
      return stack.table.put(item, condition);
    },
  };
  const worker = { ...stack.deps, table };
  const { messageId } = (await alone.send("Hi", "s-7")).json;
  await Worker.work(worker, address, { deadline: Number.MAX_SAFE_INTEGER }).catch(() => {});
  const reply = await alone.call("GET", `/conversation/s-7/${messageId}/events`);
  expect(joined(parseEvents(reply.text))).toBe("Done.");
  expect(parseEvents(reply.text).at(-1)).toMatchObject({ event: "state" });
});

test.each([
  ["the table tells of writes", 60_000],
  ["the worker has to look, as on AWS", 20],
])("whoever comes later sees the words as they are said, where %s", async (_where, lookMs) => {
  // Nobody else is rung for.
  const client = stack.client({}, { runQueue: { send: async () => {} } });
  const begun = Promise.withResolvers<void>();
  const seen = Promise.withResolvers<void>();
  stack.model.script = async function* (): AsyncGenerator<ModelEvent> {
    yield { type: "text", text: "First " };
    begun.resolve();
    await seen.promise;
    yield* says("and last.");
  };
  const { conversationId, messageId } = (await client.send("Hi")).json;
  const run = await Run.peek(stack.table, client.address(conversationId), messageId);
  if (!run) throw new Error("The run is not there");
  const table = { ...stack.table };
  if (lookMs === 20) delete table.watch;
  const policy = { ...stack.policy, cancelPollMs: lookMs };
  const deadline = Number.MAX_SAFE_INTEGER;
  const working = Worker.work({ ...stack.deps, policy, table }, run, { deadline });
  await begun.promise;
  const said: string[] = [];
  const signal = AbortSignal.timeout(25_000);
  for await (const event of EventLog.follow(stack.deps, run, { signal, idleMs: 1_000 })) {
    if (event.kind !== "text") continue;
    said.push(event.text);
    seen.resolve();
  }
  seen.resolve();
  await working;
  expect(said).toEqual(["First ", "and last."]);
});

test("where the owner has deltas switched off the whole answer comes at its end, in one piece", async () => {
  const words = Array.from({ length: 20 }, (_, i) => `w${i} `);
  stack.model.script = () => slowly(words, 15);
  const client = stack.client({ streaming: "end" });
  const events = parseEvents((await client.send("Hi", "s-8", streaming)).text);
  expect(events.map(({ event }) => event)).toEqual(["accepted", "attempt", "text", "state"]);
  expect(joined(events)).toBe(words.join(""));
});
