import { type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  stack.answer();
});
afterAll(() => stack.stop());

const slowly = (ms: number) =>
  async function* (_request: unknown, signal: AbortSignal) {
    await stack.clock.sleep(ms, signal);
    yield* says("Done.");
  };

const prefer = (value: string) => ({ prefer: value });

test("a client that would wait gets message and usage with the acceptance", async () => {
  stack.model.script = slowly(150);
  const reply = await stack.client().send("Hi", undefined, prefer("respond-async, wait=5"));
  expect(reply.status).toBe(200);
  expect(reply.headers.get("preference-applied")).toBe("wait=5");
  expect(reply.json).toMatchObject({
    status: "completed",
    message: { role: "assistant", content: [{ contentType: "text", body: "Done." }] },
    usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
    error: null,
  });
});

test("what is not finished in time is accepted as ever", async () => {
  stack.model.script = slowly(3_000);
  const beganAt = performance.now();
  const reply = await stack.client().send("Hi", undefined, prefer("wait=1"));
  expect(performance.now() - beganAt).toBeGreaterThan(950);
  expect(Object.keys(reply.json)).toEqual(["conversationId", "messageId", "status"]);
  expect(reply.json.status).toBe("in_progress");
});

test("a run that fails within the wait is an accepted message with its error", async () => {
  stack.model.script = () => {
    throw new Error("a defect of ours");
  };
  const reply = await stack.client().send("Hi", undefined, prefer("wait=5"));
  expect(reply).toMatchObject({
    status: 200,
    json: { status: "failed", error: { code: "internal_error", retryable: true } },
  });
  expect(reply.text).not.toContain("a defect of ours");
});

test("a poll may wait, by query or by preference", async () => {
  const client = stack.client();
  for (const [query, headers] of [
    ["?wait=5", {}],
    ["", prefer('wait="5"; foo=bar')],
  ] as const) {
    stack.model.script = slowly(200);
    const sent = await client.send("Hi");
    const path = `/conversation/${sent.json.conversationId}/${sent.json.messageId}${query}`;
    const reply = await client.call("GET", path, undefined, headers);
    expect(reply).toMatchObject({ status: 200, json: { status: "completed" } });
  }
});

test.each(["0", "26", "1.5", "soon"])("?wait=%s is refused", async (wait) => {
  const client = stack.client();
  const sent = await client.send("Hi");
  const path = `/conversation/${sent.json.conversationId}/${sent.json.messageId}?wait=${wait}`;
  expect(await client.call("GET", path)).toMatchObject({
    status: 422,
    json: { error: { param: "wait" } },
  });
});

test.each(["wait=0", "wait=soon", "handling=strict"])(
  "a preference that makes no sense is ignored: %s",
  async (value) => {
    const reply = await stack.client().send("Hi", undefined, prefer(value));
    expect(reply.status).toBe(200);
    expect(reply.headers.get("preference-applied")).toBeNull();
  },
);

test("a preference for more than there is gets the most there is", async () => {
  stack.model.script = slowly(10);
  const reply = await stack.client().send("Hi", undefined, prefer("wait=600"));
  expect(reply.headers.get("preference-applied")).toBe("wait=25");
});

test("Retry-After grows with the wait, from 1 to 30 seconds", async () => {
  stack.model.script = slowly(2_000);
  const sent = await stack.client().send("Hi");
  const path = `/conversation/${sent.json.conversationId}/${sent.json.messageId}`;
  const hints: (string | null)[] = [];
  for (const age of [0, 15_000, 45_000, 600_000]) {
    const clock = { ...stack.clock, now: () => Date.now() + age };
    const reply = await stack.client({}, { clock }).call("GET", path);
    expect(reply.status).toBe(202);
    hints.push(reply.headers.get("retry-after"));
  }
  expect(hints).toEqual([
    "1",
    expect.stringMatching(/^[56]$/),
    expect.stringMatching(/^1[56]$/),
    "30",
  ]);
});

test("where the answer is written in the same process, nobody has to look for it", async () => {
  // A look would be a minute away.
  const policy = { ...stack.policy, waitPollMs: { first: 60_000, max: 60_000 } };
  const client = stack.client({}, { policy });
  stack.model.script = slowly(50);
  const reply = await client.send("Hi", undefined, prefer("wait=25"));
  expect(reply.json).toMatchObject({ status: "completed" });
});

test("where it is written elsewhere, it is looked for", async () => {
  const table = { ...stack.table };
  delete table.watch;
  const client = stack.client({}, { table });
  stack.model.script = slowly(50);
  const reply = await client.send("Hi", undefined, prefer("wait=25"));
  expect(reply.json).toMatchObject({ status: "completed" });
});
