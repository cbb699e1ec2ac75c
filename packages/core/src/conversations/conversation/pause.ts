import type { Clock, Watch } from "../../ports/index.ts";

/**
 * Sleeps, or ends early by a write that one of the watches tells of.
 * @param signal ends it at once, and quietly.
 */
export async function pause(
  clock: Clock,
  ms: number,
  watches: readonly (Watch | undefined)[],
  signal?: AbortSignal,
): Promise<void> {
  const awake = new AbortController();
  const wake = () => awake.abort(over);
  if (signal?.aborted) return;
  signal?.addEventListener("abort", wake, { once: true });
  const slept = clock.sleep(ms, awake.signal).catch((error: unknown) => {
    if (!awake.signal.aborted) throw error;
  });
  try {
    await Promise.race([slept, ...watches.flatMap((watch) => (watch ? [watch.written] : []))]);
  } finally {
    signal?.removeEventListener("abort", wake);
    wake();
  }
}

/** One for all: a reason of its own for each, with its stack, costs more than the sleep. */
const over = new Error("The sleep is over.");
