import type { Log } from "@outlet/core/ports";

export interface Schedule {
  start(): void;
  /** Resolves once a call under way has ended. */
  stop(): Promise<void>;
}

/**
 * Calls a function again and again, never twice at a time, as a scheduler would.
 * @param call given a signal that asks it to end early, aborted by `stop`.
 */
export function createSchedule(
  call: (stopping: AbortSignal) => Promise<void>,
  options: { everyMs: number; log: Log },
): Schedule {
  let timer: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();
  const stopping = new AbortController();
  const tick = () => {
    underWay = call(stopping.signal)
      .catch((cause: unknown) => options.log.error("scheduled call failed", { cause }))
      .then(() => {
        if (!stopping.signal.aborted) timer = setTimeout(tick, options.everyMs);
      });
  };
  return {
    start: tick,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await underWay;
    },
  };
}
