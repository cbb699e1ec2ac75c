import { StoreUnavailable } from "@outlet/core/ports";
import { isServerError, isThrottlingError, isTransientError } from "@smithy/core/retry";

type SdkError = Parameters<typeof isTransientError>[0];

/**
 * Waits for a call to a store. What the SDK gave up on — no connection, no answer in time, 5xx,
 * throttled — comes back as {@link StoreUnavailable}, the SDK's error as its cause; a refusal on
 * the merits (a failed condition, an item too large) is thrown as it is.
 */
export async function reachStore<T>(store: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && isUnavailable(error as SdkError)) {
      throw new StoreUnavailable(`${store}: ${error.name}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function isUnavailable(error: SdkError): boolean {
  return (
    isThrottlingError(error) ||
    isTransientError(error) ||
    isServerError(error) ||
    // An answer cut off in the middle: the SDK fails to parse what arrived.
    error instanceof SyntaxError
  );
}
