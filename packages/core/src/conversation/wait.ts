import type { Clock, Table } from "../ports/index.ts";
import { type Address, Run } from "../run/index.ts";

export interface WaitPolicy {
  /** Milliseconds between two looks at a run: at first, and at most. */
  waitPollMs: { first: number; max: number };
}

/**
 * Waits for the end of a run, at most `ms`. Looks at its item more and more rarely, every tenth of
 * the time waited, so that what is added to a long answer's time is a small part of it.
 * @returns the run as it was seen last; `undefined` where it has gone.
 */
export async function waitFor(
  deps: { table: Table; clock: Clock; policy: WaitPolicy },
  address: Address,
  runId: string,
  ms: number,
): Promise<Run.State | undefined> {
  const { first, max } = deps.policy.waitPollMs;
  const beganAt = deps.clock.now();
  for (;;) {
    const run = await Run.peek(deps.table, address, runId);
    const waited = deps.clock.now() - beganAt;
    if (!run || Run.isTerminal(run.status) || waited >= ms) return run;
    const interval = Math.min(max, Math.max(first, waited / 10));
    await deps.clock.sleep(Math.min(interval, ms - waited));
  }
}
