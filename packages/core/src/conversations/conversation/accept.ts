import * as Id from "../../foundation/id/index.ts";
import type { Clock, Log, ObjectStore, Queue, Table } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Budget from "../../publishing/budget/index.ts";
import * as Bell from "../bell/index.ts";
import * as Run from "../run/index.ts";
import {
  type Address,
  type Asked,
  type NewContent,
  type NewSurroundings,
  textOf,
  type Webhooks,
} from "../run/index.ts";
import * as Mailbox from "./mailbox.ts";
import * as Removal from "./removal.ts";
import * as Text from "../../foundation/text/index.ts";

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
    /** Whether a call of the table costs more than the units that two writes in one cost beside it. */
    acceptsInOne: boolean;
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
  /** Whether what is said may be written while it is being answered; it may where absent. */
  deltas?: boolean;
  /** Whether its caller follows it from the beginning; not where absent. */
  followed?: boolean;
  /** Of the request that brings it, as the gateway names that. */
  requestId?: string | undefined;
  /** What a caller of another face than the native one asked beside it. */
  asked?: Asked;
  surroundings?: NewSurroundings;
  /** Whose budgets it is paid from; absent where there are none. */
  budget?: Budget.Claim | undefined;
  /** Who is told when it has been answered; nobody where absent. */
  webhooks?: Webhooks;
}

export interface Accepted {
  runId: string;
  answerId: string;
}

/** What a message claimed under an idempotency key is accepted as. */
export interface Claimed extends Accepted {
  seen: Mailbox.Seen;
}

/** Ids for a message to come, of whoever names a conversation after it. */
export const newIds = (deps: { ids: Id.Ids }): Accepted => Id.messagePair(deps.ids);

/**
 * Accepts one message: hold back what it may cost, put the run, append it to the head (the moment of
 * acceptance), ring. Put and append are tried in one call first where that is cheap (action
 * AcceptTogether of the protocol): refused, for whatever reason, they go one by one, and each finds out
 * for itself. A queue that cannot be rung does not undo the acceptance: the sweeper rings again.
 * @param given ids made beforehand. `seen` where somebody else may be at the same message: nothing is
 *   then taken back.
 * @throws ProblemError `budget_exceeded`, `conversation_busy`; `not_found` where the conversation was deleted after
 *   the message was claimed; StoreUnavailable where nothing was accepted.
 */
export async function accept(
  deps: AcceptDeps,
  address: Address,
  message: Message,
  given?: Accepted & Partial<Claimed>,
): Promise<Accepted> {
  const { runId, answerId } = given ?? newIds(deps);
  const sender = deps.ids.ulid();
  const held = await holdFor(deps, address, message, { runId, answerId, sender });
  const { holds } = held.run;
  const outcome = (await acceptTogether(deps, held, message, given?.seen))
    ? "open"
    : await acceptByStep(deps, held, message, given?.seen);
  if (outcome === "removed") throw deletedSince(address, runId);
  if (outcome === "full") {
    if (!given?.seen) {
      await Run.withdraw(deps, address, runId);
      await Budget.leave(deps, holds, holderOf(address, runId), sender);
    }
    throw busy(deps.policy.openMax);
  }
  await Bell.ringOrWarn(deps, address, { runId });
  return { runId, answerId };
}

function acceptTogether(
  deps: AcceptDeps,
  { run, item, condition }: Run.Put,
  message: Message,
  seen: Mailbox.Seen | undefined,
): Promise<boolean> {
  if (!deps.policy.acceptsInOne) return Promise.resolve(false);
  const options = { ...headOf(deps, message), seen };
  const appending = Mailbox.appendOf(deps, run, run.runId, options);
  return deps.table.transact([{ item, condition }, appending]);
}

async function acceptByStep(
  deps: AcceptDeps,
  put: Run.Put,
  message: Message,
  seen: Mailbox.Seen | undefined,
): Promise<"open" | "full" | "removed"> {
  const { run } = put;
  // Put before: by this very request, whose reply was lost, and what came of it since is not to be undone.
  const wasThere = !(await Run.putBy(deps, put));
  return append(deps, run, run.runId, message, { asClaimed: seen, wasThere });
}

/** Actions Reserve and Put. What is held for a run that was never accepted, the sweeper releases. */
export async function putHeld(
  deps: AcceptDeps,
  address: Address,
  message: Message,
  sent: Accepted & Budget.Sender,
): Promise<void> {
  await Run.putBy(deps, await holdFor(deps, address, message, sent));
}

/** Action Reserve, and the write of the run that names what is held for it. */
async function holdFor(
  deps: AcceptDeps,
  address: Address,
  { budget, ...message }: Message,
  { sender, ...ids }: Accepted & Budget.Sender,
): Promise<Run.Put> {
  const holder = holderOf(address, ids.runId);
  const holds = budget ? await Budget.reserve(deps, budget, holder, { sender }) : [];
  return Run.putOf(deps, address, { ...message, ...ids, holds });
}

/** Action Reserve for a run that is there: what was held for it may have been released since. */
export async function holdAgain(
  deps: Pick<AcceptDeps, "table" | "clock" | "ids">,
  run: Run.State,
  { budget }: Pick<Message, "budget">,
): Promise<void> {
  if (!budget) return;
  const sender = { sender: deps.ids.ulid(), known: run.holds };
  await Budget.reserve(deps, budget, holderOf(run, run.runId, run.redrives), sender);
}

/** @param redrives how often it has been put back: each time something is held for it anew. */
export const holderOf = (
  { botId, clientId, conversationId }: Address,
  runId: string,
  redrives = 0,
): Budget.Holder => ({ botId, clientId, conversationId, runId, redrives });

/**
 * Action Append, and what it takes to get there: a deletion under way is ended first.
 * @param options.asClaimed of the mailbox, where the message was claimed under a key.
 * @param options.wasThere whether the run had been put before, so that it is looked at first.
 */
async function append(
  deps: AcceptDeps,
  address: Address,
  runId: string,
  message: Message,
  { asClaimed, wasThere }: { asClaimed: Mailbox.Seen | undefined; wasThere: boolean },
): Promise<"open" | "full" | "removed"> {
  let seen = asClaimed;
  for (let looksFirst = wasThere; ; looksFirst = true) {
    if (looksFirst) {
      // The reply to an append may be lost, and the run have been answered or deleted since.
      const found = await look(deps.table, address, runId);
      if (!found.run) return "removed";
      if (found.arrived) return "open";
      seen = { ...found.seen, ...asClaimed };
    }
    const options = { ...headOf(deps, message), seen };
    const appended = await Mailbox.append(deps, address, runId, options);
    if (appended.outcome === "removing") await Removal.end(deps, appended.head);
    // "changed": room was made, or a deletion ended, between the write and the reading.
    else if (appended.outcome !== "changed") return appended.outcome;
  }
}

/** What has become of a message so far: its run, and the mailbox as it was just before. */
export async function look(table: Table, address: Address, runId: string) {
  // In this order: a run that is untouched afterwards had not been popped when the head was read.
  const head = await Mailbox.read(table, address);
  const run = await Run.peek(table, address, runId);
  // A deletion under way has set aside what was open.
  const removing = head?.doomed?.includes(runId) ? head : undefined;
  const inMailbox = removing !== undefined || head?.open.includes(runId) === true;
  const arrived = run !== undefined && (Run.wasTaken(run) || inMailbox);
  return { run, arrived, removing, seen: Mailbox.seen(head) };
}

export const deletedSince = ({ conversationId }: Address, runId: string): Problem.ProblemError =>
  new Problem.ProblemError(
    "not_found",
    `Conversation ${conversationId} has been deleted since message ${runId} was sent to it.`,
  );

/** What an append says of the head. */
export const headOf = (deps: AcceptDeps, message: Pick<Message, "content" | "retentionDays">) => ({
  openMax: deps.policy.openMax,
  title: titleOf(message.content),
  expiresAt: Run.expiryOf(deps.clock, message.retentionDays),
});

export const busy = (openMax: number): Problem.ProblemError =>
  new Problem.ProblemError("conversation_busy", {
    message: `This conversation has ${openMax} messages waiting. Wait for answers first.`,
    retryAfter: 5,
  });

const titleOf = (content: readonly NewContent[]): string =>
  titleFrom(textOf(content)) || "New conversation";

/** Of a long message only the beginning is looked at. */
const titleFrom = (text: string): string => {
  const line = Text.oneLine(Text.cut(text.trimStart(), 1_000));
  return Text.isVisible(line) ? Text.cut(line, 80).trimEnd() : "";
};
