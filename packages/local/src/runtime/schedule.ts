import type { Log } from "@outlet/core/ports";

export interface Schedule {
  start(): void;
  /** Resolves once a call under way has ended. */
  stop(): Promise<void>;
}

/** Calls a function again and again, never twice at a time, as a scheduler would. */
export function createSchedule(
  call: () => Promise<void>,
  options: { everyMs: number; log: Log },
): Schedule {
  let timer: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();
  let stopped = false;
  const tick = () => {
    underWay = call()
      .catch((cause: unknown) => options.log.error("scheduled call failed", { cause }))
      .then(() => {
        if (!stopped) timer = setTimeout(tick, options.everyMs);
      });
  };
  return {
    start: tick,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
