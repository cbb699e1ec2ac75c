import type { ModelError, ModelErrorCode } from "../../ports/index.ts";
import type { Run } from "../run/index.ts";
import * as Text from "../../foundation/text/index.ts";

/** How an answer ends, but for what was said and what it cost. */
export type End = Pick<Run.Result, "incompleteReason" | "error" | "cause"> & {
  status: "completed" | "incomplete" | "failed";
};

interface StopRow {
  status: End["status"];
  incompleteReason: End["incompleteReason"];
  /** Of a failure: whether sending the message again may help. */
  retryable?: boolean;
  /** Of a failure: whether the model is asked once more before the run fails. */
  again?: boolean;
}

const completed: StopRow = { status: "completed", incompleteReason: null };
const cut: StopRow = { status: "incomplete", incompleteReason: "max_output_tokens" };
const filtered: StopRow = { status: "incomplete", incompleteReason: "content_filter" };
const failed: StopRow = { status: "failed", incompleteReason: null, retryable: true };

/**
 * Every reason a model is known to stop for. A reason that is not here is no success: the run fails,
 * and says its name.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
const stopRows: Record<string, StopRow> = {
  end_turn: completed,
  stop_sequence: completed,
  max_tokens: cut,
  model_context_window_exceeded: cut,
  content_filtered: filtered,
  guardrail_intervened: filtered,
  refusal: filtered,
  malformed_model_output: { ...failed, again: true },
  malformed_tool_use: { ...failed, again: true },
  // It says that it calls, and calls nothing.
  tool_use: { ...failed, retryable: false },
  tool_limit: { status: "incomplete", incompleteReason: "tool_limit" },
};

const stopRow = (reason: string): StopRow =>
  Object.hasOwn(stopRows, reason) ? (stopRows[reason] ?? failed) : failed;

/** Whether the model, asked the same again, may well stop for another reason. */
export const isWorthAnotherTry = (reason: string | null): boolean =>
  reason !== null && stopRow(reason).again === true;

/**
 * What a stop reason makes of an answer.
 * @param reason as Bedrock names it; `null` where the model gave none.
 * @param hasText whether the answer holds more than reasoning.
 */
export function endOfStop(reason: string | null, hasText: boolean): End {
  const { status, incompleteReason, retryable = true } = stopRow(reason ?? "none");
  if (status === "failed") {
    const name = reason ?? "none";
    const message = `The model did not finish its answer: it stopped for the reason "${name}".`;
    const code = hasText ? "model_error" : "model_empty_answer";
    return failure(code, message, retryable, `stop reason: ${name}`);
  }
  if (status === "completed" && !hasText) {
    const message = "The model ended its answer without saying anything. Send the message again.";
    return failure("model_empty_answer", message, true, `stop reason: ${reason}, no text`);
  }
  return { status, incompleteReason, error: null, cause: null };
}

export const failure = (
  code: Run.ErrorInfo["code"],
  message: string,
  retryable: boolean,
  cause: string | null,
): End => ({
  status: "failed",
  incompleteReason: null,
  error: { code, message, retryable },
  cause,
});

const busy = "The model is over its capacity. Send the message again in a while.";
const unusable =
  "The bot's model cannot be used at present. Its owner has to look at the model's settings.";
const unfinished = "The model did not finish its answer. Send the message again.";

/**
 * Every error of a model: what a client reads of it, for the model's own words may name accounts and
 * ARNs; and whether another attempt, later, may help where tries within one did not.
 */
const errorRows: Record<ModelErrorCode, { message: string; later: boolean }> = {
  model_throttled: { message: busy, later: true },
  model_unavailable: { message: unfinished, later: true },
  model_timeout: { message: unfinished, later: true },
  model_stream_broken: { message: unfinished, later: true },
  model_error: { message: unfinished, later: false },
  model_access_denied: { message: unusable, later: false },
  model_not_found: { message: unusable, later: false },
  model_quota_exceeded: { message: unusable, later: false },
  model_invalid_request: {
    message: "The model refused the conversation as invalid.",
    later: false,
  },
  model_input_too_long: {
    message: "The message is too long for the model. Send a shorter one.",
    later: false,
  },
  model_content_filtered: { message: "A filter refused the conversation.", later: false },
};

/** For the client. */
const messageOf = (error: ModelError): string => errorRows[error.code].message;

/** Whether another attempt should follow. */
export const isWorthAnotherAttempt = (error: ModelError): boolean =>
  error.retryable && errorRows[error.code].later;

/** What an error of the model makes of an answer, when no try follows. */
export function endOfError(error: ModelError): End {
  const cause = causeOf(error);
  if (error.code === "model_content_filtered") {
    return { status: "incomplete", incompleteReason: "content_filter", error: null, cause };
  }
  return failure("model_error", messageOf(error), error.retryable, cause);
}

/** What the owner reads of an error: on one line and bounded, as it lies in the run's item. */
export const causeOf = (error: unknown): string =>
  Text.cut(
    Text.oneLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    2_000,
  ).toWellFormed();
