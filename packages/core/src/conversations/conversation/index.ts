/**
 * A conversation as its client sees it: messages accepted one by one, answered in order of arrival,
 * and a tree to read.
 */
export * as Conversation from "./index.ts";

import * as v from "valibot";
import * as Id from "../../foundation/id/index.ts";
import type { Clock, ObjectStore, Table } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Budget from "../../publishing/budget/index.ts";
import * as Run from "../run/index.ts";
import type { Address } from "../run/index.ts";
import { chainUpTo } from "./chain.ts";
import * as Mailbox from "./mailbox.ts";
import * as Layout from "../../store/layout/index.ts";

export { type Accepted, type AcceptDeps, type Message, newIds } from "./accept.ts";
export { chainUpTo } from "./chain.ts";
export { forgetClaims, type Request, type Sent } from "./idempotency.ts";
export { Mailbox } from "./mailbox.ts";
export { redrive, type RedriveDeps } from "./redrive.ts";
export { Removal } from "./removal.ts";
export { send } from "./send.ts";
export { waitFor, type WaitPolicy } from "./wait.ts";

type Reading = { table: Table; objects: ObjectStore; clock: Clock };

/**
 * The run of one message: asked for by the user's message id or by the answer's own.
 * `undefined` where it was never accepted in this conversation, or its time is over.
 */
export async function findRun(
  deps: Pick<Reading, "table" | "clock">,
  address: Address,
  messageId: string,
): Promise<Run.State | undefined> {
  if (!v.is(Id.Ulid, messageId)) return undefined;
  const runId = Id.runIdOf(messageId);
  const run = await Run.peek(deps.table, address, runId);
  if (!run || Layout.isOver(deps.clock, run)) return undefined;
  if (Run.wasTaken(run)) return run;
  const head = await Mailbox.read(deps.table, address);
  if (head?.open.includes(runId)) return run;
  // Either it ended between the two reads, or it was put but never appended, so never acknowledged.
  const again = await Run.peek(deps.table, address, runId);
  return again && Run.wasTaken(again) ? again : undefined;
}

export interface Tree {
  head: Mailbox.Head & { createdAt: number };
  /** Accepted runs: first those that have ended or begun, in order, then those that wait. */
  runs: Run.Info[];
}

/** The whole conversation, or `undefined` where this client has none of that id. */
export async function read(deps: Reading, address: Address): Promise<Tree | undefined> {
  const head = await Mailbox.read(deps.table, address);
  const createdAt = head?.createdAt;
  if (!head || createdAt === undefined || Layout.isOver(deps.clock, head)) return undefined;
  const kept = (await Run.listAll(deps.table, address)).filter(
    (run) => !Layout.isOver(deps.clock, run),
  );
  const byId = new Map(kept.map((run) => [run.runId, run]));
  const waiting = head.open.flatMap((id) => byId.get(id) ?? []);
  const waitingIds = new Set(head.open);
  const ended = chainUpTo(byId, head.last).filter((run) => !waitingIds.has(run.runId));
  const runs: Run.Info[] = [];
  for (const run of [...ended, ...waiting]) runs.push(await Run.loadKept(deps, run));
  return { head: { ...head, createdAt }, runs };
}

/**
 * Makes sure that the last answer can be gone on with.
 * @throws ProblemError `nothing_to_continue`
 */
export async function requireIncomplete(
  deps: Pick<Reading, "table">,
  address: Address,
): Promise<void> {
  const head = await Mailbox.read(deps.table, address);
  // The newest may have ended and not have left the mailbox yet.
  const lastId = head?.open.at(-1) ?? head?.last;
  const last = lastId ? await Run.peek(deps.table, address, lastId) : undefined;
  if (last?.incompleteReason === "max_output_tokens") return;
  const waits = last !== undefined && !Run.isTerminal(last.status);
  throw new Problem.ProblemError("nothing_to_continue", {
    message: waits
      ? "Messages of this conversation wait for their answers. Continue when they have ended."
      : "The last answer of this conversation did not end for want of tokens.",
    param: "continueGenerate",
  });
}

/**
 * Action Cancel, and Settle where it has ended with that: what was held for a message that waited is
 * free at once, and not when its turn comes.
 */
export async function cancel(
  deps: Pick<Reading, "table" | "clock">,
  run: Run.State,
): Promise<Run.State> {
  const after = Run.isTerminal(run.status) ? run : await Run.cancel(deps, run);
  if (after.status === "cancelled") await Budget.settle(deps, after);
  return after;
}

/** A store may keep for days what has expired: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html */
