import {
  type Clock,
  type Log,
  type Model,
  ModelError,
  type ModelErrorCode,
  type ModelRequest,
  type Randomness,
  toModelUsage,
} from "../../ports/index.ts";
import type { Event } from "./events.ts";
import { isWorthAnotherTry } from "./outcome.ts";
import type { ToolUse } from "./turn.ts";

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
  /**
   * How long a throttled model is asked again without that counting as a try: quotas of Bedrock's are
   * filled up by the minute (https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html).
   */
  throttledMaxMs: number;
  /** No try begins later than this after the first. */
  runTimeMaxMs: number;
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
): AsyncGenerator<Event | ToolUse, string | null> {
  const { modelTriesMax, backoffMs, backoffMaxMs, throttledMaxMs } = deps.policy;
  const endsAt = deps.clock.now() + deps.policy.runTimeMaxMs;
  let request = asked;
  /** Since when the model has refused for its quota alone. */
  let throttledAt: number | undefined;
  let uncounted = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      const stop = yield* say(deps.model, request, signal);
      if (!isWorthAnotherTry(stop) || attempt - uncounted >= modelTriesMax) return stop;
      throw new ModelError("model_error", true, `stop reason: ${stop}`);
    } catch (error) {
      // It may have gone meanwhile, with the bot's stack. No run fails for the bill's sake.
      if (isRefusal(error) && request.modelId !== ownModelId) {
        const { modelId: profile } = request;
        deps.log.warn("an inference profile is refused", { profile, cause: error.message });
        request = { ...request, modelId: ownModelId };
        continue;
      }
      const now = deps.clock.now();
      throttledAt = isThrottling(error) ? (throttledAt ?? now) : undefined;
      if (throttledAt !== undefined && now - throttledAt < throttledMaxMs) uncounted += 1;
      const isTryLeft = attempt - uncounted < modelTriesMax;
      if (!(error instanceof ModelError && error.retryable && isTryLeft) || signal.aborted)
        throw error;
      const ceiling = Math.min(backoffMaxMs, backoffMs * 2 ** (attempt - 1));
      const wait = Math.max(ceiling * deps.randomness.fraction(), error.retryAfterMs ?? 0);
      // The model will not be there within the run's time.
      if (deps.clock.now() + wait >= endsAt) throw error;
      yield { type: "restart" };
      await deps.clock.sleep(wait, signal);
    }
  }
}

const isThrottling = (error: unknown): boolean =>
  error instanceof ModelError && error.code === "model_throttled" && error.retryable;

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
): AsyncGenerator<Event | ToolUse, string | null> {
  let stop: string | null = null;
  for await (const event of model.stream(request, signal)) {
    // Also of an answer that is broken off just now: it was paid for.
    if (event.type === "usage") yield { ...event, usage: toModelUsage(event.usage) };
    signal.throwIfAborted();
    if (event.type === "stop") stop = event.reason;
    if (event.type !== "usage") yield event;
  }
  return stop;
}
