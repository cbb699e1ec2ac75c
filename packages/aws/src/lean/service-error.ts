/** What a service answered instead of what it was asked for, by the name that AWS gives it. */
export class ServiceError extends Error {
  readonly status: number;
  /** Of a transaction: the code for each of its writes, `None` where that one was not why. */
  readonly reasons: readonly string[];
  /** Milliseconds for which the service asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  /** @param name such as `ValidationException`. */
  constructor(
    name: string,
    message: string,
    status: number,
    more: { reasons?: readonly string[] | undefined; retryAfterMs?: number | undefined } = {},
  ) {
    super(message);
    this.name = name;
    this.status = status;
    this.reasons = more.reasons ?? [];
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** No answer: the connection was refused or broke, or there was none in time. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

/** A body that ends before its JSON does. */
export class BrokenAnswer extends Error {
  override name = "BrokenAnswer";
}

/**
 * Names under which AWS says that it was asked too often; the SDK knows the same ones
 * (`@smithy/core`, retry/service-error-classification).
 */
const throttlingNames =
  /throttl|^(BandwidthLimitExceeded|LimitExceededException|PriorRequestNotComplete|ProvisionedThroughputExceededException|RequestLimitExceeded|SlowDown|TooManyRequestsException|TransactionInProgressException)$/i;

const isThrottling = (error: ServiceError): boolean =>
  error.status === 429 || throttlingNames.test(error.name);

/** Whether another try may help: none of these says anything of the request itself. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswer) return true;
  if (!(error instanceof ServiceError)) return false;
  return (
    error.status >= 500 ||
    isThrottling(error) ||
    ["RequestTimeout", "RequestTimeoutException"].includes(error.name)
  );
}

/**
 * How long to wait before the next try, in milliseconds: capped exponential backoff with full jitter.
 * @param tries so far, from 1.
 */
export function pauseBefore(error: unknown, tries: number): number {
  const base = error instanceof ServiceError && isThrottling(error) ? 500 : 100;
  return Math.random() * Math.min(20_000, base * 2 ** (tries - 1));
}
