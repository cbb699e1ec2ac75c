import type { Clock, Log, Queue, Table } from "../ports/index.ts";
import { Problem } from "../problem/index.ts";
import { RunLog } from "../run/log.ts";
import { Run } from "../run/index.ts";
import { Mailbox } from "./mailbox.ts";

export interface RedriveDeps {
  table: Table;
  clock: Clock;
  runQueue: Queue;
  log: Log;
  policy: { openMax: number };
}

/**
 * Puts a failed run back into its mailbox, at the end: failed → queued, then Append. Its first end
 * stays billed; the next one is billed beside it. Doing it again mends what was broken off.
 * @throws ProblemError `run_not_failed`, `not_found`, `conflict`, `conversation_busy`
 */
export async function redrive(deps: RedriveDeps, entry: RunLog.Entry): Promise<Run.State> {
  const head = await Mailbox.read(deps.table, entry);
  const found = await Run.peek(deps.table, entry, entry.runId);
  if (!head || !found || head.createdAt === undefined) throw gone(entry.runId);
  // Its end is not billed before it has left the mailbox.
  const isOpen = head.open.includes(entry.runId);
  if (isOpen && found.status === "failed") throw closing();
  const isBrokenOff = found.status === "queued" && found.redrives > 0 && found.parent === null;
  if (isOpen || !(found.status === "failed" || isBrokenOff)) throw notFailed(found);
  const run = isBrokenOff ? found : await Run.reopen(deps, found);
  if (!run) throw notFailed(found);
  const appended = await Mailbox.append(deps, run, run.runId, {
    openMax: deps.policy.openMax,
    title: head.title,
    expiresAt: run.expiresAt,
  });
  if (appended.outcome !== "open") {
    throw new Problem.ProblemError("conversation_busy", {
      message: "The conversation takes no more messages at present. Redrive the run later.",
      retryAfter: 5,
    });
  }
  await RunLog.forget(deps.table, run);
  try {
    await Mailbox.ring(deps.runQueue, run);
  } catch (cause) {
    deps.log.warn("bell not sent; the sweeper will ring", { runId: run.runId, cause });
  }
  return run;
}

const gone = (runId: string) =>
  new Problem.ProblemError("not_found", `What was said in run ${runId} has been deleted.`);

const closing = () =>
  new Problem.ProblemError("conflict", {
    message: "The run has only just failed and is being closed. Repeat it.",
    retryAfter: 1,
  });

const notFailed = (run: Run.State) =>
  new Problem.ProblemError(
    "run_not_failed",
    `Only failed runs can be redriven; this one is ${run.status}.`,
  );
