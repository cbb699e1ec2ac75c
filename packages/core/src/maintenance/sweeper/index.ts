/** Action Sweep of the run protocol: rings where runs are open and nobody is at work. */
export * as Sweeper from "./index.ts";

import * as Publication from "../../publishing/publication/index.ts";
import type { Clock, Log, Queue, Table } from "../../ports/index.ts";
import * as Knowledge from "../../bots/knowledge/index.ts";

import * as Bell from "../../conversations/bell/index.ts";
import * as Erasure from "../erasure/index.ts";
import * as Delivery from "../../conversations/delivery/index.ts";
import * as Conversation from "../../conversations/conversation/index.ts";
import * as Id from "../../foundation/id/index.ts";
import * as Run from "../../conversations/run/index.ts";

interface Deps {
  table: Table;
  clock: Clock;
  runQueue: Queue;
  deployQueue: Queue;
  syncQueue: Queue;
  webhookQueue: Queue;
  log: Log;
  policy: {
    /** Left alone for so long after the last message: its own bell may be on its way. */
    quietMs: number;
    /** A run that nobody has begun for so long fails. */
    queuedMaxMs: number;
  };
}

/** @returns how often it rang. */
export async function sweep(
  deps: Deps,
): Promise<{ conversations: number; publications: number; knowledge: number; webhooks: number }> {
  const now = deps.clock.now();
  const due = await Conversation.Mailbox.listDue(deps, deps.policy.quietMs);
  const failures: unknown[] = [];
  const each = attempts(deps.log, failures);
  await each(due, (head) => giveUpLate(deps, head));
  // Rung after that, for whoever comes bills what has ended and takes it out of the mailbox.
  const { quietMs } = deps.policy;
  const unattended = due.filter((head) => Conversation.Mailbox.isUnattended(head, now));
  await each(unattended, (head) => ring(deps, head));
  const stuck = (await Publication.listInFlight(deps.table)).filter(
    (p) => p.updatedAt < now - deps.policy.quietMs,
  );
  await each(stuck, ({ botId }) => Publication.ring(deps, botId));
  await each(await Erasure.listOpen(deps.table), (botId) => Publication.ring(deps, botId));
  const unread = new Set(
    (await Knowledge.listOpen(deps.table))
      .filter(({ status, statusAt }) => statusAt < now - patience(deps, status))
      .map(({ botId }) => botId),
  );
  for (const { botId } of await Knowledge.Site.listDue(deps.table, now)) unread.add(botId);
  await each([...unread], (botId) => Knowledge.ring(deps, botId));
  const overdue = await Delivery.listDue(deps, quietMs);
  await each(overdue, (delivery) => Delivery.ring(deps, delivery));
  if (failures.length > 0)
    throw new AggregateError(failures, "Some of what is open was not rung for");
  const rung = {
    conversations: unattended.length,
    publications: stuck.length,
    knowledge: unread.size,
    webhooks: overdue.length,
  };
  if (Object.values(rung).some((times) => times > 0)) deps.log.info("rang again", rung);
  return rung;
}

/** How many are looked at side by side. */
const atOnce = 10;

/** One that cannot be read or rung for must not leave all others unattended. */
const attempts =
  (log: Log, failures: unknown[]) =>
  async <T>(subjects: readonly T[], act: (subject: T) => Promise<void>): Promise<void> => {
    for (let i = 0; i < subjects.length; i += atOnce) {
      for (const outcome of await Promise.allSettled(subjects.slice(i, i + atOnce).map(act))) {
        if (outcome.status === "fulfilled") continue;
        log.error("sweeping failed for one", { cause: outcome.reason });
        failures.push(outcome.reason);
      }
    }
  };

async function ring(deps: Deps, head: Conversation.Mailbox.Head): Promise<void> {
  await Bell.ring(deps.runQueue, head);
  await Conversation.Mailbox.noteRing(deps, head, deps.policy.quietMs);
}

/** Fails the runs of a mailbox that have been queued too long: nobody need wait for them any more. */
async function giveUpLate(deps: Deps, head: Conversation.Mailbox.Head): Promise<void> {
  const before = deps.clock.now() - deps.policy.queuedMaxMs;
  for (const runId of head.open.filter((id) => Id.timeOf(id) < before)) {
    const run = await Run.peek(deps.table, head, runId);
    // A redriven run is older than its time in the queue.
    if (run?.status !== "queued" || run.queuedAt >= before) continue;
    const hours = Math.round(deps.policy.queuedMaxMs / 3_600_000);
    const message = `The message waited longer than ${hours} hours for its turn. Send it again.`;
    const failed = await Run.giveUp(deps, run, { code: "run_timeout", message, retryable: true });
    if (failed) deps.log.warn("run queued too long", { runId, botId: head.botId });
  }
}

/** A source being read has its own lease; one that waits should be taken soon. */
const patience = (deps: Deps, status: Knowledge.Info["status"]): number =>
  status === "RUNNING" ? Knowledge.leaseMs : deps.policy.quietMs;
