import { Text } from "@outlet/core/foundation/text";

/** Bedrock's stop reasons for what servers say in `finish_reason`, in lower case. */
const stopReasons = new Map(
  Object.entries({
    stop: "end_turn",
    eos: "end_turn",
    eos_token: "end_turn",
    end: "end_turn",
    end_turn: "end_turn",
    complete: "end_turn",
    completed: "end_turn",
    stop_sequence: "stop_sequence",
    length: "max_tokens",
    max_tokens: "max_tokens",
    max_output_tokens: "max_tokens",
    max_length: "max_tokens",
    // Mistral: the context is full.
    model_length: "model_context_window_exceeded",
    model_context_window_exceeded: "model_context_window_exceeded",
    content_filter: "content_filtered",
    content_filtered: "content_filtered",
    // Gemini's and Zhipu's names, which gateways hand through.
    safety: "content_filtered",
    recitation: "content_filtered",
    blocklist: "content_filtered",
    prohibited_content: "content_filtered",
    spii: "content_filtered",
    image_safety: "content_filtered",
    sensitive: "content_filtered",
    refusal: "content_filtered",
    tool_calls: "tool_use",
    tool_use: "tool_use",
    function_call: "tool_use",
  }),
);

/**
 * A server's reason as Bedrock would say it. One that is not known goes on under its own name: it is
 * for the reader to know that it is no success.
 * @param stopReason vLLM alone names the sequence that ended the answer.
 */
export function toStopReason(finishReason: string, stopReason: unknown): string {
  const name = finishReason.trim().toLowerCase();
  const known = stopReasons.get(name);
  if (known === "end_turn" && typeof stopReason === "string" && stopReason !== "") {
    return "stop_sequence";
  }
  return known ?? (Text.cut(name.replace(/[^a-z0-9_]+/g, "_"), 64) || "unknown");
}
