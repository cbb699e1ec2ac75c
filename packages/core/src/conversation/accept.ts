import { Id } from "../id/index.ts";
import type { Clock, Log, ObjectStore, Queue, Table } from "../ports/index.ts";
import { Problem } from "../problem/index.ts";
import { type Address, type NewContent, Run, textOf } from "../run/index.ts";
import { Mailbox } from "./mailbox.ts";
import { Removal } from "./removal.ts";

export interface AcceptDeps {
  table: Table;
  objects: ObjectStore;
  runQueue: Queue;
  clock: Clock;
  ids: Id.Ids;
  log: Log;
  policy: {
    /** Open runs of one conversation at most. */
    openMax: number;
  };
}

export interface Message {
  content: NewContent[];
  /** Short name of the model asked for, or null for the bot's own. */
  requestedModel: string | null;
  keyId: string;
  /** Go on with the answer before it. */
  continues: boolean;
  /** Let the model reason first. */
  reasoning: boolean;
  /** Days that it is kept. */
  retentionDays: number;
}

export interface Accepted {
  runId: string;
  answerId: string;
}

/**
 * Accepts one message: put the run, append it to the head (the moment of acceptance), ring. A queue
 * that cannot be rung does not undo the acceptance: the sweeper rings again.
 * @param ids given where somebody may be at the same message: nothing is then taken back.
 * @throws ProblemError `conversation_busy`; StoreUnavailable where nothing was accepted.
 */
export async function accept(
  deps: AcceptDeps,
  address: Address,
  message: Message,
  ids?: Accepted,
): Promise<Accepted> {
  const { runId, answerId } = ids ?? Id.messagePair(deps.ids);
  await Run.put(deps, address, { ...message, runId, answerId });
  if (!(await append(deps, address, runId, message))) {
    if (!ids) await Run.withdraw(deps, address, runId);
    throw busy(deps.policy.openMax);
  }
  await ring(deps, address, runId);
  return { runId, answerId };
}

/**
 * Action Append, and what it takes to get there: a deletion under way is ended first.
 * @returns `false` where the mailbox is full.
 */
async function append(
  deps: AcceptDeps,
  address: Address,
  runId: string,
  message: Message,
): Promise<boolean> {
  for (;;) {
    const appended = await Mailbox.append(deps, address, runId, headOf(deps, message));
    if (appended.outcome === "open") return true;
    if (appended.outcome === "full") return false;
    // "changed": room was made, or a deletion ended, between the write and the reading.
    if (appended.outcome === "removing") await Removal.end(deps, appended.head);
  }
}

/** What an append says of the head. */
export const headOf = (deps: AcceptDeps, message: Pick<Message, "content" | "retentionDays">) => ({
  openMax: deps.policy.openMax,
  title: titleOf(message.content),
  expiresAt: Run.expiryOf(deps.clock, message.retentionDays),
});

export async function ring(
  deps: Pick<AcceptDeps, "runQueue" | "log">,
  address: Address,
  runId: string,
): Promise<void> {
  try {
    await Mailbox.ring(deps.runQueue, address);
  } catch (cause) {
    deps.log.warn("bell not sent; the sweeper will ring", { runId, botId: address.botId, cause });
  }
}

export const busy = (openMax: number): Problem.ProblemError =>
  new Problem.ProblemError("conversation_busy", {
    message: `This conversation has ${openMax} messages waiting. Wait for answers first.`,
    retryAfter: 5,
  });

const titleOf = (content: readonly NewContent[]): string =>
  textOf(content).replace(/\s+/g, " ").trim().slice(0, 80) || "New conversation";
