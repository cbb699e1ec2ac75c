import type { ModelCatalog } from "../../models/catalog/index.ts";
import * as Tokens from "../../models/tokens/index.ts";
import {
  type Found,
  type Model,
  ModelError,
  type ModelMessage,
  type ModelTool,
} from "../../ports/index.ts";
import type { Event } from "./events.ts";
import { type GenerateDeps, generate } from "./generate.ts";
import { toRequest } from "./request.ts";
import type { Subject } from "./subject.ts";
import type { ToolUse } from "./turn.ts";

/** Times that the turns before the question are halved; after that, none of them is left anyway. */
const trimsMax = 12;

/** What was learnt of each model's room, for as long as this process knows the model. */
const learnt = new WeakMap<Model, Tokens.Rooms>();

function roomsOf(model: Model): Tokens.Rooms {
  const rooms = learnt.get(model) ?? new Tokens.Rooms();
  learnt.set(model, rooms);
  return rooms;
}

/**
 * What the model says, of as much of the conversation as it takes: where it finds the request too
 * long, it is asked again with half of the turns before the question. Such a refusal costs nothing.
 */
export async function* generateFitting(
  deps: GenerateDeps,
  asked: {
    subject: Subject;
    model: ModelCatalog.Info;
    sources: readonly Found[];
    /** What the model and its tools have said since the question. */
    turns: readonly ModelMessage[];
    tools: readonly ModelTool[];
  },
  signal: AbortSignal,
): AsyncGenerator<Event | ToolUse, string | null> {
  const { subject, model, sources, turns, tools } = asked;
  const modelId = subject.billedModelId?.(model.modelId) ?? model.modelId;
  const rooms = roomsOf(deps.model);
  let room = rooms.of(model.modelId, model.contextTokens);
  for (let trims = 0; ; trims++) {
    const messages = await subject.readMessages(room);
    const question = toRequest(subject.bot, model, subject, sources, messages);
    const request = {
      ...question,
      messages: [...question.messages, ...turns],
      ...(tools.length > 0 && { tools }),
    };
    try {
      const stop = yield* generate(deps, { ...request, modelId }, model.modelId, signal);
      rooms.note(model.modelId, room, false);
      return stop;
    } catch (error) {
      const isTooLong = error instanceof ModelError && error.code === "model_input_too_long";
      if (!isTooLong || trims === trimsMax || messages.history.length === 0) throw error;
      // Half of the room is for the turns before: what they fill of it is what there is to halve.
      const filled = Math.min(room, 2 * sizeOf(messages.history));
      rooms.note(model.modelId, filled, true);
      room = filled / 2;
      const fields = { runId: subject.runId, model: model.name, cause: error.message };
      deps.log.warn("too long for the model: asked with less of the conversation", fields);
      yield { type: "restart" };
    }
  }
}

/** Of a part that is no text: about what a picture is. */
const binaryTokens = 1_600;

const sizeOf = (history: readonly ModelMessage[]): number =>
  history
    .flatMap(({ content }) => content)
    .map((part) => (part.type === "text" ? Tokens.estimate(part.text) : binaryTokens))
    .reduce((sum, tokens) => sum + tokens, 0);
