import { Bot } from "../../bots/bot/index.ts";
import type { Found } from "../../ports/index.ts";
import { Publication } from "../../publishing/publication/index.ts";
import { Ledger } from "../../records/ledger/index.ts";
import { Answering } from "../answering/index.ts";
import { Run, textOf } from "../run/index.ts";
import { listEarlier, readMessages } from "./history.ts";

export interface Deps extends Answering.Deps {
  /** Whether published bots have inference profiles of their own, so that AWS's bill tells them apart. */
  inferenceProfiles?: boolean;
}

/** How one attempt at answering a run went. */
export type Attempt =
  /** What the run says if it ends with it, and where another attempt may help, how much later. */
  | { outcome: "over"; result: Run.Result; again: { afterMs: number } | null }
  /** Broken off: nothing of it may be written but what it cost. */
  | { outcome: "interrupted"; reason: "overtaken" | "shutdown"; result: Run.Result };

/**
 * One attempt at answering a run: the bot as it is now, and the conversation so far.
 * @param signal aborted with an {@link Answering.Interruption} as its reason.
 * @param tell is told what happens, as it happens.
 * @throws StoreUnavailable, and whatever is a defect of ours.
 */
export async function answer(
  deps: Deps,
  state: Run.State,
  signal: AbortSignal,
  tell: (event: Answering.Event) => void,
): Promise<Attempt> {
  const run = await Run.load(deps, state);
  const [bot, before, publication] = await Promise.all([
    Bot.fromId(deps.table, run.botId),
    listEarlier(deps, run),
    deps.inferenceProfiles ? Publication.fromBot(deps.table, run.botId) : undefined,
  ]);
  if (!bot) {
    const message = "The bot does not exist any more.";
    return over(failure(run, { code: "bot_unavailable", message, retryable: false }));
  }
  const subject: Answering.Subject = {
    bot,
    requestedModel: run.requestedModel,
    runId: run.runId,
    keyId: run.keyId,
    query: textOf(run.content),
    reasoning: run.reasoning,
    asked: run.asked,
    format: run.surroundings.format,
    readMessages: (contextTokens) => readMessages(deps, run, before, contextTokens),
    billedModelId: (modelId) => Publication.billedModelId(publication, modelId),
  };
  const draft = Answering.emptyDraft();
  const outcome = await listen(Answering.answer(deps, subject, signal), (event) => {
    Answering.note(draft, event, deps.clock.now());
    tell(event);
  });
  return toAttempt(outcome, baseOf(run, bot, draft), signal.reason);
}

async function listen(
  events: AsyncGenerator<Answering.Event, Answering.Outcome>,
  hear: (event: Answering.Event) => void,
): Promise<Answering.Outcome> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    hear(next.value);
  }
}

type Base = Omit<Run.Result, "status" | "error" | "cause">;

function toAttempt(outcome: Answering.Outcome, base: Base, reason: unknown): Attempt {
  switch (outcome.outcome) {
    case "ended":
      return over({ ...base, ...outcome.end }, outcome.again);
    case "interrupted":
      return interrupted(base, reason as Answering.Interruption);
  }
}

function interrupted(base: Base, reason: Answering.Interruption): Attempt {
  const result: Run.Result = { ...base, status: "cancelled", error: null, cause: null };
  if (reason === "cancelled") return over(result);
  // A try before the last one may have been paid for.
  if (reason !== "run_timeout") return { outcome: "interrupted", reason, result };
  const message = "The model took longer than a run may take. Ask for less, or split the question.";
  const error = { code: "run_timeout" as const, message, retryable: true };
  return over({ ...base, status: "failed", error, cause: null });
}

const over = (result: Run.Result, again: { afterMs: number } | null = null): Attempt => ({
  outcome: "over",
  result,
  again,
});

const baseOf = (run: Run.State, bot: Bot.Info, draft: Answering.Draft): Base => ({
  answer: Answering.contentOf(draft),
  usedChunks: draft.model && bot.showSources ? toChunks(draft.sources) : null,
  model: draft.model?.name ?? run.requestedModel,
  usage: draft.usage,
  costMicroUsd: Answering.costOf(draft),
  firstTextAt: draft.firstTextAt,
  incompleteReason: null,
});

const toChunks = (passages: readonly Found[]): Run.Chunk[] =>
  passages.map(({ source, sourceId, ordinal, text, place }, rank) => ({
    content: text,
    contentType: "text/plain",
    source,
    rank,
    sourceId,
    passage: ordinal,
    place,
  }));

/** The run ends without the model having been asked. */
export const failure = (
  run: Run.State,
  error: Run.ErrorInfo,
  cause: string | null = null,
): Run.Result => ({
  status: "failed",
  answer: [],
  usedChunks: null,
  model: run.requestedModel,
  usage: Ledger.noTokens,
  costMicroUsd: 0,
  firstTextAt: null,
  error,
  cause,
  incompleteReason: null,
});
