import type { Run } from "@outlet/core/conversations/run";
import type { Told, ToolTold } from "../told.ts";
import { annotationsOf, type Ended, errorOf, reasoningOf, saidOf } from "./answer.ts";
import {
  callItem,
  idsOf,
  type ItemStatus,
  messageItem,
  reasoningItem,
  responseObject,
  textPart,
} from "./response-object.ts";
import { Unfolding } from "./unfolding.ts";

/** One event of a Responses stream: `type`, its number, and what the type has. */
export interface ResponseEvent {
  type: string;
  sequence_number: number;
  [member: string]: unknown;
}

interface OpenItem {
  kind: "message" | "reasoning";
  id: string;
  index: number;
  text: Unfolding;
}

/**
 * A run's log as OpenAI's events, numbered from 0 without gaps. It is a fold: the same log gives the
 * same events with the same numbers to every reader, so that `starting_after` needs no state here.
 * The order is what accumulators of the stock clients insist on.
 */
export class ResponseEvents {
  readonly #run: Run.State;
  #number = 0;
  #items = 0;
  #open: OpenItem | undefined;
  /** Of reasoning that was closed: another attempt's is not shown. */
  #reasoned = false;
  #messages = 0;
  #inProgress = false;
  /** Calls of tools, by their ids; those of earlier attempts are not told again. */
  readonly #calls = new Map<
    string,
    { callId: string; name: string; arguments: string; index: number }
  >();
  readonly #called = new Set<string>();

  /** @param run as it was accepted; of its state only what never changes is used. */
  constructor(run: Run.State) {
    this.#run = run;
  }

  /** What comes before anything is known of the run's progress. */
  *begin(): Generator<ResponseEvent> {
    const background = this.#run.asked?.background === true;
    const status = background ? "queued" : "in_progress";
    yield this.#event("response.created", { response: this.#before(status) });
    if (background) yield this.#event("response.queued", { response: this.#before(status) });
    else yield* this.#progress();
  }

  *push(told: Told): Generator<ResponseEvent> {
    switch (told.kind) {
      case "begun":
        yield* this.#progress();
        this.#open?.text.restart();
        break;
      case "reasoning":
        yield* this.#reason(told.text);
        break;
      case "text":
        yield* this.#say((text) => text.add(told.text));
        break;
      case "tool":
        yield* this.#call(told);
        break;
      case "ended":
        yield* this.#end(told.ended);
    }
  }

  *#call({ callId, name, status, input, output }: ToolTold): Generator<ResponseEvent> {
    const known = this.#calls.get(callId);
    const call = known ?? { callId, name, arguments: input ?? "{}", index: this.#items++ };
    if (!known) {
      this.#calls.set(callId, call);
      const item = callItem(this.#run, { ...call, arguments: "" }, "in_progress");
      const place = { item_id: item.id, output_index: call.index };
      yield this.#event("response.output_item.added", { output_index: call.index, item });
      yield this.#event("response.mcp_call.in_progress", place);
      const args = { ...place, arguments: call.arguments };
      yield this.#event("response.mcp_call_arguments.done", args);
    }
    if (status === "running" || this.#called.has(callId)) return;
    this.#called.add(callId);
    const isDone = status === "succeeded";
    const came = isDone ? { output } : { error: output };
    const item = callItem(this.#run, call, isDone ? "completed" : "failed", came);
    const place = { item_id: item.id, output_index: call.index };
    yield this.#event(`response.mcp_call.${isDone ? "completed" : "failed"}`, place);
    yield this.#event("response.output_item.done", { output_index: call.index, item });
  }

  *#progress(): Generator<ResponseEvent> {
    if (this.#inProgress) return;
    this.#inProgress = true;
    yield this.#event("response.in_progress", { response: this.#before("in_progress") });
  }

  *#reason(text: string): Generator<ResponseEvent> {
    if (this.#reasoned || this.#open?.kind === "message") return;
    const item = this.#open ?? (yield* this.#openReasoning());
    const more = item.text.add(text);
    if (more === undefined) yield* this.#closeReasoning();
    else if (more) {
      const at = { item_id: item.id, output_index: item.index, summary_index: 0 };
      yield this.#event("response.reasoning_summary_text.delta", { ...at, delta: more });
    }
  }

  /** @param take adds to the text and gives what is new of it. */
  *#say(take: (text: Unfolding) => string | undefined): Generator<ResponseEvent> {
    if (this.#open?.kind === "reasoning") yield* this.#closeReasoning();
    let item = this.#open ?? (yield* this.#openMessage());
    let more = take(item.text);
    if (more === undefined) {
      // Another attempt came out otherwise: what was said stays behind, as an item that is not whole.
      const { text } = item;
      const given = text.given;
      more = text.anew();
      yield* this.#closeMessage(item, "incomplete", given);
      item = yield* this.#openMessage(text);
    }
    if (more)
      yield this.#event("response.output_text.delta", { ...at(item), delta: more, logprobs: [] });
  }

  *#end(ended: Ended): Generator<ResponseEvent> {
    const { status } = ended.run;
    const response = responseObject(ended.run, ended);
    if (status === "failed") {
      yield this.#event("error", { error: errorOf(ended.run) });
      yield this.#event("response.failed", { response });
      return;
    }
    yield* this.#progress();
    const reasoning = reasoningOf(ended.answer);
    // Where the log held no pieces, the whole comes now.
    if (reasoning && !this.#open && this.#messages === 0) yield* this.#reason(reasoning);
    const text = saidOf(ended.answer);
    if (text || status === "completed") yield* this.#say((it) => it.end(text));
    else if (this.#open?.kind === "reasoning") yield* this.#closeReasoning();
    if (this.#open?.kind === "message") {
      const itemStatus = status === "completed" ? "completed" : "incomplete";
      const { given } = this.#open.text;
      yield* this.#closeMessage(this.#open, itemStatus, given, text ? ended : undefined);
    }
    yield this.#event(status === "completed" ? "response.completed" : "response.incomplete", {
      response,
    });
  }

  *#openReasoning(): Generator<ResponseEvent, OpenItem> {
    const { reasoning: id } = idsOf(this.#run);
    const item: OpenItem = { kind: "reasoning", id, index: this.#items++, text: new Unfolding() };
    this.#open = item;
    yield this.#event("response.output_item.added", {
      output_index: item.index,
      item: reasoningItem(id, []),
    });
    yield this.#event("response.reasoning_summary_part.added", {
      item_id: id,
      output_index: item.index,
      summary_index: 0,
      part: { type: "summary_text", text: "" },
    });
    return item;
  }

  *#closeReasoning(): Generator<ResponseEvent> {
    const item = this.#open;
    if (!item) return;
    this.#open = undefined;
    this.#reasoned = true;
    const { given: text } = item.text;
    const place = { item_id: item.id, output_index: item.index, summary_index: 0 };
    yield this.#event("response.reasoning_summary_text.done", { ...place, text });
    yield this.#event("response.reasoning_summary_part.done", {
      ...place,
      part: { type: "summary_text", text },
    });
    yield this.#event("response.output_item.done", {
      output_index: item.index,
      item: reasoningItem(item.id, [text]),
    });
  }

  *#openMessage(text = new Unfolding()): Generator<ResponseEvent, OpenItem> {
    const { message } = idsOf(this.#run);
    const id = this.#messages === 0 ? message : `${message}_${this.#messages}`;
    this.#messages += 1;
    const item: OpenItem = { kind: "message", id, index: this.#items++, text };
    this.#open = item;
    yield this.#event("response.output_item.added", {
      output_index: item.index,
      item: messageItem(id, "in_progress", []),
    });
    yield this.#event("response.content_part.added", { ...at(item), part: textPart("", []) });
    return item;
  }

  *#closeMessage(
    item: OpenItem,
    status: ItemStatus,
    text: string,
    ended?: Ended,
  ): Generator<ResponseEvent> {
    this.#open = undefined;
    const annotations = ended ? annotationsOf(ended) : [];
    for (const [annotation_index, annotation] of annotations.entries()) {
      yield this.#event("response.output_text.annotation.added", {
        ...at(item),
        annotation_index,
        annotation,
      });
    }
    const part = textPart(text, annotations);
    yield this.#event("response.output_text.done", { ...at(item), text, logprobs: [] });
    yield this.#event("response.content_part.done", { ...at(item), part });
    yield this.#event("response.output_item.done", {
      output_index: item.index,
      item: messageItem(item.id, status, [part]),
    });
  }

  #before(status: "queued" | "in_progress") {
    return responseObject(this.#run, undefined, { status });
  }

  #event(type: string, members: Record<string, unknown>): ResponseEvent {
    return { type, sequence_number: this.#number++, ...members };
  }
}

const at = (item: OpenItem) => ({
  item_id: item.id,
  output_index: item.index,
  content_index: 0,
});
