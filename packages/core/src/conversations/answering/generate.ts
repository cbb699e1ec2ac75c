import {
  type Clock,
  type Log,
  type Model,
  ModelError,
  type ModelErrorCode,
  type ModelRequest,
  type Randomness,
  type StopReason,
} from "../../ports/index.ts";
import type { Event } from "./events.ts";

export interface GenerateDeps {
  model: Model;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  policy: RetryPolicy;
}

export interface RetryPolicy {
  /** Tries of the model within one answer. */
  modelTriesMax: number;
  /** Backoff before the second try; doubles, jittered, up to `backoffMaxMs`. */
  backoffMs: number;
  backoffMaxMs: number;
}

/**
 * What the model says, tried again where that may help.
 * @param ownModelId what to ask for instead where the bot's inference profile is refused.
 * @returns why the model stopped, if it said so.
 * @throws ModelError of the last try, and the signal's reason.
 */
export async function* generate(
  deps: GenerateDeps,
  asked: ModelRequest,
  ownModelId: string,
  signal: AbortSignal,
): AsyncGenerator<Event, StopReason | null> {
  const { modelTriesMax, backoffMs, backoffMaxMs } = deps.policy;
  let request = asked;
  for (let attempt = 1; ; attempt++) {
    try {
      return yield* say(deps.model, request, signal);
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
      yield { type: "restart" };
      const ceiling = Math.min(backoffMaxMs, backoffMs * 2 ** (attempt - 1));
      await deps.clock.sleep(ceiling * deps.randomness.fraction(), signal);
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

/** One call of the model. */
async function* say(
  model: Model,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<Event, StopReason | null> {
  let stop: StopReason | null = null;
  for await (const event of model.stream(request, signal)) {
    // Also of an answer that is broken off just now: it was paid for.
    if (event.type === "usage") yield event;
    signal.throwIfAborted();
    if (event.type === "stop") stop = event.reason;
    if (event.type !== "usage") yield event;
  }
  return stop;
}
