/**
 * Action Sweep of the budget protocol (`docs/run-protocol/Budget.tla`): gives back what is held for
 * runs that were never accepted, as their sender died or gave up.
 */
export * as BudgetHolds from "./index.ts";

import * as Budget from "../../publishing/budget/index.ts";
import * as Conversation from "../../conversations/conversation/index.ts";
import * as Run from "../../conversations/run/index.ts";
import type { Clock, Table } from "../../ports/index.ts";

interface Deps {
  table: Table;
  clock: Clock;
  policy: {
    /** Longer than any process lives between holding something and accepting a run. */
    holdGraceMs: number;
  };
}

/** @returns how much was given back: holds. */
export async function sweep(deps: Deps): Promise<number> {
  const until = deps.clock.now() - deps.policy.holdGraceMs;
  let released = 0;
  for (const account of await Budget.listUnsettled(deps.table, until)) {
    for (const hold of account.holds) {
      if (hold.at >= until || (await isOpen(deps, hold.holder))) continue;
      if (await Budget.release(deps.table, hold)) released += 1;
    }
    await Budget.rest(deps, account);
  }
  return released;
}

/**
 * Whether a worker, or the end of a deletion, will still settle it. A run that has left its mailbox was
 * settled before that: what is held for it since is of somebody who came too late.
 */
async function isOpen({ table }: Deps, holder: Budget.Holder): Promise<boolean> {
  const head = await Conversation.Mailbox.read(table, holder);
  const waits = [...(head?.open ?? []), ...(head?.doomed ?? [])].includes(holder.runId);
  if (!waits) return false;
  const run = await Run.glimpse(table, holder, holder.runId);
  return run === undefined || run.redrives <= holder.redrives;
}
