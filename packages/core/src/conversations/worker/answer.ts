import { Bot } from "../../bots/bot/index.ts";
import { Knowledge } from "../../bots/knowledge/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import {
  type Clock,
  type Log,
  type Model,
  ModelError,
  type ModelErrorCode,
  type ModelRequest,
  type ModelUsage,
  type ObjectStore,
  type Randomness,
  type Table,
} from "../../ports/index.ts";
import { Publication } from "../../publishing/publication/index.ts";
import { type Content, type Run, textOf } from "../run/index.ts";
import { Usage } from "../../records/usage/index.ts";
import { listEarlier, readMessages } from "./history.ts";
import {
  isWorthAnotherAttempt,
  isWorthAnotherTry,
  outcomeOfError,
  outcomeOfStop,
} from "./outcome.ts";
import { toRequest } from "./request.ts";

export { causeOf, messageOf, outcomeOfStop } from "./outcome.ts";
export { toRequest } from "./request.ts";

export interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
  randomness: Randomness;
  model: Model;
  catalog: ModelCatalog.Catalog;
  /** Whether published bots have inference profiles of their own, so that AWS's bill tells them apart. */
  inferenceProfiles?: boolean;
  log: Log;
  policy: {
    /** Tries of the model within one attempt. */
    modelTriesMax: number;
    /** Backoff before the second try; doubles, jittered, up to `backoffMaxMs`. */
    backoffMs: number;
    backoffMaxMs: number;
    /** A run that takes longer fails with `run_timeout`. */
    runTimeMaxMs: number;
  };
}

/** Why an attempt was broken off from outside. */
export type Interruption = "cancelled" | "overtaken" | "run_timeout" | "shutdown";

/** The attempt ended without an outcome of its own: another attempt should follow. */
export class AttemptFailed extends Error {
  override name = "AttemptFailed";
  readonly result: Run.Result;
  constructor(cause: unknown, result: Run.Result) {
    super("The model failed and may succeed later.", { cause });
    this.result = result;
  }
}

/** The attempt was broken off, and nothing of it may be written but what it cost. */
export class AttemptInterrupted extends Error {
  override name = "AttemptInterrupted";
  readonly reason: "overtaken" | "shutdown";
  readonly result: Run.Result;
  constructor(reason: "overtaken" | "shutdown", result: Run.Result) {
    super(`The attempt was broken off: ${reason}`);
    this.reason = reason;
    this.result = result;
  }
}

interface Draft {
  text: string;
  reasoning: { text: string; signature: string; redactedContent: string };
  usage: ModelUsage;
  stop: string | null;
  firstTextAt: number | null;
}

/**
 * One attempt at answering a run: the bot as it is now, its knowledge, the conversation so far, and
 * the model, tried again where that may help.
 * @param signal aborted with an {@link Interruption} as its reason.
 * @throws AttemptFailed where only another attempt may help; AttemptInterrupted where it was overtaken
 *   or has to stop.
 */
export async function answer(deps: Deps, run: Run.Info, signal: AbortSignal): Promise<Run.Result> {
  const [bot, passages, before, publication] = await Promise.all([
    Bot.fromId(deps.table, run.botId),
    run.asked?.utility ? [] : Knowledge.search(deps, run.botId, textOf(run.content)),
    listEarlier(deps, run),
    deps.inferenceProfiles ? Publication.fromBot(deps.table, run.botId) : undefined,
  ]);
  if (!bot) return failure(run, "bot_unavailable", "The bot does not exist any more.", false);
  const model = deps.catalog.find(run.requestedModel ?? bot.model);
  if (!model) {
    const message = `The model ${run.requestedModel ?? bot.model} is not allowed here any more.`;
    return failure(run, "model_not_allowed", message, false);
  }
  const said = await readMessages(deps, run, before, model.contextTokens);
  const request = toRequest(bot, model, run, passages, said.history, {
    question: said.question,
    developer: said.developer,
    reasoning: run.reasoning,
    asked: run.asked,
    format: run.surroundings.format,
  });
  const billed = Publication.billedModelId(publication, model.modelId);
  const draft = emptyDraft();
  const base = (): Omit<Run.Result, "status" | "error" | "cause"> => ({
    answer: toContent(draft),
    usedChunks: bot.showSources ? toChunks(passages) : null,
    model: model.name,
    usage: draft.usage,
    costMicroUsd: Usage.cost(model.price, draft.usage),
    firstTextAt: draft.firstTextAt,
    incompleteReason: null,
  });
  try {
    await generate(deps, { ...request, modelId: billed }, model.modelId, draft, signal);
  } catch (error) {
    if (signal.aborted) return interrupted(signal, base());
    if (!(error instanceof ModelError)) throw error;
    deps.log.warn("model failed", { runId: run.runId, code: error.code, cause: error.message });
    const result: Run.Result = { ...base(), ...outcomeOfError(error) };
    const isSoon = (error.retryAfterMs ?? 0) <= deps.policy.runTimeMaxMs;
    if (isSoon && isWorthAnotherAttempt(error)) throw new AttemptFailed(error, result);
    return result;
  }
  return { ...base(), ...outcomeOfStop(draft.stop, draft.text.trim() !== "") };
}

/** @param ownModelId what to ask for instead where the bot's inference profile is refused. */
async function generate(
  deps: Deps,
  asked: ModelRequest,
  ownModelId: string,
  draft: Draft,
  signal: AbortSignal,
): Promise<void> {
  const { modelTriesMax, backoffMs, backoffMaxMs } = deps.policy;
  let request = asked;
  const endsAt = deps.clock.now() + deps.policy.runTimeMaxMs;
  for (let attempt = 1; ; attempt++) {
    try {
      await streamInto(deps, request, draft, signal);
      if (!isWorthAnotherTry(draft.stop) || attempt === modelTriesMax) return;
      throw new ModelError("model_error", true, `stop reason: ${draft.stop}`);
    } catch (error) {
      // It may have gone meanwhile, with the bot's stack. No run fails for the bill's sake.
      if (isRefusal(error) && request.modelId !== ownModelId) {
        const { modelId: profile } = request;
        deps.log.warn("an inference profile is refused", { profile, cause: error.message });
        request = { ...request, modelId: ownModelId };
        continue;
      }
      const again = error instanceof ModelError && error.retryable && attempt < modelTriesMax;
      if (!again || signal.aborted) throw error;
      const ceiling = Math.min(backoffMaxMs, backoffMs * 2 ** (attempt - 1));
      const backoff = ceiling * deps.randomness.fraction();
      const wait = Math.max(backoff, error.retryAfterMs ?? 0);
      // The model will not be there within the run's time.
      if (deps.clock.now() + wait >= endsAt) throw error;
      // A try that was paid for stays paid: only what it said is thrown away.
      draft.text = "";
      draft.reasoning = noReasoning();
      draft.stop = null;
      await deps.clock.sleep(wait, signal);
    }
  }
}

const refusals: readonly ModelErrorCode[] = [
  "model_not_found",
  "model_access_denied",
  "model_invalid_request",
];

/** Of the request itself: nothing was answered, and nothing has to be paid. */
const isRefusal = (error: unknown): error is ModelError =>
  error instanceof ModelError && refusals.includes(error.code);

async function streamInto(
  deps: Deps,
  request: ModelRequest,
  draft: Draft,
  signal: AbortSignal,
): Promise<void> {
  for await (const event of deps.model.stream(request, signal)) {
    if (event.type === "usage") {
      // Also of an attempt that is broken off just now: it was paid for.
      draft.usage = add(draft.usage, event.usage);
    }
    signal.throwIfAborted();
    switch (event.type) {
      case "text":
        draft.firstTextAt ??= deps.clock.now();
        draft.text += event.text;
        break;
      case "reasoning":
        draft.reasoning.text += event.text;
        draft.reasoning.signature += event.signature ?? "";
        draft.reasoning.redactedContent += event.redactedContent ?? "";
        break;
      case "stop":
        draft.stop = event.reason;
        break;
      case "usage":
    }
  }
}

function interrupted(
  signal: AbortSignal,
  base: Omit<Run.Result, "status" | "error" | "cause">,
): Run.Result {
  const reason = signal.reason as Interruption;
  const ended = { ...base, status: "cancelled" as const, error: null, cause: null };
  if (reason === "cancelled") return ended;
  // A try before the last one may have been paid for.
  if (reason !== "run_timeout") throw new AttemptInterrupted(reason, ended);
  return {
    ...base,
    status: "failed",
    cause: null,
    error: {
      code: "run_timeout",
      message: "The model took longer than a run may take. Ask for less, or split the question.",
      retryable: true,
    },
  };
}

export const toChunks = (passages: Knowledge.Passage[]): Run.Chunk[] =>
  passages.map(({ source, text }, rank) => ({
    content: text,
    contentType: "text/plain",
    source,
    rank,
  }));

function toContent(draft: Draft): Content[] {
  const { reasoning } = draft;
  const reasoned = reasoning.text !== "" || reasoning.redactedContent !== "";
  return [
    ...(reasoned ? [{ contentType: "reasoning" as const, ...reasoning }] : []),
    ...(draft.text ? [{ contentType: "text" as const, body: draft.text }] : []),
  ];
}

export function failure(
  run: Run.State,
  code: Run.ErrorInfo["code"],
  message: string,
  retryable: boolean,
): Run.Result {
  return {
    status: "failed",
    answer: [],
    usedChunks: null,
    model: run.requestedModel,
    usage: Usage.noTokens,
    costMicroUsd: 0,
    firstTextAt: null,
    error: { code, message, retryable },
    cause: null,
    incompleteReason: null,
  };
}

const noReasoning = (): Draft["reasoning"] => ({ text: "", signature: "", redactedContent: "" });

const emptyDraft = (): Draft => ({
  text: "",
  reasoning: noReasoning(),
  usage: Usage.noTokens,
  stop: null,
  firstTextAt: null,
});

const add = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cacheReadInputTokens: a.cacheReadInputTokens + b.cacheReadInputTokens,
  cacheWriteInputTokens: a.cacheWriteInputTokens + b.cacheWriteInputTokens,
});
