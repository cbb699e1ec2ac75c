import * as v from "valibot";
import { expect, test } from "vitest";
import { Tools } from "../../bots/tools/index.ts";
import type { Model, Tool } from "../../ports/index.ts";
import { answered } from "./answering.test-support.ts";
import { Answering } from "./index.ts";

const none = { cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
const usage = { inputTokens: 10, outputTokens: 5, ...none };
/** A round of the model, at $1 and $5 a million tokens. */
const roundCost = 10 + 5 * 5;
const paid = { usage: { inputTokens: 100, outputTokens: 5, ...none }, costMicroUsd: 7 };

/** Calls the tool, then answers. */
const model: Model = {
  async *stream({ messages }) {
    const isFirst = messages.length === 1;
    if (isFirst) yield { type: "toolUse", callId: "a", name: "a", input: "{}" };
    else yield { type: "text", text: "Done." };
    yield { type: "stop", reason: isFirst ? "tool_use" : "end_turn" };
    yield { type: "usage", usage };
  },
};

/** A tool that pays, and then ends like this. */
const toolThat = (end: Tool["call"]): Tool => ({
  definition: {
    name: "a",
    description: "a",
    inputSchema: { type: "object" },
    isSafeToRepeat: false,
    limits: { ...v.parse(Tools.Limits, {}), timeMs: 100 },
  },
  call(call, signal) {
    call.pay(paid);
    return end(call, signal);
  },
});

const ask = (tool: Tool, signal?: AbortSignal) =>
  answered({ model, offered: { t: [tool] }, tools: { allowed: ["t"] }, signal });

const ends: [string, Tool["call"]][] = [
  ["succeeds", async () => ({ outcome: "ok", content: "Fine." })],
  ["fails", async () => ({ outcome: "error", reason: "No." })],
  ["takes too long", () => new Promise(() => {})],
  [
    "throws",
    async () => {
      throw new Error("Oh.");
    },
  ],
];
test.each(ends)("what a call costs is the run's, also where it %s", async (_how, end) => {
  const { draft } = await ask(toolThat(end));
  expect(draft.steps[0]?.results[0]).toMatchObject(paid);
  expect(draft.usage).toMatchObject({ inputTokens: 120, outputTokens: 15 });
  expect(Answering.costOf(draft)).toBe(2 * roundCost + 7);
  // Of the last round no step tells.
  expect(Answering.unkept(draft)).toEqual({ usage, costMicroUsd: roundCost });
});

test("what a call costs is paid though the run is broken off before its result", async () => {
  const controller = new AbortController();
  const tool = toolThat(() => {
    controller.abort("cancelled");
    return new Promise(() => {});
  });
  const { draft } = await ask(tool, controller.signal);
  expect(draft.steps[0]?.results).toEqual([]);
  expect(Answering.costOf(draft)).toBe(roundCost + 7);
  // Another attempt takes over the round, and not the call.
  expect(Answering.unkept(draft)).toEqual(paid);
});
