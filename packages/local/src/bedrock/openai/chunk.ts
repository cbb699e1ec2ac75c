import { isRecord, type JsonRecord, recordOf } from "./json.ts";
import { readWords, type Words } from "./refusal.ts";

/** Token counts as far as a server gives them; each may be missing. */
export interface Counts {
  prompt?: number;
  completion?: number;
  cached?: number;
  total?: number;
}

/** A piece of a call, or the whole of it; what a server does not say is missing. */
export interface CallPiece {
  index?: number;
  id?: string;
  name?: string;
  /** A piece of JSON text. */
  input?: string;
}

/** One piece of an answer, or the whole of it, in neutral terms. */
export interface Chunk {
  reasoning: string;
  text: string;
  toolCalls: CallPiece[];
  finishReason?: string;
  /** vLLM alone names the sequence that ended the answer. */
  stopReason?: unknown;
  counts: Counts;
}

/** What servers call reasoning: vLLM, llama.cpp and DeepSeek, then Ollama and OpenRouter, then others. */
const reasoningNames = ["reasoning_content", "reasoning", "reasoning_text", "thinking"];

/**
 * Reads a chunk of a stream, or a whole completion, whatever of it is missing or has another type.
 * @returns `error` in the server's words where it is one.
 */
export function readChunk(value: unknown): Chunk | { error: Words } {
  const chunk = recordOf(value);
  const error = errorOf(value, chunk);
  if (error) return { error };
  const choices = Array.isArray(chunk["choices"]) ? chunk["choices"].filter(isRecord) : [];
  const choice = choices.find(({ index }) => index === undefined || index === 0) ?? {};
  const { finish_reason: finishReason, stop_reason: stopReason } = choice;
  const failed = readWords(choice["error"]);
  if (failed) return { error: failed };
  // `message` in a whole completion, `text` in the older kind of it.
  const said = isRecord(choice["delta"]) ? choice["delta"] : recordOf(choice["message"]);
  const content = readContent(said["content"] ?? choice["text"]);
  const refusal = typeof said["refusal"] === "string" ? said["refusal"] : "";
  return {
    reasoning: reasoningOf(said) + content.reasoning,
    text: content.text + refusal,
    toolCalls: readCalls(said["tool_calls"]),
    ...(typeof finishReason === "string" && finishReason.trim() !== "" ? { finishReason } : {}),
    stopReason,
    counts: readCounts(chunk["usage"] ?? choice["usage"]),
  };
}

function errorOf(value: unknown, chunk: JsonRecord): Words | undefined {
  const inside = readWords(chunk["error"]);
  if (inside) return readWords(value) ?? inside;
  // vLLM, FastAPI and gateways put the error where a chunk should be.
  const isAnswer = Array.isArray(chunk["choices"]) || isRecord(chunk["usage"]);
  return isAnswer ? undefined : readWords(value);
}

function reasoningOf(said: JsonRecord): string {
  const found = reasoningNames
    .map((name) => said[name])
    .find((text) => text !== "" && text != null);
  return found === undefined ? "" : textOf(found);
}

/** Some servers send the arguments as an object, and most numbers may be missing. */
function readCalls(value: unknown): CallPiece[] {
  const pieces = Array.isArray(value) ? value : isRecord(value) ? [value] : [];
  return pieces.filter(isRecord).map((piece): CallPiece => {
    const called = recordOf(piece["function"]);
    const { index, id } = piece;
    const name = called["name"] ?? piece["name"];
    const said = called["arguments"] ?? piece["arguments"];
    const input = isRecord(said) ? JSON.stringify(said) : said;
    return {
      ...(typeof index === "number" ? { index } : {}),
      ...(typeof id === "string" && id !== "" ? { id } : {}),
      ...(typeof name === "string" && name !== "" ? { name } : {}),
      ...(typeof input === "string" ? { input } : {}),
    };
  });
}

/** Text, a part with text, or a list of them. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).join("");
  const part = recordOf(value);
  const text = part["text"] ?? part["content"];
  return text === undefined ? "" : textOf(text);
}

/** A string, or a list of parts such as Mistral's `thinking` and `text`. */
function readContent(content: unknown): { reasoning: string; text: string } {
  if (!Array.isArray(content)) return { reasoning: "", text: textOf(content) };
  let [reasoning, text] = ["", ""];
  for (const part of content) {
    const { type, thinking, reasoning: thought } = recordOf(part);
    const isThought = type === "thinking" || type === "reasoning";
    if (isThought) reasoning += textOf(thinking ?? thought ?? part);
    else if (typeof part === "string" || type === "text" || type === "output_text") {
      text += textOf(part);
    }
  }
  return { reasoning, text };
}

/** Beyond this a count is a mistake, and would not be exact in sums of money. */
const countMax = 1_000_000_000;

function readCounts(value: unknown): Counts {
  const usage = recordOf(value);
  const details = recordOf(usage["prompt_tokens_details"] ?? usage["input_tokens_details"]);
  return {
    ...count("prompt", usage["prompt_tokens"] ?? usage["input_tokens"]),
    ...count("completion", usage["completion_tokens"] ?? usage["output_tokens"]),
    ...count("cached", details["cached_tokens"]),
    ...count("total", usage["total_tokens"]),
  };
}

function count(name: keyof Counts, value: unknown): Counts {
  const counts = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= countMax;
  return counts ? { [name]: Number(value) } : {};
}
