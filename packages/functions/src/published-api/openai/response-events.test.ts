import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Told } from "../told.ts";
import { ResponseEvents, type ResponseEvent } from "./response-events.ts";
import { endedOf, runId, runOf } from "./run-fixture.ts";

function eventsOf(told: Told[], run = runOf()): ResponseEvent[] {
  const events = new ResponseEvents(run);
  return [...events.begin(), ...told.flatMap((it) => [...events.push(it)])];
}
const typesOf = (events: ResponseEvent[]) =>
  events.map(({ type }) => type.replace(/^response\./, ""));
const say = (text: string): Told => ({ kind: "text", text });
const begun: Told = { kind: "begun" };

/** What a client that keeps items apart has of the last message. */
function textOf(events: ResponseEvent[]): string {
  let text = "";
  for (const event of events) {
    if (event.type === "response.output_item.added") text = "";
    if (event.type === "response.output_text.delta") text += String(event.delta);
  }
  return text;
}

describe("the order of events", () => {
  test("of a text", () => {
    const events = eventsOf([
      begun,
      say("Hel"),
      say("lo"),
      { kind: "ended", ended: endedOf("Hello") },
    ]);
    expect(typesOf(events)).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "completed",
    ]);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, i) => i));
    expect(events[2]).toEqual({
      type: "response.output_item.added",
      sequence_number: 2,
      output_index: 0,
      item: {
        id: `msg_${runId}`,
        type: "message",
        status: "in_progress",
        role: "assistant",
        content: [],
      },
    });
    expect(events[6]).toMatchObject({
      item_id: `msg_${runId}`,
      output_index: 0,
      content_index: 0,
      text: "Hello",
      logprobs: [],
    });
    expect(events.at(-1)?.response).toMatchObject({
      id: `resp_${runId}`,
      object: "response",
      status: "completed",
      instructions: null,
      tools: [],
      usage: { input_tokens: 10, output_tokens: 4, total_tokens: 14 },
      output: [{ id: `msg_${runId}`, content: [{ text: "Hello", annotations: [], logprobs: [] }] }],
    });
  });

  test("of what runs in the background begins with queued", () => {
    const run = runOf();
    if (run.asked) run.asked.background = true;
    const events = eventsOf([begun, { kind: "ended", ended: endedOf("Hi") }], run);
    expect(typesOf(events).slice(0, 3)).toEqual(["created", "queued", "in_progress"]);
  });

  test("with reasoning has it as an item before the message", () => {
    const events = eventsOf([
      begun,
      { kind: "reasoning", text: "Hm" },
      say("Hi"),
      { kind: "ended", ended: endedOf("Hi", {}, "Hm") },
    ]);
    expect(typesOf(events).slice(2, 8)).toEqual([
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
    ]);
    const added = events.filter(({ type }) => type === "response.output_item.added");
    expect(added.map(({ output_index }) => output_index)).toEqual([0, 1]);
  });

  test("of a failure is an error, then response.failed, with nothing done", () => {
    const error = { code: "model_error" as const, message: "No.", retryable: false };
    const ended = endedOf("Hel", { status: "failed", error });
    const events = eventsOf([begun, say("Hel"), { kind: "ended", ended }]);
    expect(typesOf(events).slice(-3)).toEqual(["output_text.delta", "error", "failed"]);
    expect(events.at(-2)?.error).toEqual({
      type: "server_error",
      code: "model_error",
      message: "No.",
      param: null,
    });
    expect(events.at(-1)?.response).toMatchObject({
      status: "failed",
      error: { code: "model_error", type: "server_error", param: null },
      output: [{ status: "incomplete" }],
    });
  });

  test("of a cancel ends as incomplete, for there is no event of its name", () => {
    const events = eventsOf([
      begun,
      say("Hel"),
      { kind: "ended", ended: endedOf("Hel", { status: "cancelled" }) },
    ]);
    expect(typesOf(events).at(-1)).toBe("incomplete");
    expect(events.at(-1)?.response).toMatchObject({
      status: "cancelled",
      incomplete_details: { reason: "cancelled" },
    });
  });

  test("of what was cancelled in the queue has no item", () => {
    const events = eventsOf([{ kind: "ended", ended: endedOf("", { status: "cancelled" }) }]);
    expect(typesOf(events)).toEqual(["created", "in_progress", "incomplete"]);
  });

  test("names the sources of an answer at its end", () => {
    const chunk = { content: "x", contentType: "text/plain", rank: 0 };
    const ended = {
      ...endedOf("Hi"),
      usedChunks: [
        { ...chunk, source: "a.pdf" },
        { ...chunk, source: "https://example.com/b", rank: 1 },
        { ...chunk, source: "a.pdf", rank: 2 },
      ],
    };
    const events = eventsOf([begun, say("Hi"), { kind: "ended", ended }]);
    const named = events.filter(({ type }) => type.endsWith("annotation.added"));
    expect(named.map(({ annotation }) => annotation)).toEqual([
      { type: "file_citation", file_id: "a.pdf", filename: "a.pdf", index: 2 },
      {
        type: "url_citation",
        url: "https://example.com/b",
        title: "https://example.com/b",
        start_index: 2,
        end_index: 2,
      },
    ]);
  });
});

describe("an attempt that is repeated", () => {
  test("is not noticed where it says the same", () => {
    const events = eventsOf([
      begun,
      say("Hel"),
      begun,
      say("H"),
      say("ello"),
      { kind: "ended", ended: endedOf("Hello") },
    ]);
    const deltas = events.flatMap(({ delta }) => (typeof delta === "string" ? [delta] : []));
    expect(deltas).toEqual(["Hel", "lo"]);
  });

  test("leaves an item behind that is not whole where it says something else", () => {
    const events = eventsOf([
      begun,
      say("Hel"),
      begun,
      say("Good"),
      say("bye"),
      { kind: "ended", ended: endedOf("Goodbye") },
    ]);
    const done = events.filter(({ type }) => type === "response.output_item.done");
    expect(done.map(({ item }) => item)).toMatchObject([
      { id: `msg_${runId}`, status: "incomplete", content: [{ text: "Hel" }] },
      { id: `msg_${runId}_1`, status: "completed", content: [{ text: "Goodbye" }] },
    ]);
  });

  test("ends in the answer's text, however often and wherever it is broken off", () => {
    const piece = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 });
    const attempt = fc.array(piece, { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 4 }), (attempts) => {
        const answer = attempts.at(-1)?.join("") ?? "";
        const told = attempts.flatMap((pieces) => [begun, ...pieces.map(say)]);
        const events = eventsOf([...told, { kind: "ended", ended: endedOf(answer) }]);
        expect(textOf(events)).toBe(answer);
        expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, i) => i));
      }),
    );
  });
});
