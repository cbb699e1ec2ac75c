import { StoreUnavailable } from "@outlet/core/ports";
import { BrokenAnswer, isPassing } from "./service-error.ts";

/**
 * Waits for a call to a store: what the client gave up on comes back as {@link StoreUnavailable}, a
 * refusal on the merits as it is.
 */
export async function reachStore<T>(store: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && (isPassing(error) || error instanceof BrokenAnswer)) {
      throw new StoreUnavailable(`${store}: ${error.name}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
