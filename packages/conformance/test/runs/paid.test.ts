import { ModelError, type ModelEvent, type ModelUsage } from "@outlet/core/ports";
import { UsageReport } from "@outlet/core/observability/usage-report";
import { Worker } from "@outlet/core/conversations/worker";
import { type Script, type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let stack: Stack;
/** What the model was paid, call by call. */
let paid: ModelUsage[];

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());
beforeEach(() => {
  paid = [];
});

const none = { inputTokens: 0, outputTokens: 0, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };

/** Claude Haiku 4.5: USD for a million tokens are micro-USD for one. */
const priceOf = (usage: ModelUsage): number =>
  usage.inputTokens +
  usage.outputTokens * 5 +
  usage.cacheReadInputTokens * 0.1 +
  usage.cacheWriteInputTokens * 1.25;

const pay = (usage: Partial<ModelUsage>): ModelEvent => {
  const whole = { ...none, ...usage };
  paid.push(whole);
  return { type: "usage", usage: whole };
};

const broken = () => new ModelError("model_stream_broken", true, "The connection went away");

/** Each call by the next script, the last one for ever. */
function inTurn(...scripts: Script[]): void {
  let call = 0;
  stack.model.script = (request, signal) => {
    const script = scripts[Math.min(call++, scripts.length - 1)];
    if (!script) throw new Error("No script");
    return script(request, signal);
  };
}

async function* fails(usage: Partial<ModelUsage>): AsyncGenerator<ModelEvent> {
  yield { type: "text", text: "I was about to" };
  yield pay(usage);
  throw broken();
}

async function* answers(usage: Partial<ModelUsage>): AsyncGenerator<ModelEvent> {
  for await (const event of says("Done.")) yield event.type === "usage" ? pay(usage) : event;
}

/** A bot and a run of its own, worked on until it has ended. */
async function ask(title: string) {
  const { botId } = await stack.createBot(title);
  const client = stack.client({ botId });
  const sent = await client.send("Hi", "c");
  const address = client.address("c");
  const work = (limits: { shutdown?: AbortSignal } = {}) =>
    Worker.work(stack.deps, address, { deadline: Number.MAX_SAFE_INTEGER, ...limits });
  return { botId, client, sent, work };
}

async function usageOf(botId: string) {
  const now = Date.now();
  const range = { from: now - (now % 3_600_000) - 3_600_000, to: now + 3_600_000 };
  return (await UsageReport.query(stack.deps, { botId, by: "model", ...range })).total;
}

/** Every token that the model was paid for is in the ledger, once. */
async function expectPaid(botId: string): Promise<void> {
  const total = await usageOf(botId);
  const sum = (name: keyof ModelUsage) => paid.reduce((tokens, usage) => tokens + usage[name], 0);
  for (const name of Object.keys(none) as (keyof ModelUsage)[]) {
    expect([name, total[name]]).toEqual([name, sum(name)]);
  }
  // Each entry is rounded by itself, to less than half a micro-USD.
  const exact = paid.reduce((cost, usage) => cost + priceOf(usage), 0);
  expect(Math.abs(total.costMicroUsd - exact)).toBeLessThanOrEqual(paid.length / 2);
}

test("tries that failed after they were paid for are in the cost of the run they belong to", async () => {
  inTurn(
    () => fails({ inputTokens: 100, outputTokens: 20 }),
    () => answers({ inputTokens: 100, outputTokens: 40 }),
  );
  const { botId, work } = await ask("Tries");
  await work();
  expect(paid).toHaveLength(2);
  expect(await usageOf(botId)).toMatchObject({ runs: 1, completed: 1, abandonedAttempts: 0 });
  await expectPaid(botId);
});

test("attempts that failed for good are cost and no runs; the run that failed counts once", async () => {
  inTurn(() => fails({ inputTokens: 50, outputTokens: 5, cacheWriteInputTokens: 1_000 }));
  const { botId, work } = await ask("Attempts");
  await expect
    .poll(async () => (await work(), (await usageOf(botId)).failed), { timeout: 20_000 })
    .toBe(1);
  const { attemptsMax, modelTriesMax } = stack.policy;
  expect(paid).toHaveLength(attemptsMax * modelTriesMax);
  expect(await usageOf(botId)).toMatchObject({
    runs: 1,
    failed: 1,
    abandonedAttempts: attemptsMax - 1,
    errors: { model_error: 1 },
  });
  await expectPaid(botId);
  // Rung for again, nothing is answered, and nothing counted, twice.
  await work();
  await expectPaid(botId);
});

test("what was read from the cache alone is paid for too", async () => {
  // All tries of the first attempt, so that it is another attempt which answers.
  const wasted = Array(stack.policy.modelTriesMax).fill(() =>
    fails({ cacheReadInputTokens: 10_000 }),
  ) as Script[];
  inTurn(...wasted, () => answers({ inputTokens: 1, outputTokens: 1 }));
  const { botId, work } = await ask("Cache");
  await expect
    .poll(async () => (await work(), (await usageOf(botId)).completed), { timeout: 20_000 })
    .toBe(1);
  expect((await usageOf(botId)).abandonedAttempts).toBe(1);
  await expectPaid(botId);
});

test("an attempt that a stopping worker hands over is cost, and the next one answers", async () => {
  const stopping = new AbortController();
  inTurn(
    () => fails({ inputTokens: 70, outputTokens: 7 }),
    async function* (_, signal) {
      yield { type: "text", text: "Still at" };
      stopping.abort();
      await new Promise((_resolve, reject) => {
        const end = () => reject(signal.reason as Error);
        if (signal.aborted) end();
        else signal.addEventListener("abort", end);
      });
    },
    () => answers({ inputTokens: 70, outputTokens: 9 }),
  );
  const { botId, work } = await ask("Hand over");
  await work({ shutdown: stopping.signal });
  expect(await usageOf(botId)).toMatchObject({ runs: 0, abandonedAttempts: 1, inputTokens: 70 });
  await expect
    .poll(async () => (await work(), (await usageOf(botId)).completed), { timeout: 20_000 })
    .toBe(1);
  await expectPaid(botId);
});

test("a run that is cancelled costs what it had cost by then", async () => {
  const { botId, client, sent, work } = await ask("Cancelled");
  inTurn(async function* (_, signal) {
    yield pay({ inputTokens: 30, outputTokens: 3 });
    await client.call("POST", `/conversation/c/${sent.json.messageId}/cancel`);
    await new Promise((_resolve, reject) => {
      const end = () => reject(signal.reason as Error);
      if (signal.aborted) end();
      else signal.addEventListener("abort", end);
    });
  });
  await work();
  expect(await usageOf(botId)).toMatchObject({ runs: 1, cancelled: 1 });
  await expectPaid(botId);
});
