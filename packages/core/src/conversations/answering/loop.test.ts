import * as v from "valibot";
import { beforeEach, describe, expect, test } from "vitest";
import { Tools } from "../../bots/tools/index.ts";
import type { ModelContent, ModelEvent, ModelRequest, Tool, ToolCall } from "../../ports/index.ts";
import { answered, type Asked } from "./answering.test-support.ts";

const usage = {
  inputTokens: 10,
  outputTokens: 5,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
};

/** What the model says in each of its rounds; the last of them again and again. */
let rounds: ModelEvent[][];
let requests: ModelRequest[];
let called: (ToolCall & { name: string })[];
let tools: Tool[];

const text = (said: string): ModelEvent => ({ type: "text", text: said });
const calls = (name: string, input: object | string = {}, callId = `id-${name}`): ModelEvent => ({
  type: "toolUse",
  callId,
  name,
  input: typeof input === "string" ? input : JSON.stringify(input),
});
const stop = (reason: string): ModelEvent[] => [
  { type: "stop", reason },
  { type: "usage", usage },
];

function tool(name: string, over: Partial<Tool["definition"]> = {}, call?: Tool["call"]): Tool {
  return {
    definition: {
      name,
      description: name,
      inputSchema: { type: "object" },
      isSafeToRepeat: false,
      limits: v.parse(Tools.Limits, {}),
      ...over,
    },
    async call(request, signal) {
      called.push({ ...request, name });
      return call ? call(request, signal) : { outcome: "ok", content: `${name} says` };
    },
  };
}

beforeEach(() => {
  rounds = [[text("Fine."), ...stop("end_turn")]];
  requests = [];
  called = [];
  tools = [tool("a"), tool("b")];
});

const ask = ({ tools: use, ...over }: Partial<Omit<Asked, "model" | "offered">> = {}) =>
  answered({
    model: {
      async *stream(request) {
        requests.push(request);
        yield* rounds[Math.min(requests.length, rounds.length) - 1] ?? [];
      },
    },
    offered: { t: tools },
    tools: { allowed: ["t"], ...use },
    ...over,
  });

/** The turns that came after the question. */
const turns = (at: number): { role: string; content: ModelContent[] }[] =>
  requests[at]?.messages.slice(1) ?? [];
const resultsOf = (at: number) =>
  turns(at).flatMap(({ content }) =>
    content.flatMap((part) => (part.type === "toolResult" ? [part] : [])),
  );

describe("what Converse demands of a conversation with tools", () => {
  test("all results of a turn come in one turn of the user, in the order of the calls", async () => {
    const first = Promise.withResolvers<void>();
    tools = [
      tool("a", {}, async () => {
        await first.promise;
        return { outcome: "ok", content: "slow" };
      }),
      tool("b", {}, async () => {
        first.resolve();
        return { outcome: "ok", content: "quick" };
      }),
    ];
    rounds = [
      [text("Let me see."), calls("a"), calls("b"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    const { draft } = await ask();
    expect(turns(1)).toEqual([
      {
        role: "assistant",
        content: [
          { type: "text", text: "Let me see." },
          { type: "toolUse", callId: "id-a", name: "a", input: {} },
          { type: "toolUse", callId: "id-b", name: "b", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "toolResult", callId: "id-a", content: "slow", isError: false },
          { type: "toolResult", callId: "id-b", content: "quick", isError: false },
        ],
      },
    ]);
    expect(draft.steps[0]?.results.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(draft.text).toBe("Let me see.\n\nDone.");
    expect(draft.usage).toMatchObject({ inputTokens: 20, outputTokens: 10 });
  });

  test.each<[string, Tool["call"]]>([
    ["content", async () => ({ outcome: "ok", content: " \n" })],
    ["reason of a failure", async () => ({ outcome: "error", reason: "" })],
    ["reason of an unknown outcome", async () => ({ outcome: "unknown", reason: "\t" })],
  ])("no result is empty: a blank %s", async (_what, call) => {
    tools = [tool("a", {}, call)];
    rounds = [
      [calls("a"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    await ask();
    expect(resultsOf(1)[0]?.content).toMatch(/\w/);
  });

  test("tools are named as long as the conversation holds calls, also when they are gone", async () => {
    rounds = [
      [calls("a"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    const { draft } = await ask();
    tools = [];
    rounds = [[text("Done."), ...stop("end_turn")]];
    requests = [];
    await ask({ steps: draft.steps });
    expect(requests[0]?.tools?.map(({ name }) => name)).toEqual(["a"]);
  });

  test("reasoning goes back with its signature, block by block, before what it led to", async () => {
    const think = (part: object): ModelEvent => ({ type: "reasoning", text: "", ...part });
    rounds = [
      [
        think({ text: "First " }),
        think({ text: "this." }),
        think({ signature: "s1" }),
        think({ redactedContent: "AAEC" }),
        think({ text: "Then that." }),
        think({ signature: "s2" }),
        text("So:"),
        calls("a"),
        ...stop("tool_use"),
      ],
      [text("Done."), ...stop("end_turn")],
    ];
    const { draft } = await ask({ reasoning: true });
    expect(turns(1)[0]?.content).toEqual([
      { type: "reasoning", text: "First this.", signature: "s1", redactedContent: "" },
      { type: "reasoning", text: "", signature: "", redactedContent: "AAEC" },
      { type: "reasoning", text: "Then that.", signature: "s2", redactedContent: "" },
      { type: "text", text: "So:" },
      { type: "toolUse", callId: "id-a", name: "a", input: {} },
    ]);
    // What was signed in one round says nothing of the answer's own reasoning.
    expect(draft.reasoning.signature).toBe("");
  });

  test.each([
    ["max_tokens", '{"x":1}'],
    ["max_tokens", '{"x":'],
    ["tool_use", '{"x":"cut o'],
  ])("a call is not made where the answer stops for %s and the input is %s", async (why, input) => {
    rounds = [[text("I call"), calls("a", input), ...stop(why)]];
    const { outcome } = await ask();
    expect(called).toEqual([]);
    const end = { status: "incomplete", incompleteReason: "max_output_tokens" };
    expect(outcome).toMatchObject({ outcome: "ended", end });
  });

  test.each(["content_filtered", "guardrail_intervened"])(
    "nor where a filter has stopped it: %s",
    async (why) => {
      rounds = [[calls("a"), ...stop(why)]];
      await ask();
      expect(called).toEqual([]);
    },
  );

  test("ids and names that it would refuse go back as ones that it takes, each once", async () => {
    rounds = [
      [calls("a", {}, "x y"), calls("b", {}, "same"), calls("b", {}, "same"), ...stop("tool_use")],
      [calls("no such tool!", {}, "same"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    await ask();
    const ids = resultsOf(2).map(({ callId }) => callId);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_.:-]{1,64}$/);
    const names = turns(2).flatMap(({ content }) =>
      content.flatMap((part) => (part.type === "toolUse" ? [part.name] : [])),
    );
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });
});

describe("the loop ends", () => {
  test("after so many rounds: the model is told to answer, and calls nothing more", async () => {
    rounds = [[text("Again."), calls("a", {}, ""), ...stop("tool_use")]];
    const { outcome } = await ask({ tools: { roundsMax: 2 } });
    expect(called).toHaveLength(2);
    expect(requests).toHaveLength(3);
    expect(turns(2).at(-1)?.content.at(-1)).toMatchObject({
      type: "text",
      text: expect.stringContaining("Answer now"),
    });
    const end = { status: "incomplete", incompleteReason: "tool_limit" };
    expect(outcome).toMatchObject({ end });
  });

  test("when its time is over: what takes too long is not waited for", async () => {
    tools = [tool("a", {}, () => new Promise(() => {}))];
    rounds = [
      [calls("a"), ...stop("tool_use")],
      [text("Too late."), ...stop("end_turn")],
    ];
    const { draft } = await ask({ tools: { secondsMax: 1 } });
    expect(draft.steps[0]?.results[0]).toMatchObject({ outcome: "unknown" });
    expect(turns(1).at(-1)?.content.at(-1)).toMatchObject({ type: "text" });
    expect(draft.text).toBe("Too late.");
  });

  test("when its time was over before, in an earlier attempt", async () => {
    rounds = [
      [calls("a"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    const { draft } = await ask();
    const begun = draft.steps.map((step) => ({ ...step, results: [] }));
    [rounds, requests, called] = [[rounds[1] ?? []], [], []];
    tools = [tool("a", { isSafeToRepeat: true })];
    const again = await ask({ steps: begun, spentMs: 2_000, tools: { secondsMax: 2 } });
    expect(called).toEqual([]);
    expect(resultsOf(0)[0]).toMatchObject({ content: expect.stringContaining("no time left") });
    expect(turns(0).at(-1)?.content.at(-1)).toMatchObject({ type: "text" });
    expect(again.draft.text).toBe("Done.");
  });

  test("at once, where whoever waits breaks it off", async () => {
    const controller = new AbortController();
    tools = [
      tool("a", {}, () => {
        controller.abort("cancelled");
        return new Promise(() => {});
      }),
    ];
    rounds = [[calls("a"), ...stop("tool_use")]];
    const { outcome, draft } = await ask({ signal: controller.signal });
    expect(outcome).toEqual({ outcome: "interrupted" });
    expect(draft.steps[0]?.results).toEqual([]);
  });
});

describe("a tool", () => {
  test("that takes too long has failed, and may have done something where it is not safe to repeat", async () => {
    const limits = { ...v.parse(Tools.Limits, {}), timeMs: 100 };
    const hangs = () => new Promise<never>(() => {});
    tools = [tool("a", { limits }, hangs), tool("b", { limits, isSafeToRepeat: true }, hangs)];
    rounds = [
      [calls("a"), calls("b"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    const { draft } = await ask();
    expect(draft.steps[0]?.results.map(({ outcome }) => outcome)).toEqual(["unknown", "failed"]);
  });

  test("that throws is an outcome, without its words", async () => {
    tools = [
      tool("a", {}, async () => {
        throw new Error("password=hunter2");
      }),
    ];
    rounds = [
      [calls("a"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    const { draft } = await ask();
    expect(draft.text).toBe("Done.");
    expect(JSON.stringify(draft)).not.toContain("hunter2");
  });

  test("brings no more than it may, in whole characters, and says so", async () => {
    const limits = { ...v.parse(Tools.Limits, {}), sizeMax: 200 };
    tools = [tool("a", { limits }, async () => ({ outcome: "ok", content: "👍🏽".repeat(500) }))];
    rounds = [
      [calls("a"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    await ask();
    const said = resultsOf(1)[0]?.content ?? "";
    expect(Buffer.byteLength(said)).toBeLessThanOrEqual(200);
    expect(said).toMatch(/^(?:👍🏽)+\n\[The rest is cut off/u);
  });

  test("is called only so often in one answer", async () => {
    tools = [tool("a", { limits: { ...v.parse(Tools.Limits, {}), callsMax: 3 } })];
    rounds = [
      [calls("a", {}, "1"), calls("a", {}, "2"), ...stop("tool_use")],
      [calls("a", {}, "3"), calls("a", {}, "4"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    await ask();
    expect(called).toHaveLength(3);
    expect(resultsOf(2).at(-1)).toMatchObject({ callId: "4", isError: true });
  });

  test("gets an object, and one key for each call", async () => {
    rounds = [
      [calls("a", "[1]", "1"), calls("a", "", "2"), calls("b", { x: 1 }, "3"), ...stop("tool_use")],
      [calls("b", { x: 1 }, "4"), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    await ask();
    expect(called.map(({ input }) => input)).toEqual([{}, { x: 1 }, { x: 1 }]);
    const keys = called.map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toEqual(["R-0-1", "R-0-2", "R-1-0"]);
    expect(resultsOf(1)[0]).toMatchObject({ callId: "1", isError: true });
  });

  test("is looked for nowhere but in the allow-list", async () => {
    const names = ["c", "__proto__", "constructor", "toString", "A", "a ", "../a"];
    rounds = [
      [...names.map((name, at) => calls(name, {}, String(at))), ...stop("tool_use")],
      [text("Done."), ...stop("end_turn")],
    ];
    await ask();
    expect(called).toEqual([]);
    expect(resultsOf(1)).toHaveLength(names.length);
    expect(resultsOf(1).every(({ isError }) => isError)).toBe(true);
  });
});

test("another attempt goes on where the one before it stopped, and repeats only what is safe", async () => {
  rounds = [
    [text("One."), calls("a", {}, "1"), ...stop("tool_use")],
    [text("Two."), calls("a", {}, "2"), calls("b", {}, "3"), ...stop("tool_use")],
    [text("Three."), ...stop("end_turn")],
  ];
  tools = [tool("a"), tool("b", { isSafeToRepeat: true })];
  const { draft } = await ask();
  const before = draft.steps.map((step) => (step.round === 0 ? step : { ...step, results: [] }));
  [rounds, requests, called] = [[rounds[2] ?? []], [], []];
  const again = await ask({ steps: before });
  expect(called.map(({ name, idempotencyKey }) => [name, idempotencyKey])).toEqual([
    ["b", "R-1-1"],
  ]);
  expect(resultsOf(0).map(({ isError }) => isError)).toEqual([false, true, false]);
  expect(again.draft.text).toBe("One.\n\nTwo.\n\nThree.");
});
