/**
 * Deleting a conversation, by the run protocol: the head becomes a tombstone under a token that
 * fences off whoever is at work; what was open is cancelled, billed and removed, and everything else
 * that was begun before with it. It can be broken off anywhere: the tombstone says what is left to
 * do, and the next reader, sender or deletion does it.
 */
export * as Removal from "./removal.ts";

import * as ModelCatalog from "../../models/catalog/index.ts";
import type { Clock, ObjectStore, Table } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as EventLog from "../event-log/index.ts";
import * as RequestLog from "../request-log/index.ts";
import * as Run from "../run/index.ts";
import type { Address } from "../run/index.ts";
import * as Budget from "../../publishing/budget/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import * as Mailbox from "./mailbox.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

const triesMax = 20;
/** Runs removed side by side. */
const atOnce = 10;

/**
 * Deletes a conversation with all that was said. A model at work on it is broken off.
 * @returns whether there was one; deleting it again is no error.
 */
export async function remove(deps: Deps, address: Address): Promise<boolean> {
  for (let tries = 0; tries < triesMax; tries++) {
    const head = await Mailbox.read(deps.table, address);
    if (!head) return false;
    if (head.doomed) await end(deps, head);
    else if (head.createdAt === undefined) return true;
    else {
      const tombstone = await Mailbox.condemn(deps, head);
      if (!tombstone) continue;
      await end(deps, tombstone);
      return true;
    }
  }
  throw new Problem.ProblemError("conflict", {
    message: "Messages keep coming into this conversation. Delete it when they have stopped.",
    retryAfter: 1,
  });
}

/**
 * Deletes a conversation of which nothing is to be left, no tombstone either: there is nobody any
 * more who could send a message under its id.
 */
export async function erase(deps: Deps, address: Address): Promise<void> {
  await remove(deps, address);
  const head = await Mailbox.read(deps.table, address);
  for (const runId of await Run.listTombstones(deps.table, address)) {
    await EventLog.raze(deps.table, { ...address, runId, expiresAt: 0 });
    // Last: it says where the others may lie.
    await Run.removeTombstone(deps.table, address, runId);
  }
  if (head) await Mailbox.raze(deps.table, head);
}

/** Does what is left of a deletion that has begun. */
export async function end(deps: Deps, tombstone: Mailbox.Head): Promise<void> {
  const { doomed = [], doomedToken } = tombstone;
  for (const runId of doomed) await settle(deps, tombstone, runId, doomedToken);
  const condemned = new Set(doomed);
  const runs = (await Run.listAll(deps.table, tombstone)).filter((run) => {
    // What has never been started may have been put for the conversation that comes after.
    const begunBefore = run.token > 0 && run.token <= doomedToken;
    return begunBefore || condemned.has(run.runId);
  });
  for (let i = 0; i < runs.length; i += atOnce) {
    await Promise.all(runs.slice(i, i + atOnce).map((run) => removeRun(deps, run)));
  }
  await Run.removeUnreadable(deps, tombstone);
  await Mailbox.bury(deps, tombstone);
}

/** What was streamed goes first: while the run is there, the removal can be found and repeated. */
async function removeRun(deps: Deps, run: Run.State): Promise<void> {
  await EventLog.remove(deps, run);
  await Run.remove(deps, run);
}

/** Actions Cancel, Start, Ledger and Settle for a run that was open: whatever it cost is billed. */
async function settle(deps: Deps, address: Address, runId: string, token: number): Promise<void> {
  const found = await Run.glimpse(deps.table, address, runId);
  if (!found) return;
  const cancelled = await Run.cancel(deps, found);
  const options = { token, attemptsMax: 0, parent: "system", place: null };
  const started = await Run.startKnown(deps, cancelled, options);
  if (started.outcome !== "ended") return;
  const entry = Run.ledgerEntry(started.run, ModelCatalog.priceVersion);
  await Ledger.record(deps, entry, Run.ledgerSuffix(started.run));
  await Budget.settle(deps, started.run);
  await RequestLog.record(deps.table, started.run);
}
