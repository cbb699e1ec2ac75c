import type { ModelTool, ModelUsage } from "./model.ts";
import type { Found } from "./retriever.ts";

/** What a model is told of a tool, and what whoever runs it has to know of it. */
export interface ToolDefinition extends ModelTool {
  /** Whether calling it twice does no more than calling it once: a crash may then repeat it. */
  isSafeToRepeat: boolean;
  limits: ToolLimits;
}

export interface ToolLimits {
  /** Milliseconds that one call may take. */
  timeMs: number;
  /** Bytes of UTF-8 that one call may bring; what is beyond is cut off and said to be. */
  sizeMax: number;
  /** Calls in one run. */
  callsMax: number;
}

/** For whom a tool is called. */
export interface ToolCaller {
  botId: string;
  runId: string;
  /** Whose quota and bill it is. */
  keyId: string;
  clientId: string;
  /** Bots that have called one another on the way here; 0 where a client asked the bot itself. */
  depth: number;
}

export interface ToolCall {
  /** As the model gave it: an object, not checked against the schema. */
  input: Record<string, unknown>;
  /** The same whenever this very call is made again, and of no other call. */
  idempotencyKey: string;
  /** {@link ToolLimits.sizeMax}: what is read beyond it is in vain. */
  sizeMax: number;
  caller: ToolCaller;
  /** Told at once of what the call has cost, for it is part of the run's cost however the call ends. */
  pay: Pay;
}

/** What another model was paid, in micro-dollars. */
export type Pay = (paid: { usage: ModelUsage; costMicroUsd: number }) => void;

/** What a call has brought beside its words. */
export interface ToolFindings {
  /** Of the bot's knowledge; `[^n]` in an answer names the one whose rank is n - 1. */
  sources?: { firstRank: number; passages: Found[] };
}

/**
 * How a call ended; the model is told. `reason` is for the model and for the owner: it holds no
 * secret and no address of ours.
 */
export type ToolOutcome =
  | ({ outcome: "ok"; content: string } & ToolFindings)
  /** Refused, or failed without effect as far as that can be known. */
  | ({ outcome: "error"; reason: string } & ToolFindings)
  /** It was sent, and nobody can say what came of it: the connection broke, for one. */
  | { outcome: "unknown"; reason: string };

export interface Tool {
  definition: ToolDefinition;
  /**
   * Calls it. Whatever the other side does is an outcome.
   * @param signal of the run and of the call's own time: the caller does not wait beyond it.
   * @throws the signal's reason, and whatever is a defect of ours.
   */
  call(call: ToolCall, signal: AbortSignal): Promise<ToolOutcome>;
}
