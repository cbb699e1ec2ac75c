/** What a model is asked and how it answers, in the terms of Bedrock's Converse API. */
export type ModelContent =
  | { type: "text"; text: string }
  | { type: "image"; format: "gif" | "jpeg" | "png" | "webp"; bytes: Uint8Array }
  | { type: "document"; format: string; name: string; bytes: Uint8Array }
  /** Of the answer that calls tools, which goes back whole and unchanged with their results. */
  | ModelReasoning
  | ModelToolUse
  | { type: "toolResult"; callId: string; content: string; isError: boolean };

/** `redactedContent`: base64. Empty where it is not of that kind. */
export type ModelReasoning = {
  type: "reasoning";
  text: string;
  signature: string;
  redactedContent: string;
};

export type ModelToolUse = {
  type: "toolUse";
  callId: string;
  name: string;
  input: Record<string, unknown>;
};

/** What a model is told of a tool. */
export interface ModelTool {
  /** 1 to 64 of `a-z A-Z 0-9 _ -`: what Converse's `toolSpec` and OpenAI's `function` take. */
  name: string;
  /** Never empty: Converse refuses that. */
  description: string;
  /** JSON Schema of an object. */
  inputSchema: Record<string, unknown>;
}

export interface ModelMessage {
  role: "user" | "assistant";
  content: ModelContent[];
}

export interface ModelRequest {
  /** Bedrock model id, inference profile id or ARN. */
  modelId: string;
  system: string[];
  messages: ModelMessage[];
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stopSequences?: string[];
  /** Lets the model reason before it answers; only for models that can. */
  reasoning?: { budgetTokens: number };
  /**
   * What it may call. Given too where only the conversation holds calls: Converse refuses them
   * without it.
   */
  tools?: readonly ModelTool[];
  /** JSON that the answer has to be; `schema` is JSON Schema as text. Only for models that can. */
  format?: { name: string; schema: string | null };
  /** Key/value pairs that end up in the invocation log and the bill: bot, key, run. */
  metadata: Record<string, string>;
}

export type ModelUsage = {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheWriteInputTokens: number;
};

/** Beyond this, sums of money would not be exact. */
const countMax = 1_000_000_000;

/**
 * What a model says it used, made valid: it is written down and added up, and what is no count would
 * make both unreadable.
 */
export function toModelUsage(said: { [name in keyof ModelUsage]?: unknown }): ModelUsage {
  const count = (name: keyof ModelUsage): number => {
    const value = said[name];
    const isCount = typeof value === "number" && Number.isSafeInteger(value) && value > 0;
    return isCount ? Math.min(value, countMax) : 0;
  };
  return {
    inputTokens: count("inputTokens"),
    outputTokens: count("outputTokens"),
    cacheReadInputTokens: count("cacheReadInputTokens"),
    cacheWriteInputTokens: count("cacheWriteInputTokens"),
  };
}

export type ModelEvent =
  | { type: "text"; text: string }
  /** `redactedContent`: base64 of what the provider keeps to itself. */
  | { type: "reasoning"; text: string; signature?: string; redactedContent?: string }
  /** A call of a tool, whole. `input`: JSON text as it came, cut off perhaps; empty for `{}`. */
  | { type: "toolUse"; callId: string; name: string; input: string }
  /** By Bedrock's name, or the model server's own where Bedrock has none. */
  | { type: "stop"; reason: string }
  | { type: "usage"; usage: ModelUsage };

export type ModelErrorCode =
  | "model_throttled"
  | "model_unavailable"
  | "model_timeout"
  | "model_stream_broken"
  | "model_access_denied"
  | "model_not_found"
  | "model_quota_exceeded"
  | "model_invalid_request"
  /** The whole of what was asked is more than the model takes. */
  | "model_input_too_long"
  /** A filter refused what was asked. */
  | "model_content_filtered"
  | "model_error";

/** The model refused or broke off. `message` is for the log: it may name ARNs and accounts. */
export class ModelError extends Error {
  override name = "ModelError";
  readonly code: ModelErrorCode;
  readonly retryable: boolean;
  /** Milliseconds for which the model asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  constructor(
    code: ModelErrorCode,
    retryable: boolean,
    message: string,
    options?: ErrorOptions & { retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

export interface Model {
  /**
   * Streams one answer. Ends after `stop` and `usage`; throws {@link ModelError} where the model
   * refuses or the stream breaks, and the signal's reason when aborted.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}
