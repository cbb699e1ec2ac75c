import type { Clock, Watch } from "../../ports/index.ts";

/** Made once: an abort without a reason makes an error with its stack, for each run several times. */
const awakened = new Error("There is something to do.");

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
  const wake = () => awake.abort(awakened);
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
