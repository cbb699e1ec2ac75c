import { ModelError, type ModelErrorCode, type ModelEvent } from "@outlet/core/ports";
import { type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  stack.answer();
});
afterAll(() => stack.stop());
beforeEach(() => {
  stack.model.requests.length = 0;
});

/** How the run ended, as a client sees it. */
async function ended(conversationId?: string) {
  const { json } = await stack.client().ask("Question", conversationId);
  return {
    status: json.runStatus ?? json.status,
    reason: json.incompleteDetails?.reason ?? json.error?.code ?? null,
    detail: json.detail ?? null,
    retryable: json.retryable ?? null,
  };
}

/** The words of a request's messages, each after its role. */
const seen = () =>
  stack.model.requests
    .at(-1)
    ?.messages.map(({ role, content }) =>
      [role, ...content.map((part) => (part.type === "text" ? part.text : part.type))].join(": "),
    );

async function* thinks(stop: string): AsyncGenerator<ModelEvent> {
  yield { type: "reasoning", text: "Hmm." };
  yield* says("", stop);
}

describe("an answer that stops for", () => {
  test.each([
    ["end_turn", "completed", null],
    ["stop_sequence", "completed", null],
    ["max_tokens", "incomplete", "max_output_tokens"],
    ["model_context_window_exceeded", "incomplete", "max_output_tokens"],
    ["content_filtered", "incomplete", "content_filter"],
    ["guardrail_intervened", "incomplete", "content_filter"],
    ["refusal", "incomplete", "content_filter"],
    ["malformed_model_output", "failed", "model_error"],
    ["malformed_tool_use", "failed", "model_error"],
    ["tool_use", "failed", "model_error"],
    ["pause_turn", "failed", "model_error"],
    ["a_reason_of_tomorrow", "failed", "model_error"],
    ["constructor", "failed", "model_error"],
  ])("%s is %s for %s", async (stop, status, reason) => {
    stack.model.script = () => says("The first of ten steps is", stop);
    const outcome = await ended();
    expect(outcome).toMatchObject({ status, reason });
    if (status === "failed") expect(outcome.detail).toContain(stop);
  });

  test("malformed output is asked for once more before it fails", async () => {
    let tries = 0;
    stack.model.script = () =>
      ++tries === 1 ? says("{", "malformed_model_output") : says("Whole.");
    expect(await ended()).toMatchObject({ status: "completed" });
    expect(tries).toBe(2);
  });
});

describe("an answer without a word", () => {
  test.each([
    ["nothing", () => says("")],
    ["white space", () => says(" \n")],
    ["reasoning alone", () => thinks("end_turn")],
    ["a tool that nobody offered", () => says("", "tool_use")],
  ])("of %s is no success, and its question stays in the conversation", async (_what, script) => {
    const conversationId = `empty-${_what.length}`;
    stack.model.script = script;
    expect(await ended(conversationId)).toMatchObject({
      status: "failed",
      reason: "model_empty_answer",
    });
    stack.model.script = () => says("Here.");
    await stack.client().ask("And now?", conversationId);
    expect(seen()).toEqual([
      "user: Question",
      "assistant: [There was no answer.]",
      "user: And now?",
    ]);
  });

  test("that ran into the limit while reasoning is continued with its question", async () => {
    stack.model.script = () => thinks("max_tokens");
    const sent = await stack.client().send("Question", "thought");
    expect((await stack.client().outcome(sent)).json.status).toBe("incomplete");
    stack.model.script = () => says("Here.");
    const body = {
      conversationId: "thought",
      message: { content: [{ contentType: "text", body: "" }] },
      continueGenerate: true,
    };
    const more = await stack.client().call("POST", "/conversation", body);
    expect((await stack.client().outcome(more)).json.status).toBe("completed");
    expect(seen()).toEqual([
      "user: Question",
      "assistant: [There was no answer.]",
      expect.stringContaining("before your answer began"),
    ]);
  });
});

describe("a model that refuses with", () => {
  const rows: [ModelErrorCode, boolean, number, string, string | null][] = [
    ["model_throttled", true, 12, "failed", "model_error"],
    ["model_error", true, 4, "failed", "model_error"],
    ["model_quota_exceeded", false, 1, "failed", "model_error"],
    ["model_invalid_request", false, 1, "failed", "model_error"],
    ["model_content_filtered", false, 1, "incomplete", "content_filter"],
  ];
  test.each(rows)("%s (retryable: %s) is asked %i times and is %s", async (...row) => {
    const [code, retryable, tries, status, reason] = row;
    stack.model.script = () => {
      throw new ModelError(code, retryable, "no\nmore");
    };
    expect(await ended()).toMatchObject({ status, reason });
    expect(stack.model.requests).toHaveLength(tries);
  });

  test("a time to come back is asked again no sooner", async () => {
    const asked: number[] = [];
    stack.model.script = () => {
      asked.push(Date.now());
      if (asked.length > 2) return says("Here.");
      throw new ModelError("model_throttled", true, "later", { retryAfterMs: 300 });
    };
    expect(await ended()).toMatchObject({ status: "completed" });
    const waits = asked.slice(1).map((at, before) => at - (asked[before] ?? 0));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(299);
  });

  test("a time past the run's own is not waited for", async () => {
    stack.model.script = () => {
      throw new ModelError("model_throttled", true, "tomorrow", { retryAfterMs: 86_400_000 });
    };
    expect(await ended()).toMatchObject({ status: "failed", retryable: true });
    expect(stack.model.requests).toHaveLength(1);
  });
});

describe("a conversation that outgrows the model", () => {
  /** Counts one token for each character, and refuses more than so many. */
  const takes = (max: number) => {
    stack.model.script = (request) => {
      const said = request.messages.flatMap(({ content }) => content);
      const tokens = said.reduce(
        (sum, part) => sum + (part.type === "text" ? part.text.length : 0),
        0,
      );
      if (tokens <= max) return says("Fine.");
      const message = `prompt is too long: ${tokens} tokens > ${max} maximum`;
      throw new ModelError("model_input_too_long", false, message);
    };
  };

  test("goes on with as much of it as fits, and is not refused anew each time", async () => {
    takes(10_000);
    const client = stack.client();
    for (let turn = 0; turn < 6; turn++) {
      const { json } = await client.ask("漢".repeat(4_000), "long");
      expect(json.status).toBe("completed");
    }
    stack.model.requests.length = 0;
    expect((await client.ask("短", "long")).json.status).toBe("completed");
    expect(stack.model.requests.length).toBeLessThanOrEqual(2);
    expect(stack.model.requests.at(-1)?.messages.length).toBeGreaterThan(1);
  });

  test("fails where the message alone is too long, and takes the next one", async () => {
    takes(1_000);
    const client = stack.client();
    const { json } = await client.ask("漢".repeat(4_000), "huge");
    expect(json).toMatchObject({ runStatus: "failed", retryable: false });
    expect(json.detail).toContain("too long");
    expect((await client.ask("短", "huge")).json.status).toBe("completed");
  });
});
