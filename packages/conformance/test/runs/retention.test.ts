import { Layout } from "@outlet/core/store/layout";
import { Conversation } from "@outlet/core/conversations/conversation";
import { Expiry } from "@outlet/core/maintenance/expiry";
import type { Clock } from "@outlet/core/ports";
import { Run } from "@outlet/core/conversations/run";
import { Requests } from "@outlet/core/observability/requests";
import { Worker } from "@outlet/core/conversations/worker";
import { removeExpired } from "@outlet/local/emulators/expiry";
import { type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  stack.model.script = () => says("Hello.");
});
afterAll(() => stack.stop());

const days = 86_400_000;
const later = (ms: number): Clock => ({ ...stack.clock, now: () => Date.now() + ms });
const answerAll = (address: ReturnType<ReturnType<Stack["client"]>["address"]>) =>
  Worker.work(stack.deps, address, { deadline: Number.MAX_SAFE_INTEGER });

const expireAt = (clock: Clock, stopping?: AbortSignal) =>
  removeExpired(
    {
      client: stack.clients.dynamodb,
      tableName: stack.emulators.tableName,
      table: stack.table,
      objects: stack.objects,
      clock,
    },
    stopping,
  );

test("what was said is kept as long as the publication says, then goes with its objects", async () => {
  const client = stack.client({ retentionDays: "2" });
  const { json } = await client.send("long ".repeat(20_000), "r-1", { "idempotency-key": "r-1" });
  const address = client.address("r-1");
  await answerAll(address);
  const run = await Run.peek(stack.table, address, json.messageId);
  expect(run?.question.path).toMatch(/^runs\/2d\//);
  await expireAt(later(1.9 * days));
  expect((await client.call("GET", "/conversation/r-1")).status).toBe(200);
  expect(await expireAt(later(2.1 * days))).toBeGreaterThanOrEqual(3);
  expect(await stack.objects.get(run?.question.path ?? "")).toBeUndefined();
  expect(await Run.listAll(stack.table, address)).toEqual([]);
  await expect(Requests.fromId(stack.deps, address.botId, json.messageId)).rejects.toThrow(
    "no run",
  );
  // The bot, whose times are no times to live, is still there.
  expect((await client.send("Hi", "r-1")).status).toBe(200);
});

test("removing what has expired can be broken off, and goes on another time", async () => {
  for (const id of ["s-1", "s-2"]) {
    await stack.client({ retentionDays: "1" }).send("Hi", id, { "idempotency-key": id });
  }
  // More than one page of the table: what is looked at first need not be what has expired.
  for (let i = 0; i < 120; i++) await stack.table.put({ pk: `FILLER#${i}`, sk: "x" });
  const clock = later(1.1 * days);
  const pages: number[] = [];
  const counting = { ...clock, sleep: async () => void pages.push(1) };
  expect(await expireAt(counting, AbortSignal.abort())).toBeLessThan(100);
  expect(pages).toEqual([]);
  await expireAt(counting);
  expect(pages.length).toBeGreaterThan(1);
});

test("what has expired is not shown, even where the table still has it", async () => {
  const client = stack.client({ retentionDays: "1" });
  const { json } = await client.send("Hi", "r-2");
  await answerAll(client.address("r-2"));
  const tomorrow = stack.client({}, { clock: later(1.1 * days) });
  expect((await tomorrow.call("GET", "/conversation/r-2")).status).toBe(404);
  expect((await tomorrow.call("GET", `/conversation/r-2/${json.messageId}`)).status).toBe(404);
});

test("an item that was given more time since it was read stays", async () => {
  const client = stack.client({ retentionDays: "1" });
  await client.send("Hi", "r-3");
  await answerAll(client.address("r-3"));
  const key = { pk: Layout.conversationPartition(client.address("r-3")), sk: "HEAD" };
  const stale = await stack.table.get(key);
  await stack.client({ retentionDays: "9" }).send("Again", "r-3");
  await answerAll(client.address("r-3"));
  const deps = { ...stack.deps, clock: later(2 * days) };
  expect(stale && (await Expiry.expire(deps, stale))).toBe(false);
  expect(await stack.table.get(key)).toBeDefined();
});

test("a run that nobody begins fails in the end, is billed and leaves its mailbox", async () => {
  const client = stack.client();
  const { json } = await client.send("Hi", "r-4");
  const path = `/conversation/r-4/${json.messageId}`;
  const hours = 3_600_000;
  await stack.sweep({ clock: later(5.9 * hours) });
  expect((await client.call("GET", path)).status).toBe(202);
  await stack.sweep({ clock: later(6.1 * hours) });
  const reply = await client.call("GET", path);
  expect(reply).toMatchObject({
    status: 504,
    json: { error: { code: "run_timeout" }, retryable: true, attempts: 0 },
  });
  expect(reply.json.detail).toContain("waited longer than 6 hours");
  stack.answer();
  await stack.sweep({ clock: later(6.2 * hours) });
  await client.ask("Still there?", "r-4");
  const tree = await Conversation.read(stack, client.address("r-4"));
  expect(tree?.runs.map((run) => run.status)).toEqual(["failed", "completed"]);
});
