import type { AnswerPart } from "../backend.ts";
import { BedrockException } from "../exception.ts";
import { type Counts, readChunk } from "./chunk.ts";
import { toStopReason } from "./finish-reason.ts";
import { Refusal } from "./refusal.ts";
import { ToolCalls } from "./tool-calls.ts";
import { ThinkTags } from "./think-tags.ts";
import { WholeCharacters } from "./whole-characters.ts";
import { Text } from "@outlet/core/foundation/text";

export const broken = (message: string, cause?: unknown): BedrockException =>
  new BedrockException("ModelStreamErrorException", message, { cause });

/** Characters of an answer, reasoning included: what is longer is cut as if by the token limit. */
const lengthMax = 1_000_000;

/** Counts what a server did not: its input is the request, its output what it said. */
export type Estimate = (said: string) => { input: number; output: number };

/** Puts an answer together from the chunks of a stream, or from one whole completion. */
export class AnswerReader {
  readonly #estimate: Estimate;
  readonly #tags = new ThinkTags();
  readonly #text = new WholeCharacters();
  readonly #reasoning = new WholeCharacters();
  readonly #calls = new ToolCalls();
  #said = "";
  #stop: string | undefined;
  #counts: Counts = {};

  constructor(estimate: Estimate) {
    this.#estimate = estimate;
  }

  /** What ends the answer has been said; only counts may follow. */
  get stopped(): boolean {
    return this.#stop !== undefined;
  }

  get full(): boolean {
    return this.#said.length >= lengthMax;
  }

  /** Whether the answer has ended, and nothing came: not every server streams calls. */
  get isSilent(): boolean {
    const hasEnded = this.#stop === "end_turn" || this.#stop === "tool_use";
    return hasEnded && this.#said.trim() === "" && this.#calls.isEmpty;
  }

  /** @throws Refusal where the chunk is an error. */
  *read(value: unknown): Generator<AnswerPart> {
    const chunk = readChunk(value);
    if ("error" in chunk) throw new Refusal(chunk.error);
    yield* this.#say("reasoning", this.#reasoning.read(chunk.reasoning));
    for (const { type, text } of this.#tags.read(this.#text.read(chunk.text))) {
      yield* this.#say(type, text);
    }
    for (const piece of chunk.toolCalls) {
      this.#calls.read(piece);
      // Of the answer's length, too: nothing a server sends is kept without a limit.
      this.#said += piece.input ?? "";
    }
    if (chunk.finishReason !== undefined) {
      this.#stop = toStopReason(chunk.finishReason, chunk.stopReason);
    }
    this.#counts = { ...this.#counts, ...chunk.counts };
  }

  /**
   * @param isWhole the server has said that this is all.
   * @throws ModelStreamErrorException where nobody has.
   */
  *end(isWhole: boolean): Generator<AnswerPart> {
    yield* this.#say("reasoning", this.#reasoning.end());
    for (const { type, text } of this.#tags.read(this.#text.end())) yield* this.#say(type, text);
    for (const { type, text } of this.#tags.end()) yield* this.#say(type, text);
    const reason = this.#stop ?? (this.full ? "max_tokens" : isWhole ? "end_turn" : undefined);
    if (reason === undefined)
      throw broken("The model server's stream ended before the answer did.");
    const calls = this.#calls.end();
    yield* calls.parts;
    yield { type: "stop", reason: reasonWith(reason, calls) };
    yield this.#usage();
  }

  *#say(type: "text" | "reasoning", text: string): Generator<AnswerPart> {
    const room = Text.cut(text, lengthMax - this.#said.length);
    this.#said += room;
    if (room !== "") yield { type, text: room };
  }

  #usage(): AnswerPart {
    const { prompt, cached, total, completion = restOf(total, prompt) } = this.#counts;
    // A server that does not count may say so with zeros.
    const asked = prompt || cached ? prompt : undefined;
    const answered = this.#said === "" ? completion : completion || undefined;
    const isCounted = asked !== undefined && answered !== undefined;
    const guess = isCounted ? { input: 0, output: 0 } : this.#estimate(this.#said);
    const input = asked ?? guess.input;
    const outputTokens = answered ?? guess.output;
    if (cached === undefined) return { type: "usage", inputTokens: input, outputTokens };
    // More cached than prompted: the server counts them apart, as Anthropic does.
    const inputTokens = cached > input ? input : input - cached;
    return { type: "usage", inputTokens, outputTokens, cacheReadInputTokens: cached };
  }
}

/**
 * Where there are calls the model has called, whatever the server names it; but not where one of them
 * is cut off: servers say "tool_calls" then, too.
 */
function reasonWith(reason: string, { parts, isWhole }: ReturnType<ToolCalls["end"]>): string {
  if (parts.length === 0) return reason;
  if (!isWhole) return "max_tokens";
  return reason === "end_turn" || reason === "stop_sequence" ? "tool_use" : reason;
}

const restOf = (total: number | undefined, prompt: number | undefined): number | undefined =>
  total !== undefined && prompt !== undefined && total > prompt ? total - prompt : undefined;
