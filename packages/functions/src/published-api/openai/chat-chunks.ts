import type { Run } from "@outlet/core/conversations/run";
import type { Told } from "../told.ts";
import { type Ended, errorOf, reasoningOf, saidOf } from "./answer.ts";
import { chatHead, chatUsage, finishReasonOf } from "./chat-object.ts";
import { Unfolding } from "./unfolding.ts";

/** A chunk of a chat stream, or the error that ends it. */
export type ChatChunk =
  | { object: "chat.completion.chunk"; choices: object[]; usage?: object | null }
  | { error: object };

/**
 * A run's log as chunks of chat completions. There is no chunk that takes text back: where a repeated
 * attempt comes out otherwise than readers were told, the stream ends with an error.
 */
export class ChatChunks {
  readonly #run: Run.State;
  readonly #includeUsage: boolean;
  readonly #text = new Unfolding();
  #reasoning = new Unfolding();
  #began = false;
  /** Nothing may follow. */
  broken = false;

  constructor(run: Run.State, options: { includeUsage: boolean }) {
    this.#run = run;
    this.#includeUsage = options.includeUsage;
  }

  *begin(): Generator<ChatChunk> {
    yield this.#chunk({ role: "assistant", content: "" });
  }

  *push(told: Told): Generator<ChatChunk> {
    switch (told.kind) {
      case "begun":
        this.#text.restart();
        this.#reasoning.restart();
        break;
      case "reasoning":
        yield* this.#reason(this.#reasoning.add(told.text));
        break;
      case "text":
        yield* this.#say(this.#text.add(told.text));
        break;
      // A chat's chunks have no place for calls that are not the client's to make.
      case "tool":
        break;
      case "ended":
        yield* this.#end(told.ended);
    }
  }

  *#reason(more: string | undefined): Generator<ChatChunk> {
    // Reasoning that comes out otherwise is no answer: the rest of it is not shown.
    if (more && !this.#began) yield this.#chunk({ reasoning_content: more });
  }

  *#say(more: string | undefined): Generator<ChatChunk> {
    if (more === undefined) {
      yield* this.#fail({
        type: "server_error",
        code: "model_error",
        message: "The model broke off and began another answer. Send the messages again.",
        param: null,
      });
    } else if (more) {
      this.#began = true;
      yield this.#chunk({ content: more });
    }
  }

  *#end({ run, answer }: Ended): Generator<ChatChunk> {
    if (run.status === "failed" || run.status === "cancelled") {
      return yield* this.#fail(errorOf(run));
    }
    const reasoning = reasoningOf(answer);
    if (reasoning && this.#reasoning.given === "")
      yield* this.#reason(this.#reasoning.end(reasoning));
    yield* this.#say(this.#text.end(saidOf(answer)));
    if (this.broken) return;
    yield this.#chunk({}, finishReasonOf(run));
    if (this.#includeUsage) {
      yield { ...this.#head(), choices: [], usage: chatUsage(run) };
    }
  }

  *#fail(error: object): Generator<ChatChunk> {
    this.broken = true;
    yield { error };
  }

  #head() {
    return { ...chatHead(this.#run), object: "chat.completion.chunk" as const };
  }

  #chunk(delta: object, finish_reason: string | null = null): ChatChunk {
    return {
      ...this.#head(),
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
      ...(this.#includeUsage ? { usage: null } : {}),
    };
  }
}
