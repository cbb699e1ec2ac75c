import { describe, expect, test } from "vitest";
import {
  type Clock,
  type Model,
  ModelError,
  type ModelErrorCode,
  silentLog,
} from "../../ports/index.ts";
import { generate } from "./generate.ts";

const policy = {
  modelTriesMax: 4,
  backoffMs: 500,
  backoffMaxMs: 8_000,
  throttledMaxMs: 70_000,
  runTimeMaxMs: 600_000,
};

/** A model that refuses with these codes in turn, or by the time; and a clock that sleeping moves on. */
async function ask(refusal: (now: number, tries: number) => ModelErrorCode | undefined) {
  let now = 0;
  let tries = 0;
  const clock: Clock = { now: () => now, sleep: async (ms) => void (now += ms) };
  const model: Model = {
    async *stream() {
      tries += 1;
      const code = refusal(now, tries);
      if (code) throw new ModelError(code, true, "Too many tokens, please wait");
      yield { type: "stop", reason: "end_turn" };
    },
  };
  const deps = {
    model,
    clock,
    policy,
    log: silentLog,
    randomness: { fraction: () => 1, bytes: (size: number) => new Uint8Array(size) },
  };
  const request = { modelId: "m", system: [], messages: [], stopSequences: [], metadata: {} };
  const events = generate(deps, request, "m", new AbortController().signal);
  try {
    for (;;) {
      const next = await events.next();
      if (next.done) return { end: next.value, tries, now };
    }
  } catch (error) {
    return { end: error instanceof ModelError ? error.code : error, tries, now };
  }
}

describe("a model whose quota is used up", () => {
  test("is asked until its minute is over, which counts as no try", async () => {
    const answered = await ask((now) => (now < 60_000 ? "model_throttled" : undefined));
    expect(answered).toMatchObject({ end: "end_turn" });
    expect(answered.tries).toBeGreaterThan(policy.modelTriesMax);
  });

  test("for longer than that is given up after as many tries as any other", async () => {
    const { end, now, tries } = await ask(() => "model_throttled");
    expect(end).toBe("model_throttled");
    expect(now).toBeGreaterThan(policy.throttledMaxMs);
    expect(now).toBeLessThan(policy.throttledMaxMs + 4 * policy.backoffMaxMs);
    expect(tries).toBeLessThan(25);
  });

  test("has all its tries left for what goes wrong afterwards", async () => {
    const { end, tries } = await ask((now) => (now < 30_000 ? "model_throttled" : "model_error"));
    const throttled = await ask((now) => (now < 30_000 ? "model_throttled" : undefined));
    expect([end, tries - throttled.tries]).toEqual(["model_error", policy.modelTriesMax - 1]);
  });
});

test("a model that fails is asked as often as the policy says", async () => {
  expect(await ask(() => "model_unavailable")).toMatchObject({
    end: "model_unavailable",
    tries: policy.modelTriesMax,
  });
});
