import type { Clock, Log, Queue, Table } from "../../ports/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Budget from "../../publishing/budget/index.ts";
import * as Bell from "../bell/index.ts";
import * as EventLog from "../event-log/index.ts";
import * as RequestLog from "../request-log/index.ts";
import * as Run from "../run/index.ts";
import { holdAgain, holderOf } from "./accept.ts";
import * as Mailbox from "./mailbox.ts";

export interface RedriveDeps {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
  runQueue: Queue;
  log: Log;
  policy: { openMax: number };
  /** What the run's next end is paid from; nothing where there are no budgets. */
  budgetOf?: (run: Run.State) => Promise<Budget.Claim | undefined>;
}

/**
 * Puts a failed run back into its mailbox, at the end: failed → queued, then Append. Its first end
 * stays billed; the next one is billed beside it. Doing it again mends what was broken off.
 * @throws ProblemError `budget_exceeded`, `run_not_failed`, `not_found`, `conflict`, `conversation_busy`
 */
export async function redrive(deps: RedriveDeps, entry: RequestLog.Entry): Promise<Run.State> {
  for (let tries = 0; tries < triesMax; tries++) {
    const head = await Mailbox.read(deps.table, entry);
    const found = await Run.peek(deps.table, entry, entry.runId);
    if (!head || !found || head.createdAt === undefined) throw gone(entry.runId);
    const run = await reopen(deps, head, found, await deps.budgetOf?.(found));
    // Reopened by somebody else, or by this very request, whose reply was lost: the next look tells.
    if (!run) continue;
    // It lives longer now, and its log with it.
    await EventLog.extend(deps, run);
    const { outcome } = await Mailbox.append(deps, run, run.runId, {
      openMax: deps.policy.openMax,
      title: head.title,
      expiresAt: run.expiresAt,
      // Else it might be put into a conversation that has been deleted meanwhile, and it with it.
      seen: Mailbox.seen(head),
    });
    if (outcome === "removing" || outcome === "removed") throw gone(entry.runId);
    if (outcome === "full") throw busy();
    if (outcome === "changed") continue;
    await RequestLog.forget(deps.table, run);
    await Bell.ringOrWarn(deps, run, { runId: run.runId });
    return run;
  }
  throw busy();
}

/** Conversations in which answers come one after the other are looked at again so often. */
const triesMax = 20;

/**
 * The run as it waits, or as it was left waiting where this was broken off before. What is held for
 * nothing is not given back here: somebody else may be redriving it, and hold it under the same name.
 */
async function reopen(
  deps: RedriveDeps,
  head: Mailbox.Head,
  found: Run.State,
  budget: Budget.Claim | undefined,
): Promise<Run.State | undefined> {
  const isOpen = head.open.includes(found.runId);
  // Its end is not billed before it has left the mailbox.
  if (isOpen && found.status === "failed") throw closing();
  if (isOpen) throw notFailed(found);
  if (found.status === "queued" && found.redrives > 0 && found.parent === null) {
    await holdAgain(deps, found, { budget });
    return found;
  }
  if (found.status !== "failed") throw notFailed(found);
  const holder = holderOf(found, found.runId, found.redrives + 1);
  const sender = deps.ids.ulid();
  const holds = budget ? await Budget.reserve(deps, budget, holder, { sender }) : [];
  return Run.reopen(deps, found, holds);
}

const busy = () =>
  new Problem.ProblemError("conversation_busy", {
    message: "The conversation takes no more messages at present. Redrive the run later.",
    retryAfter: 5,
  });

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
