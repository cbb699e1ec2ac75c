import * as ModelCatalog from "../../models/catalog/index.ts";
import type { Clock, EndOfRunHook, ObjectStore, Table } from "../../ports/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import * as Mailbox from "../conversation/mailbox.ts";
import * as EventLog from "../event-log/index.ts";
import * as RequestLog from "../request-log/index.ts";
import * as Run from "../run/index.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
  onRunEnded?: EndOfRunHook;
}

/** An attempt that has come to its end. */
export interface EndingAttempt {
  run: Run.State;
  writer: EventLog.Writer;
  /** Whether no other run was open when the mailbox was read. */
  isOnly: boolean;
}

/**
 * Bytes of a message and its answer up to which the end is one call: it pays for each item twice, and
 * for a larger one that is more than the calls that it spares.
 */
const togetherMax = 4_096;

/**
 * Action EndTogether of the protocol: Finish, the last entry of the event log, Ledger, the entry of
 * the request log and, where nobody has to be told or paid before, Pop: all of them or none.
 * @returns the run as it ended, and what is left to do where it has left the mailbox; `undefined`
 *   where nothing was written: then each step on its own finds out why.
 * @throws StoreUnavailable; Unwritable: nothing was written.
 */
export async function endTogether(
  deps: Deps,
  { run, writer, isOnly }: EndingAttempt,
  result: Run.Result,
): Promise<{ ended: Run.State; left: "released" | "more" | undefined } | undefined> {
  if (result.status === "cancelled" || sizeOf(run, result) > togetherMax) return undefined;
  const rest = await writer.leave(result.answer);
  if (!rest) return undefined;
  const { ended, write } = await Run.finishOf(deps, run, result);
  const isOver = run.holds.length === 0 && !isTold(deps, ended);
  const entry = Run.ledgerEntry(ended, ModelCatalog.priceVersion);
  const suffix = Run.ledgerSuffix(ended);
  const isWritten = await Ledger.recordBy(deps, entry, suffix, (ledger) =>
    deps.table.transact([
      EventLog.closingOf(ended, rest, deps.clock.now()),
      write,
      ledger,
      RequestLog.putOf(ended),
      ...(isOver ? [Mailbox.popOf(run, run.token, run.runId, { isOnly })] : []),
    ]),
  );
  // The reply may have been lost and the writes been tried again, against their own outcome. By now
  // the run may have been redriven or deleted; its entry in the ledger stays what it was.
  if (!isWritten && !(await Ledger.has(deps.table, entry, suffix))) return undefined;
  return { ended, left: isOver ? (isOnly ? "released" : "more") : undefined };
}

const sizeOf = (run: Run.State, { answer, usedChunks, steps }: Run.Result): number =>
  Buffer.byteLength(run.question.json ?? "") +
  Buffer.byteLength(JSON.stringify([answer, usedChunks, steps]));

const isTold = ({ onRunEnded }: Deps, run: Run.State): boolean =>
  onRunEnded !== undefined && onRunEnded.concerns?.(Run.endOf(run)) !== false;
