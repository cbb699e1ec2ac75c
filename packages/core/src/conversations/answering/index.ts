/**
 * Answering: a bot, what it knows and the conversation so far go in, events come out. Whoever wants
 * an answer listens to them: the worker that answers a run, the owner's test chat.
 */
export * as Answering from "./index.ts";

import type { Bot } from "../../bots/bot/index.ts";
import { Knowledge } from "../../bots/knowledge/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import { ModelError, type ObjectStore, type Table } from "../../ports/index.ts";
import type { Event, Outcome } from "./events.ts";
import { type GenerateDeps, generate } from "./generate.ts";
import { type Messages, toRequest, type Wishes } from "./request.ts";

export { contentOf, costOf, type Draft, emptyDraft, note } from "./draft.ts";
export type { Event, Interruption, Outcome } from "./events.ts";
export type { RetryPolicy } from "./generate.ts";
export type { Messages } from "./request.ts";

export interface Deps extends GenerateDeps {
  table: Table;
  objects: ObjectStore;
  catalog: ModelCatalog.Catalog;
}

/** What is to be answered, by whom. */
export interface Subject extends Wishes {
  bot: Bot.Info;
  /** Short name of the model asked for, or null for the bot's own. */
  requestedModel: string | null;
  runId: string;
  keyId: string;
  /** What is looked up in the bot's knowledge. */
  query: string;
  /** The message and the turns before it, as far back as a model of this context can take them. */
  readMessages(contextTokens: number): Promise<Messages>;
  /** The id under which a model is asked, so that the bill tells bots apart; its own where absent. */
  billedModelId?: (modelId: string) => string;
}

/**
 * Answers as the bot is now: its knowledge, the conversation so far, and the model, tried again
 * where that may help.
 * @param signal ends it with the outcome `interrupted`.
 * @throws StoreUnavailable, and whatever is a defect of ours; never ModelError.
 *
 * @example
 * const events = Answering.answer(deps, subject, signal);
 * for (let next = await events.next(); ; next = await events.next()) {
 *   if (next.done) return next.value; // the outcome
 *   listen(next.value);
 * }
 */
export async function* answer(
  deps: Deps,
  subject: Subject,
  signal: AbortSignal,
): AsyncGenerator<Event, Outcome> {
  const { bot, runId } = subject;
  const name = subject.requestedModel ?? bot.model;
  const model = deps.catalog.find(name);
  if (!model) return notAllowed(name);
  yield { type: "model", model };
  const [sources, messages] = await Promise.all([
    subject.asked?.utility ? [] : Knowledge.search(deps, bot.botId, subject.query),
    subject.readMessages(model.contextTokens),
  ]);
  if (sources.length > 0) yield { type: "sources", sources };
  const request = toRequest(bot, model, subject, sources, messages);
  const modelId = subject.billedModelId?.(model.modelId) ?? model.modelId;
  try {
    const stop = yield* generate(deps, { ...request, modelId }, model.modelId, signal);
    return { outcome: "answered", stop };
  } catch (error) {
    if (signal.aborted) return { outcome: "interrupted" };
    if (!(error instanceof ModelError)) throw error;
    deps.log.warn("model failed", { runId, code: error.code, cause: error.message });
    return failed(error);
  }
}

const notAllowed = (model: string): Outcome => ({
  outcome: "failed",
  error: {
    code: "model_not_allowed",
    message: `The model ${model} is not allowed here any more.`,
    retryable: false,
  },
  cause: null,
});

const failed = (error: ModelError): Outcome => ({
  outcome: "failed",
  error: { code: "model_error", message: messageOf(error), retryable: error.retryable },
  cause: causeOf(error),
});

/** What the owner reads of an error: bounded, as it lies in the run's item. */
export const causeOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 2_000);

/** For the client. The model's own words may name accounts and ARNs. */
function messageOf(error: ModelError): string {
  switch (error.code) {
    case "model_throttled":
      return "The model is over its capacity. Send the message again in a while.";
    case "model_access_denied":
    case "model_not_found":
    case "model_quota_exceeded":
      return "The bot's model cannot be used at present. Its owner has to look at the model's settings.";
    case "model_invalid_request":
      return "The model refused the conversation as invalid, perhaps because it is too long.";
    default:
      return "The model did not finish its answer. Send the message again.";
  }
}
