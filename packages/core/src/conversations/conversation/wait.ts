import type { Clock, Table } from "../../ports/index.ts";
import * as Run from "../run/index.ts";
import type { Address } from "../run/index.ts";
import { pause } from "./pause.ts";

export interface WaitPolicy {
  /** Milliseconds between two looks at a run: at first, and at most. */
  waitPollMs: { first: number; max: number };
}

/**
 * Waits for the end of a run, at most `ms`. Looks at its item more and more rarely, every tenth of
 * the time waited, so that what is added to a long answer's time is a small part of it; at once where
 * the table tells of the run's writes.
 * @param deps.stopping aborted when the process has to end: nobody is kept waiting from then on.
 * @returns the run as it was seen last; `undefined` where it has gone.
 */
export async function waitFor(
  deps: { table: Table; clock: Clock; policy: WaitPolicy; stopping?: AbortSignal },
  address: Address,
  runId: string,
  ms: number,
): Promise<Run.State | undefined> {
  const { first, max } = deps.policy.waitPollMs;
  const beganAt = deps.clock.now();
  for (;;) {
    // Before the look: of what is written after it, this tells.
    const watch = Run.watch(deps.table, address, runId);
    try {
      const run = await Run.peek(deps.table, address, runId);
      const waited = deps.clock.now() - beganAt;
      const isOver = waited >= ms || deps.stopping?.aborted === true;
      if (!run || Run.isTerminal(run.status) || isOver) return run;
      const interval = Math.min(max, Math.max(first, waited / 10));
      await pause(deps.clock, Math.min(interval, ms - waited), [watch], deps.stopping);
    } finally {
      watch?.close();
    }
  }
}
