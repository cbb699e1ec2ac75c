import { expect, test } from "vitest";
import type { Told } from "../told.ts";
import { ChatChunks } from "./chat-chunks.ts";
import { endedOf, runId, runOf } from "./run-fixture.ts";

function chunksOf(told: Told[], includeUsage = false) {
  const chunks = new ChatChunks(runOf(), { includeUsage });
  return [...chunks.begin(), ...told.flatMap((it) => (chunks.broken ? [] : [...chunks.push(it)]))];
}
const said = (chunks: ReturnType<typeof chunksOf>) =>
  chunks.map((chunk) => ("choices" in chunk ? chunk.choices[0] : chunk));

test("a chat's chunks begin with the role and end with the reason", () => {
  const chunks = chunksOf([
    { kind: "begun" },
    { kind: "text", text: "Hel" },
    { kind: "text", text: "lo" },
    { kind: "ended", ended: endedOf("Hello") },
  ]);
  expect(said(chunks)).toEqual([
    { index: 0, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null },
    { index: 0, delta: { content: "Hel" }, logprobs: null, finish_reason: null },
    { index: 0, delta: { content: "lo" }, logprobs: null, finish_reason: null },
    { index: 0, delta: {}, logprobs: null, finish_reason: "stop" },
  ]);
  for (const chunk of chunks) {
    expect(chunk).toMatchObject({ id: `chatcmpl-${runId}`, object: "chat.completion.chunk" });
    expect(chunk).not.toHaveProperty("usage");
  }
});

test("a chunk without choices comes only where usage was asked for", () => {
  const chunks = chunksOf([{ kind: "ended", ended: endedOf("Hi") }], true);
  expect(chunks.at(-1)).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 },
  });
  expect(chunks[0]).toHaveProperty("usage", null);
});

test("a failure ends a chat's stream with an error, and nothing follows", () => {
  const error = { code: "model_error" as const, message: "No.", retryable: false };
  const chunks = chunksOf([
    { kind: "text", text: "Hel" },
    { kind: "ended", ended: endedOf("Hel", { status: "failed", error }) },
    { kind: "ended", ended: endedOf("Hel") },
  ]);
  expect(chunks.at(-1)).toEqual({
    error: { type: "server_error", code: "model_error", message: "No.", param: null },
  });
});

test("text that turns out otherwise ends a chat's stream, for no chunk takes it back", () => {
  const chunks = chunksOf([
    { kind: "begun" },
    { kind: "text", text: "Hel" },
    { kind: "begun" },
    { kind: "text", text: "Bye" },
  ]);
  expect(chunks.at(-1)).toMatchObject({ error: { code: "model_error" } });
});

test("an answer that was cut says why", () => {
  const cut = (incompleteReason: "max_output_tokens" | "content_filter") => {
    const ended = endedOf("Hel", { status: "incomplete", incompleteReason });
    return said(chunksOf([{ kind: "ended", ended }])).at(-1);
  };
  expect(cut("max_output_tokens")).toMatchObject({ finish_reason: "length" });
  expect(cut("content_filter")).toMatchObject({ finish_reason: "content_filter" });
});
