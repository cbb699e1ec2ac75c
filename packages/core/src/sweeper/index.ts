/** Action Sweep of the run protocol: rings where runs are open and nobody is at work. */
export * as Sweeper from "./index.ts";

import { Publication } from "../publication/index.ts";
import type { Clock, Log, Queue, Table } from "../ports/index.ts";
import { Knowledge } from "../knowledge/index.ts";
import { leaseMs } from "../sync/lease.ts";
import { Mailbox } from "../conversation/mailbox.ts";

interface Deps {
  table: Table;
  clock: Clock;
  runQueue: Queue;
  deployQueue: Queue;
  syncQueue: Queue;
  log: Log;
  policy: {
    /** Left alone for so long after the last message: its own bell may be on its way. */
    quietMs: number;
  };
}

/** @returns how often it rang. */
export async function sweep(
  deps: Deps,
): Promise<{ conversations: number; publications: number; knowledge: number }> {
  const unattended = await Mailbox.listUnattended(deps, deps.policy.quietMs);
  for (const address of unattended) await Mailbox.ring(deps.runQueue, address);
  const now = deps.clock.now();
  const stuck = (await Publication.listInFlight(deps.table)).filter(
    (p) => p.updatedAt < now - deps.policy.quietMs,
  );
  for (const { botId } of stuck) await Publication.ring(deps, botId);
  const unread = new Set(
    (await Knowledge.listOpen(deps.table))
      .filter(({ status, statusAt }) => statusAt < now - patience(deps, status))
      .map(({ botId }) => botId),
  );
  for (const botId of unread) await Knowledge.ring(deps, botId);
  const rung = {
    conversations: unattended.length,
    publications: stuck.length,
    knowledge: unread.size,
  };
  if (rung.conversations + rung.publications + rung.knowledge > 0)
    deps.log.info("rang again", rung);
  return rung;
}

/** A source being read has its own lease; one that waits should be taken soon. */
const patience = (deps: Deps, status: Knowledge.Info["status"]): number =>
  status === "RUNNING" ? leaseMs : deps.policy.quietMs;
