/**
 * Answering: a bot, what it knows and the conversation so far go in, events come out. Whoever wants
 * an answer listens to them: the worker that answers a run, the owner's test chat.
 */
export * as Answering from "./index.ts";

import type { Bot } from "../../bots/bot/index.ts";
import type { Tools } from "../../bots/tools/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import {
  type Found,
  ModelError,
  type ObjectStore,
  type Retriever,
  type Table,
  type ToolCall,
} from "../../ports/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import type { Event, Outcome } from "./events.ts";
import type { AskBot } from "./bot-tool.ts";
import { emptyDraft, note } from "./draft.ts";
import type { GenerateDeps } from "./generate.ts";
import { endOfError, endOfStop, failure, isWorthAnotherAttempt } from "./outcome.ts";
import { converse } from "./loop.ts";
import type { Subject } from "./subject.ts";
import { openToolbox } from "./toolbox.ts";

export { contentOf, costOf, type Draft, emptyDraft, note, pay, unkept } from "./draft.ts";
export type { Event, Interruption, Outcome } from "./events.ts";
export type { RetryPolicy } from "./generate.ts";
export { type Asking, estimate } from "./estimate.ts";
export { causeOf, type End } from "./outcome.ts";
export type { Messages } from "./request.ts";
export type { Subject } from "./subject.ts";

export interface Deps extends GenerateDeps {
  table: Table;
  objects: ObjectStore;
  retriever: Retriever;
  catalog: ModelCatalog.Catalog;
  /** Opens tools that lie outside; absent where there are none. */
  remoteTools?: Tools.Remote;
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
  const toolbox = await openToolbox(deps, subject, (...asked) => askBot(deps, ...asked), signal);
  const isGiven = !subject.asked?.utility && !toolbox.asksKnowledge;
  const sources = isGiven ? await find(deps, bot, subject.query) : [];
  if (sources.length > 0) yield { type: "sources", sources };
  let said = "";
  try {
    const events = converse(deps, { subject, model, sources, toolbox }, signal);
    for (;;) {
      const next = await events.next();
      if (next.done) return ended(next.value, said);
      const event = next.value;
      if (event.type === "text") said += event.text;
      if (event.type === "restart") said = "";
      yield event;
    }
  } catch (error) {
    if (signal.aborted) return { outcome: "interrupted" };
    if (!(error instanceof ModelError)) throw error;
    deps.log.warn("model failed", { runId, code: error.code, cause: error.message });
    return { outcome: "ended", end: endOfError(error), stop: null, again: againAfter(deps, error) };
  }
}

const ended = (stop: string | null, said: string): Outcome => ({
  outcome: "ended",
  end: endOfStop(stop, said.trim() !== ""),
  stop,
  again: null,
});

/** As another bot of this installation would answer one question, for the same caller. */
async function askBot(
  deps: Deps,
  bot: Bot.Info,
  question: string,
  { idempotencyKey, caller, pay }: ToolCall,
  signal: AbortSignal,
): ReturnType<AskBot> {
  const subject: Subject = {
    bot,
    requestedModel: null,
    // Of the call: what that bot calls is told apart by it, and is the same when it is repeated.
    runId: idempotencyKey,
    keyId: caller.keyId,
    clientId: caller.clientId,
    depth: caller.depth + 1,
    query: question,
    reasoning: false,
    // What it calls itself is paid at once, too, by whoever has asked first.
    pay,
    readMessages: async () => ({
      question: [{ type: "text", text: question }],
      history: [],
      developer: [],
    }),
  };
  const draft = emptyDraft();
  const events = answer(deps, subject, signal);
  for (;;) {
    const next = await events.next();
    if (!next.done) {
      note(draft, next.value, deps.clock.now());
      if (next.value.type === "usage" && draft.model) {
        const { usage } = next.value;
        pay({ usage, costMicroUsd: Ledger.cost(draft.model.price, usage) });
      }
      continue;
    }
    signal.throwIfAborted();
    const failure = next.value.outcome === "ended" ? next.value.end.error : null;
    return { text: draft.text, failure: failure?.message ?? null };
  }
}

/** Passages that a model is given at most. */
const passagesMax = 8;

const find = async ({ retriever }: Deps, bot: Bot.Info, query: string): Promise<Found[]> =>
  (await retriever.search(bot.botId, query, passagesMax, bot.knowledgeBase)).passages;

function againAfter(deps: Deps, error: ModelError): { afterMs: number } | null {
  const afterMs = error.retryAfterMs ?? 0;
  const isSoon = afterMs <= deps.policy.runTimeMaxMs;
  return isSoon && isWorthAnotherAttempt(error) ? { afterMs } : null;
}

const notAllowed = (model: string): Outcome => ({
  outcome: "ended",
  end: failure(
    "model_not_allowed",
    `The model ${model} is not allowed here any more.`,
    false,
    null,
  ),
  stop: null,
  again: null,
});
