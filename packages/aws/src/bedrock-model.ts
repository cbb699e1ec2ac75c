import { type Model, ModelError, type ModelEvent, toModelUsage } from "@outlet/core/ports";
import * as Text from "@outlet/core/foundation/text";
import * as v from "valibot";
import { toModelError } from "./bedrock-error.ts";
import { toConverse } from "./converse-request.ts";
import type { ConverseClient, ConverseEvent } from "./lean/converse.ts";

/**
 * Bedrock's ConverseStream as the {@link Model} port. It sends each request once: whoever calls the
 * model knows best when to try again.
 *
 * Blank text is left out and neighbours of one role are joined, because Bedrock refuses both.
 * @example
 * const model = createBedrockModel({ client: createConverseClient({ region: "us-east-1" }) });
 * for await (const event of model.stream(request, signal)) …
 */
export function createBedrockModel({ client }: { client: ConverseClient }): Model {
  return {
    async *stream(request, signal) {
      signal.throwIfAborted();
      const body = toConverse(request);
      const reader = new EventReader();
      try {
        // Leaving them, as a reader who stops early does, hangs up.
        for await (const event of client.stream(request.modelId, body, signal)) {
          signal.throwIfAborted();
          yield* reader.read(event);
        }
      } catch (error) {
        throw signal.aborted ? signal.reason : toModelError(error, reader.began);
      }
      signal.throwIfAborted();
      reader.assertComplete();
    },
  };
}

/** What is no text is as if it were not there: servers that only look like Bedrock say anything. */
const Said = v.fallback(v.optional(v.string()), undefined);
const Index = v.fallback(v.number(), 0);
const part = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.fallback(v.optional(v.object(entries)), undefined);

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html */
const BlockStart = v.object({
  contentBlockIndex: Index,
  start: part({ toolUse: part({ toolUseId: Said, name: Said }) }),
});
const BlockDelta = v.object({
  contentBlockIndex: Index,
  delta: part({
    text: Said,
    toolUse: part({ input: Said }),
    reasoningContent: part({ text: Said, signature: Said, redactedContent: Said }),
  }),
});
const BlockStop = v.object({ contentBlockIndex: Index });
const MessageStop = v.object({ stopReason: Said });
const Metadata = v.object({ usage: v.fallback(v.optional(v.looseObject({})), undefined) });

/** Turns Bedrock's events into ours and knows whether the answer is whole. */
class EventReader {
  began = false;
  #stopped = false;
  #counted = false;
  /** Calls that are coming in, by their block: pieces of several may come by turns. */
  readonly #toolUses = new Map<number, ModelEvent & { type: "toolUse" }>();

  *read({ name, body }: ConverseEvent): Generator<ModelEvent> {
    this.began = true;
    if (name === "contentBlockStart") this.#beginToolUse(v.parse(BlockStart, body));
    if (name === "contentBlockDelta") yield* this.#readDelta(v.parse(BlockDelta, body));
    if (name === "contentBlockStop") {
      yield* this.#endToolUse(v.parse(BlockStop, body).contentBlockIndex);
    }
    if (name === "messageStop") {
      // A server may forget to end a block.
      for (const index of [...this.#toolUses.keys()]) yield* this.#endToolUse(index);
      this.#stopped = true;
      const { stopReason = "none" } = v.parse(MessageStop, body);
      yield { type: "stop", reason: Text.cut(stopReason, 100) };
    }
    if (name === "metadata") {
      const { usage } = v.parse(Metadata, body);
      if (!usage) return;
      this.#counted = true;
      yield { type: "usage", usage: toModelUsage(usage) };
    }
  }

  *#readDelta({
    contentBlockIndex,
    delta,
  }: v.InferOutput<typeof BlockDelta>): Generator<ModelEvent> {
    const open = this.#toolUses.get(contentBlockIndex);
    if (open) open.input += delta?.toolUse?.input ?? "";
    if (delta?.text) yield { type: "text", text: delta.text.toWellFormed() };
    const { text, signature, redactedContent } = delta?.reasoningContent ?? {};
    if (text) yield { type: "reasoning", text: text.toWellFormed() };
    if (signature) yield { type: "reasoning", text: "", signature };
    if (redactedContent) yield { type: "reasoning", text: "", redactedContent };
  }

  #beginToolUse({ contentBlockIndex, start }: v.InferOutput<typeof BlockStart>): void {
    const begun = start?.toolUse;
    if (!begun) return;
    const { toolUseId: callId = "", name = "" } = begun;
    this.#toolUses.set(contentBlockIndex, { type: "toolUse", callId, name, input: "" });
  }

  *#endToolUse(index: number): Generator<ModelEvent> {
    const open = this.#toolUses.get(index);
    if (!open) return;
    this.#toolUses.delete(index);
    yield { ...open, input: open.input.toWellFormed() };
  }

  /** A connection may end without an error in the middle of an answer, notably over HTTP/2. */
  assertComplete(): void {
    if (this.#stopped && this.#counted) return;
    const missing = this.#stopped ? "metadata" : "messageStop";
    const message = `The stream ended without a ${missing} event`;
    throw new ModelError("model_stream_broken", true, message);
  }
}
