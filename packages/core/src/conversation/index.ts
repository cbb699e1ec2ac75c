/**
 * A conversation as its client sees it: messages accepted one by one, answered in order of arrival,
 * and a tree to read.
 */
export * as Conversation from "./index.ts";

import * as v from "valibot";
import { Id } from "../id/index.ts";
import type { Clock, Log, ObjectStore, Queue, Table } from "../ports/index.ts";
import { Problem } from "../problem/index.ts";
import { type Address, type Content, Run, textOf } from "../run/index.ts";
import { chainUpTo } from "./chain.ts";
import { Mailbox } from "./mailbox.ts";

export { chainUpTo } from "./chain.ts";
export { Mailbox } from "./mailbox.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  runQueue: Queue;
  clock: Clock;
  ids: Id.Ids;
  log: Log;
  policy: {
    /** Open runs of one conversation at most. */
    openMax: number;
    /** Days a conversation is kept after its last message. */
    retentionDays: number;
  };
}

export interface Message {
  content: Content[];
  /** Short name of the model asked for, or null for the bot's own. */
  requestedModel: string | null;
  keyId: string;
}

export interface Accepted {
  runId: string;
  answerId: string;
}

/**
 * Accepts one message: put the run, append it to the head (the moment of acceptance), ring. A queue
 * that cannot be rung does not undo the acceptance: the sweeper rings again.
 * @throws ProblemError `conversation_busy`; StoreUnavailable where nothing was accepted.
 */
export async function accept(deps: Deps, address: Address, message: Message): Promise<Accepted> {
  const { runId, answerId } = Id.messagePair(deps.ids);
  const expiresAt = Math.ceil(deps.clock.now() / 1000) + deps.policy.retentionDays * 86_400;
  await Run.put(deps, address, { ...message, runId, answerId, expiresAt });
  const head = await Mailbox.append(deps, address, runId, {
    openMax: deps.policy.openMax,
    title: titleOf(message.content),
    expiresAt,
  });
  if (!head) {
    await Run.withdraw(deps, address, runId);
    throw new Problem.ProblemError("conversation_busy", {
      message: `This conversation has ${deps.policy.openMax} messages waiting. Wait for answers first.`,
      retryAfter: 5,
    });
  }
  try {
    await Mailbox.ring(deps.runQueue, address);
  } catch (cause) {
    deps.log.warn("bell not sent; the sweeper will ring", { runId, botId: address.botId, cause });
  }
  return { runId, answerId };
}

/**
 * The run of one message: asked for by the user's message id or by the answer's own.
 * `undefined` where it was never accepted in this conversation.
 */
export async function findRun(
  deps: Pick<Deps, "table" | "objects">,
  address: Address,
  messageId: string,
): Promise<Run.Info | undefined> {
  if (!v.is(Id.Ulid, messageId)) return undefined;
  const runId = Id.runIdOf(messageId);
  const run = await Run.fromId(deps, address, runId);
  if (!run || wasTaken(run)) return run;
  const head = await Mailbox.read(deps.table, address);
  if (head?.open.includes(runId)) return run;
  // Either it ended between the two reads, or it was put but never appended, so never acknowledged.
  const again = await Run.fromId(deps, address, runId);
  return again && wasTaken(again) ? again : undefined;
}

export interface Tree {
  head: Mailbox.Head;
  /** Accepted runs: first those that have ended or begun, in order, then those that wait. */
  runs: Run.Info[];
}

/** The whole conversation, or `undefined` where this client has none of that id. */
export async function read(
  deps: Pick<Deps, "table" | "objects">,
  address: Address,
): Promise<Tree | undefined> {
  const head = await Mailbox.read(deps.table, address);
  if (!head) return undefined;
  const byId = new Map((await Run.listAll(deps, address)).map((run) => [run.runId, run]));
  const waiting = head.open.flatMap((id) => byId.get(id) ?? []);
  return { head, runs: [...chainUpTo(byId, head.last), ...waiting] };
}

const wasTaken = (run: Run.Info): boolean => run.status !== "queued" || run.parent !== null;

const titleOf = (content: Content[]): string =>
  textOf(content).replace(/\s+/g, " ").trim().slice(0, 80) || "New conversation";
