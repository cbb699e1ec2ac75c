import * as Bot from "../../bots/bot/index.ts";
import type { Found } from "../../ports/index.ts";
import * as Publication from "../../publishing/publication/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import * as Answering from "../answering/index.ts";
import * as Run from "../run/index.ts";
import { Steps, textOf } from "../run/index.ts";
import { listEarlier, readMessages } from "./history.ts";

export interface Deps extends Answering.Deps {
  /** Whether published bots have inference profiles of their own, so that AWS's bill tells them apart. */
  inferenceProfiles?: boolean;
}

/** How one attempt at answering a run went. */
export type Attempt =
  /**
   * What the run says if it ends with it, and where another attempt may help, how much later.
   * `unkept`: what another attempt does not take over of what it cost.
   */
  | { outcome: "over"; result: Run.Result; unkept: Steps.Paid; again: { afterMs: number } | null }
  /** Broken off: nothing of it may be written but what it cost. */
  | {
      outcome: "interrupted";
      reason: "overtaken" | "shutdown";
      result: Run.Result;
      unkept: Steps.Paid;
    };

/** Who writes down what happens. */
export interface Listener {
  hear(event: Answering.Event): void;
  /** @returns whether it is written down, so that it may go on. @throws StoreUnavailable */
  keep(event: Extract<Answering.Event, { type: "round" | "result" }>): Promise<boolean>;
  /** What attempts before this one have called; of them, nothing comes any more. */
  readEarlier(): Promise<Earlier | undefined>;
}

interface Earlier {
  steps: readonly Steps.Step[];
  /** Since the run was queued last: what came before has been paid with its end then. */
  paid: Steps.Paid;
  /** Milliseconds of it from the first call of each attempt to what came of its last. */
  spentMs: number;
}

const overtaken = new Error("Another attempt has taken the run.");

/**
 * One attempt at answering a run: the bot as it is now, and the conversation so far.
 * @param signal aborted with an {@link Answering.Interruption} as its reason.
 * @throws StoreUnavailable, and whatever is a defect of ours.
 */
export async function answer(
  deps: Deps,
  state: Run.State,
  signal: AbortSignal,
  listener: Listener,
): Promise<Attempt> {
  const run = await Run.load(deps, state);
  const [bot, before, publication, earlier] = await Promise.all([
    Bot.fromId(deps.table, run.botId),
    listEarlier(deps, run),
    deps.inferenceProfiles ? Publication.fromBot(deps.table, run.botId) : undefined,
    listener.readEarlier(),
  ]);
  const draft = Answering.emptyDraft(earlier);
  if (!earlier) return interrupted(baseOf(run, undefined, draft), draft, "overtaken");
  const hear = hearing(deps, listener, draft);
  if (!bot) {
    await sayUnknown(draft, hear);
    const message = "The bot does not exist any more.";
    const error = { code: "bot_unavailable" as const, message, retryable: false };
    return over({ ...baseOf(run, undefined, draft), status: "failed", error, cause: null }, draft);
  }
  const subject: Answering.Subject = {
    bot,
    requestedModel: run.requestedModel,
    runId: run.runId,
    keyId: run.keyId,
    clientId: run.clientId,
    steps: earlier.steps,
    spentMs: earlier.spentMs,
    pay: (paid) => Answering.pay(draft, paid),
    query: textOf(run.content),
    reasoning: run.reasoning,
    asked: run.asked,
    format: run.surroundings.format,
    readMessages: (contextTokens) => readMessages(deps, run, before, contextTokens),
    billedModelId: (modelId) => Publication.billedModelId(publication, modelId),
  };
  const outcome = await listen(Answering.answer(deps, subject, signal), hear);
  if (outcome === "overtaken") return interrupted(baseOf(run, bot, draft), draft, "overtaken");
  if (outcome.outcome === "ended") {
    return over({ ...baseOf(run, bot, draft), ...outcome.end }, draft, outcome.again);
  }
  const reason = signal.reason as Answering.Interruption;
  // The run ends with it: what was begun and did not come back stays unknown, and is said to be.
  if (reason === "cancelled" || reason === "run_timeout") await sayUnknown(draft, hear);
  return interrupted(baseOf(run, bot, draft), draft, reason);
}

type Hear = (event: Answering.Event) => Promise<void>;

/** @returns what throws {@link overtaken} where the attempt may not go on. */
const hearing =
  ({ clock }: Deps, listener: Listener, draft: Answering.Draft): Hear =>
  async (event) => {
    if (event.type === "round" || event.type === "result") {
      if (!(await listener.keep(event))) throw overtaken;
    } else listener.hear(event);
    Answering.note(draft, event, clock.now());
  };

async function listen(
  events: AsyncGenerator<Answering.Event, Answering.Outcome>,
  hear: Hear,
): Promise<Answering.Outcome | "overtaken"> {
  try {
    for (;;) {
      const next = await events.next();
      if (next.done) return next.value;
      await hear(next.value);
    }
  } catch (error) {
    // Lets go of what is being called.
    await events.return({ outcome: "interrupted" });
    if (error === overtaken) return "overtaken";
    throw error;
  }
}

async function sayUnknown(draft: Answering.Draft, hear: Hear): Promise<void> {
  for (const result of draft.steps.flatMap(Steps.unknownResultsOf)) {
    try {
      await hear({ type: "result", result });
    } catch (error) {
      // Whoever has taken the run says so in its own way.
      if (error !== overtaken) throw error;
      return;
    }
  }
}

type Base = Omit<Run.Result, "status" | "error" | "cause">;

function interrupted(base: Base, draft: Answering.Draft, reason: Answering.Interruption): Attempt {
  const result: Run.Result = { ...base, status: "cancelled", error: null, cause: null };
  if (reason === "cancelled") return over(result, draft);
  // A try before the last one may have been paid for.
  if (reason !== "run_timeout") {
    return { outcome: "interrupted", reason, result, unkept: Answering.unkept(draft) };
  }
  const message = "The model took longer than a run may take. Ask for less, or split the question.";
  const error = { code: "run_timeout" as const, message, retryable: true };
  return over({ ...base, status: "failed", error, cause: null }, draft);
}

const over = (
  result: Run.Result,
  draft: Answering.Draft,
  again: { afterMs: number } | null = null,
): Attempt => ({ outcome: "over", result, unkept: Answering.unkept(draft), again });

const baseOf = (run: Run.State, bot: Bot.Info | undefined, draft: Answering.Draft): Base => ({
  answer: Answering.contentOf(draft),
  steps: draft.steps.map(Steps.settled),
  usedChunks: draft.model && bot?.showSources ? toChunks(draft.sources) : null,
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
  steps: [],
  model: run.requestedModel,
  usage: Ledger.noTokens,
  costMicroUsd: 0,
  firstTextAt: null,
  error,
  cause,
  incompleteReason: null,
});
