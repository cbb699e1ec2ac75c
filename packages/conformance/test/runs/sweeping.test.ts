import { Conversation } from "@outlet/core/conversations/conversation";
import { Layout } from "@outlet/core/store/layout";
import { systemClock } from "@outlet/core/ports";
import { policy } from "@outlet/local/runtime/platform";
import { type Stack, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let stack: Stack;
/** Items that were read by their keys. */
let reads = 0;
/** Conversations that were rung for. */
let rung: string[] = [];

beforeAll(async () => {
  stack = await startStack({
    tap: (dynamodb) => ({
      close: () => dynamodb.close(),
      call<Output>(...call: Parameters<typeof dynamodb.call>) {
        const [operation, input] = call;
        if (operation === "GetItem") reads += 1;
        if (operation === "BatchGetItem") reads += keysIn(input);
        return dynamodb.call<Output>(...call);
      },
    }),
  });
});
afterAll(() => stack?.stop());
beforeEach(() => {
  rung = [];
});

const keysIn = (input: object): number => JSON.stringify(input).split('"pk"').length - 1;

/** Sweeps so many milliseconds from now. */
async function sweepIn(ms: number): Promise<string[]> {
  rung = [];
  const clock = { ...systemClock, now: () => Date.now() + ms };
  await stack.sweep({
    clock,
    runQueue: {
      async send(body) {
        rung.push(JSON.parse(body).conversationId);
      },
    },
  });
  return rung;
}

const { quietMs } = policy;

test("of conversations whose time has not come a sweep reads nothing but their keys", async () => {
  for (let n = 0; n < 5; n++) await stack.client().send("Hi", `quiet-${n}`);
  reads = 0;
  expect(await sweepIn(0)).toEqual([]);
  expect(reads).toBe(0);
  expect(await sweepIn(quietMs + 1_000)).toHaveLength(5);
  expect(reads).toBeGreaterThanOrEqual(5);
});

test("what waits is rung for again after as long as it has waited, and no sooner", async () => {
  await stack.client().send("Hi", "waiting");
  const isRung = async (ms: number) => (await sweepIn(ms)).includes("waiting");
  expect(await isRung(quietMs - 1_000)).toBe(false);
  expect(await isRung(3 * quietMs)).toBe(true);
  expect(await isRung(3 * quietMs + 1_000)).toBe(false);
  expect(await isRung(6 * quietMs - 1_000)).toBe(false);
  expect(await isRung(6 * quietMs + 1_000)).toBe(true);
});

test("a worker at work is left alone, and one that has died is followed at the next sweep", async () => {
  const client = stack.client();
  await client.send("Hi", "leased");
  await Conversation.Mailbox.lease(stack.deps, client.address("leased"), 5 * quietMs);
  const isRung = async (ms: number) => (await sweepIn(ms)).includes("leased");
  expect(await isRung(quietMs + 1_000)).toBe(false);
  expect(await isRung(5 * quietMs - 1_000)).toBe(false);
  expect(await isRung(5 * quietMs + 1_000)).toBe(true);
});

test("also one that came after a long wait and a ring, and however often it dies", async () => {
  const client = stack.client();
  await client.send("Hi", "died");
  const isRung = async (ms: number) => (await sweepIn(ms)).includes("died");
  const late = 20 * quietMs;
  const leaseAt = (ms: number) =>
    Conversation.Mailbox.lease(
      { ...stack.deps, clock: { ...systemClock, now: () => Date.now() + ms } },
      client.address("died"),
      quietMs,
    );
  expect(await isRung(late)).toBe(true);
  await leaseAt(late + 1_000);
  expect(await isRung(late + 2 * quietMs + 2_000)).toBe(true);
  expect(await isRung(late + 3 * quietMs + 3_000)).toBe(true);
});

test("what an earlier version noted is understood", async () => {
  const client = stack.client();
  await client.send("Hi", "older");
  const head = Layout.head(client.address("older"));
  // When it was rung for last, an hour ago.
  const openSk = Layout.openConversation(stack.bot.botId, Date.now() - 3_600_000);
  await stack.deps.table.update(head, { set: { openSk } });
  expect(await sweepIn(0)).toContain("older");
});
