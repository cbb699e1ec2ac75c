import type { Clock, Log } from "@outlet/core/ports";
import type { ConverseRequest } from "./converse-request.ts";
import type { Json } from "./json-value.ts";

/** Who answers: chosen by configuration. */
export type BedrockBackend =
  | { kind: "demo"; tokensPerSecond?: number }
  | {
      kind: "openai";
      /** Up to and including the version: `http://127.0.0.1:11434/v1`. */
      baseUrl: string;
      apiKey?: string;
      /** Bedrock model id → the server's own name. Ids not in it are passed on as they are. */
      models?: Record<string, string>;
    }
  | { kind: "bedrock"; region: string };

export type { Json };

/** One event of ConverseStream: its `:event-type` and its JSON body. */
export interface StreamEvent {
  name: string;
  body: { [name: string]: Json };
}

export interface Backend {
  /**
   * Answers in ConverseStream's events, from `messageStart` to `metadata`. What it throws before the
   * first event becomes an HTTP error, what it throws later an exception in the stream.
   */
  stream(request: ConverseRequest, signal: AbortSignal): AsyncIterable<StreamEvent>;
  /** Lets go of its connections. */
  close(): void;
}

/** An answer in plain words; {@link toStreamEvents} wraps it in Bedrock's events. */
export type AnswerPart =
  | { type: "text" | "reasoning"; text: string }
  /** A call, whole. `input`: JSON text. */
  | { type: "toolUse"; id: string; name: string; input: string }
  | { type: "stop"; reason: string }
  /** `inputTokens` without those read from a cache, as Bedrock counts. */
  | { type: "usage"; inputTokens: number; outputTokens: number; cacheReadInputTokens?: number };

/** @param latencyMs asked once, when the answer is complete. */
export async function* toStreamEvents(
  parts: AsyncIterable<AnswerPart>,
  latencyMs: () => number,
): AsyncGenerator<StreamEvent> {
  let block = { type: "", contentBlockIndex: -1 };
  let started = false;
  const stopBlock = (): StreamEvent[] => {
    const { type, contentBlockIndex } = block;
    return type === "" ? [] : [{ name: "contentBlockStop", body: { contentBlockIndex } }];
  };
  for await (const part of parts) {
    if (!started) yield { name: "messageStart", body: { role: "assistant" } };
    started = true;
    if (part.type === "toolUse") {
      yield* stopBlock();
      block = { type: "", contentBlockIndex: block.contentBlockIndex + 1 };
      yield* toToolUse(part, block.contentBlockIndex);
    } else if (part.type === "stop") {
      yield* stopBlock();
      yield { name: "messageStop", body: { stopReason: part.reason } };
    } else if (part.type === "usage") {
      yield { name: "metadata", body: { ...toUsage(part), metrics: { latencyMs: latencyMs() } } };
    } else {
      if (part.type !== block.type) {
        yield* stopBlock();
        block = { type: part.type, contentBlockIndex: block.contentBlockIndex + 1 };
      }
      const { text } = part;
      const delta = part.type === "text" ? { text } : { reasoningContent: { text } };
      const { contentBlockIndex } = block;
      yield { name: "contentBlockDelta", body: { contentBlockIndex, delta } };
    }
  }
}

/** The JSON of a call, in events of 40 characters: a reader has to put pieces together, as on AWS. */
function* toToolUse(
  { id, name, input }: AnswerPart & { type: "toolUse" },
  contentBlockIndex: number,
): Generator<StreamEvent> {
  const start = { toolUse: { toolUseId: id, name } };
  yield { name: "contentBlockStart", body: { contentBlockIndex, start } };
  for (const piece of input.match(/.{1,40}/gsu) ?? []) {
    const delta = { toolUse: { input: piece } };
    yield { name: "contentBlockDelta", body: { contentBlockIndex, delta } };
  }
  yield { name: "contentBlockStop", body: { contentBlockIndex } };
}

function toUsage(part: AnswerPart & { type: "usage" }): { usage: { [name: string]: Json } } {
  const { inputTokens, outputTokens, cacheReadInputTokens } = part;
  const totalTokens = inputTokens + outputTokens + (cacheReadInputTokens ?? 0);
  const cache = cacheReadInputTokens === undefined ? {} : { cacheReadInputTokens };
  return { usage: { inputTokens, outputTokens, totalTokens, ...cache } };
}

export interface BackendContext {
  clock: Clock;
  log: Log;
}
