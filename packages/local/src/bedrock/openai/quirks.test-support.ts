import {
  answers,
  counts,
  data,
  done,
  type Reply,
  refuses,
  says,
  stream,
  used,
} from "./model-server.test-support.ts";

/** The one right reading of what a server said. */
export type Reading =
  | {
      text?: string;
      reasoning?: string;
      stop: string;
      /** Input, output and cached tokens; not given where they are estimated. */
      tokens?: [number, number, number];
    }
  | { code: string; retryable: boolean; said: string };

interface Quirk {
  name: string;
  reply: Reply;
  reading: Reading;
}

const ended = (text: string, stop = "end_turn", tokens: [number, number, number] = [10, 3, 0]) => ({
  text,
  stop,
  tokens,
});
const failed = (code: string, retryable: boolean, said: string): Reading => ({
  code,
  retryable,
  said,
});
const lasting = (said: string, code = "model_invalid_request") => failed(code, false, said);
const passing = (said: string, code = "model_stream_broken") => failed(code, true, said);

const quirk = (name: string, reply: Reply, reading: Reading): Quirk => ({ name, reply, reading });

const tooLong = "This model's maximum context length is 4096 tokens, and you requested 5000";
const endings: Quirk[] = [
  quirk("no finish_reason", stream(says("whole"), counts, done), ended("whole")),
  quirk("no [DONE]", stream(says("whole", "stop"), counts), ended("whole")),
  quirk(
    "neither",
    stream(says("cut off"), counts),
    passing("The model server's stream ended before the answer did."),
  ),
  quirk("an empty finish_reason", stream(says("a", ""), says("b", "stop"), counts), ended("ab")),
  quirk("text after the finish", stream(says("a", "stop"), says("b"), counts, done), ended("ab")),
  quirk("no empty line at the end", stream(says("a"), counts, "data: [DONE]"), ended("a")),
  quirk("length", stream(says("a", "length"), counts), ended("a", "max_tokens")),
  quirk("a filter", stream(says("a", "content_filter"), counts), ended("a", "content_filtered")),
  quirk("Gemini's filter", stream(says("a", "SAFETY"), counts), ended("a", "content_filtered")),
  quirk(
    "a full context",
    stream(says("a", "model_length"), counts),
    ended("a", "model_context_window_exceeded"),
  ),
  quirk("an error as its reason", stream(says("a", "error"), counts), ended("a", "error")),
  quirk("an abort as its reason", stream(says("a", "abort"), counts), ended("a", "abort")),
  quirk(
    "a reason nobody knows",
    stream(says("a", "insufficient_system_resource"), counts),
    ended("a", "insufficient_system_resource"),
  ),
  quirk("a reason that is no name", stream(says("a", "§ 1!"), counts), ended("a", "_1_")),
];

const contents: Quirk[] = [
  quirk(
    "parts with a thought",
    stream(
      says({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm." }] }] }),
      says({ content: [{ type: "text", text: "Hello" }] }, "stop"),
      counts,
    ),
    { ...ended("Hello"), reasoning: "Hm." },
  ),
  quirk(
    "a refusal",
    stream(says({ content: null, refusal: "I will not." }, "stop"), counts),
    ended("I will not."),
  ),
  quirk(
    "think tags in pieces",
    stream(says("<thi"), says("nk>\nHm.</th"), says("ink>\n\nThe <think> tag"), says("", "stop")),
    { reasoning: "Hm.", text: "The <think> tag", stop: "end_turn" },
  ),
  quirk("a thought that never ends", stream(says("<think>Hm", "length"), counts), {
    reasoning: "Hm",
    stop: "max_tokens",
    tokens: [10, 3, 0],
  }),
  quirk("a text that begins like a tag", stream(says("<"), says("3", "stop"), counts), ended("<3")),
  quirk(
    "halves of a surrogate pair",
    stream(
      data('{"choices":[{"delta":{"content":"a\\ud83d"}}]}'),
      data('{"choices":[{"delta":{"content":"\\ude00 \\ud83d"},"finish_reason":"stop"}]}'),
      counts,
    ),
    ended("a😀 \ufffd"),
  ),
  quirk(
    "null and missing content",
    stream(says({ role: "assistant", content: null }), says({}), says("x", "stop"), counts),
    ended("x"),
  ),
  quirk(
    "a message where a delta should be",
    stream(data({ choices: [{ message: { content: "x" }, finish_reason: "stop" }] }), counts),
    ended("x"),
  ),
  quirk(
    "line separators",
    stream(says("a\u2028b\u0085c", "stop"), counts),
    ended("a\u2028b\u0085c"),
  ),
  quirk("nothing at all", stream(says("", "stop"), counts), {
    stop: "end_turn",
    tokens: [10, 3, 0],
  }),
];

const said = says("x", "stop");
const tokens: Quirk[] = [
  quirk("no usage", stream(said, done), { text: "x", stop: "end_turn" }),
  quirk("usage null", stream(said, used(null), done), { text: "x", stop: "end_turn" }),
  quirk(
    "usage without the answer's tokens, then whole",
    stream(used({ prompt_tokens: 11, total_tokens: 11 }), said, counts),
    ended("x"),
  ),
  quirk(
    "usage with a total only for the answer",
    stream(said, used({ prompt_tokens: 11, total_tokens: 15 })),
    ended("x", "end_turn", [11, 4, 0]),
  ),
  quirk(
    "usage in every chunk",
    stream(
      data({
        choices: [{ delta: { content: "x" } }],
        usage: { prompt_tokens: 5, completion_tokens: 1 },
      }),
      data({
        choices: [{ delta: {}, finish_reason: "stop" }],
        usage: { prompt_tokens: 5, completion_tokens: 2 },
      }),
    ),
    ended("x", "end_turn", [5, 2, 0]),
  ),
  quirk(
    "more cached than prompted",
    stream(
      said,
      used({
        prompt_tokens: 5,
        completion_tokens: 2,
        prompt_tokens_details: { cached_tokens: 4735 },
      }),
    ),
    ended("x", "end_turn", [5, 2, 4735]),
  ),
  quirk(
    "counts that are none",
    stream(said, used({ prompt_tokens: -5, completion_tokens: 1.5, prompt_tokens_details: [] })),
    { text: "x", stop: "end_turn" },
  ),
  quirk(
    "counts past belief",
    stream(said, used({ prompt_tokens: 1e300, completion_tokens: 3, total_tokens: "13" })),
    { text: "x", stop: "end_turn" },
  ),
  quirk("zeros", stream(said, used({ prompt_tokens: 0, completion_tokens: 0 })), {
    text: "x",
    stop: "end_turn",
  }),
];

const framings: Quirk[] = [
  quirk(
    "no space after the colon",
    stream(said.replace("data: ", "data:"), counts.replace("data: ", "data:"), "data:[DONE]\n\n"),
    ended("x"),
  ),
  quirk(
    "CR LF",
    stream(said.replaceAll("\n", "\r\n"), counts.replaceAll("\n", "\r\n")),
    ended("x"),
  ),
  quirk("comments", stream(": ping\n\n", said, ": PROCESSING\n\n", counts, done), ended("x")),
  quirk("empty data", stream("data: \n\n", said, "data:\n\n", counts, done), ended("x")),
  quirk("a byte order mark", stream("\ufeff", said, counts), ended("x")),
  quirk("no empty line between", stream(said.trim(), "\n", counts.trim(), "\n", done), ended("x")),
  quirk("fields nobody knows", stream("foo: bar\n", said, "x\n\n", counts, done), ended("x")),
  quirk(
    "a chunk that says nothing",
    stream(data({ type: "ping" }), data("7"), said, counts),
    ended("x"),
  ),
  quirk(
    "JSON lines",
    stream(said.slice("data: ".length).trim(), "\n", counts.slice("data: ".length)),
    ended("x"),
  ),
  quirk(
    "a whole completion",
    answers(200, {
      object: "chat.completion",
      choices: [{ message: { content: "whole", reasoning: "Hm." }, finish_reason: "stop" }],
      usage: { prompt_tokens: 4, completion_tokens: 3 },
    }),
    { ...ended("whole", "end_turn", [4, 3, 0]), reasoning: "Hm." },
  ),
];

const errors: Quirk[] = [
  quirk(
    "an error in the first chunk",
    stream(data({ error: { code: 400, message: tooLong, type: "exceed_context_size_error" } })),
    lasting(tooLong, "model_input_too_long"),
  ),
  quirk(
    "an error in mid-stream",
    stream(says("par"), data({ error: { code: 500, message: "KV cache is full" } })),
    passing("KV cache is full", "model_unavailable"),
  ),
  quirk(
    "a lasting error in mid-stream",
    stream(says("par"), data({ error: { message: "Insufficient Balance", code: 402 } })),
    lasting("Insufficient Balance"),
  ),
  quirk("an empty error", stream(says("x", "stop", { error: "" }), counts), ended("x")),
  quirk(
    "an error object for a chunk",
    stream(data({ object: "error", message: tooLong, type: "BadRequestError", code: 400 }), done),
    lasting(tooLong, "model_input_too_long"),
  ),
  quirk(
    "an error of a choice",
    stream(says("x", "error", { error: { code: 429, message: "Slow down" } })),
    passing("Slow down", "model_throttled"),
  ),
  quirk(
    "an error line",
    stream('error: {"message":"out of memory","code":500}\n\n'),
    passing("out of memory", "model_unavailable"),
  ),
  quirk("an error event", stream("event: error\ndata: it burns\n\n"), passing("it burns")),
  quirk(
    "an error in a 200",
    answers(200, { error: "Unexpected endpoint or method. (POST /chat/completions)" }),
    lasting("Unexpected endpoint or method. (POST /chat/completions)", "model_not_found"),
  ),
  quirk(
    "a page in a 200",
    answers(200, "<!doctype html><title>Sign in</title>"),
    lasting("A page instead of an answer: Sign in", "model_not_found"),
  ),
  quirk("nothing in a 200", answers(200, ""), passing("The model server sent an empty answer.")),
  quirk(
    "words in a 200",
    answers(200, "upstream connect error"),
    passing("upstream connect error"),
  ),
  quirk("rubbish", stream(data("{")), passing("The model server sent what is no chunk: {")),
  quirk(
    "a filter's 400",
    answers(400, {
      error: { message: "The response was filtered", code: "content_filter", type: null },
    }),
    { stop: "content_filtered" },
  ),
  quirk(
    "an error of two lines, with a NUL",
    answers(400, { error: { message: "1 error:\n  body.stop\u0000 too many" } }),
    lasting("1 error: body.stop too many"),
  ),
  quirk(
    "a list of errors",
    answers(422, { detail: [{ loc: ["body", "model"], msg: "field required", type: "missing" }] }),
    lasting("field required"),
  ),
  quirk(
    "a spent quota",
    answers(429, { error: { message: "Check your plan", code: "insufficient_quota" } }),
    lasting("Check your plan", "model_quota_exceeded"),
  ),
  quirk(
    "no money",
    answers(402, { error: { message: "Insufficient Balance" } }),
    lasting("Insufficient Balance", "model_quota_exceeded"),
  ),
  quirk(
    "overload",
    answers(529, { error: { type: "overloaded_error", message: "Overloaded" } }),
    passing("Overloaded", "model_unavailable"),
  ),
  quirk(
    "a full context as a 500",
    answers(500, {
      error: {
        code: 500,
        message: "the request exceeds the available context size",
        type: "exceed_context_size_error",
      },
    }),
    lasting("the request exceeds the available context size", "model_input_too_long"),
  ),
  quirk(
    "a redirect",
    answers(302, "", { location: "https://login.example/" }),
    lasting("It leads to https://login.example/", "model_not_found"),
  ),
  quirk(
    "a page in a 502",
    answers(502, "<html><h1>Bad Gateway</h1></html>"),
    passing("Bad Gateway", "model_unavailable"),
  ),
];

const concessions: Quirk[] = [
  quirk(
    "no stream_options",
    refuses((body) => "stream_options" in body, 400, {
      error: { message: "Extra inputs are not permitted, field: 'stream_options'" },
    }),
    ended("fine"),
  ),
  quirk(
    "max_completion_tokens only",
    refuses((body) => "max_tokens" in body, 400, {
      error: {
        message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
      },
    }),
    ended("fine"),
  ),
  quirk(
    "no system role",
    refuses(({ messages }) => JSON.stringify(messages).includes('"system"'), 500, {
      error: { message: "System role not supported" },
    }),
    ended("fine"),
  ),
  quirk(
    "no temperature",
    refuses((body) => "temperature" in body, 400, {
      error: { message: "Unsupported value: 'temperature' does not support 0.5 with this model." },
    }),
    ended("fine"),
  ),
];

export const quirks = [...endings, ...contents, ...tokens, ...framings, ...errors, ...concessions];
