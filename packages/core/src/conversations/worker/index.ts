/**
 * The reader of a mailbox: takes the lease and answers open runs in order until none is left. The
 * loop is the worker of the run protocol (`docs/run-protocol/`); every write in it is an action of
 * {@link Mailbox} or {@link Run}.
 */
export * as Worker from "./index.ts";

import * as ModelCatalog from "../../models/catalog/index.ts";
import { type EndOfRunHook, type Queue, StoreUnavailable } from "../../ports/index.ts";
import * as RequestLog from "../request-log/index.ts";
import * as Run from "../run/index.ts";
import { type Address, Steps } from "../run/index.ts";
import * as Budget from "../../publishing/budget/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import * as Bell from "../bell/index.ts";
import * as Answering from "../answering/index.ts";
import * as EventLog from "../event-log/index.ts";
import { type Deps as AnswerDeps, type Attempt, answer, failure, type Listener } from "./answer.ts";
import { endTogether, type EndingAttempt } from "./end-together.ts";
import { keepAlive, type Lease, marginMs, type WatchPolicy } from "./watch.ts";
import * as Mailbox from "../conversation/mailbox.ts";
import * as Shape from "../../store/shape/index.ts";
import * as Removal from "../conversation/removal.ts";

export interface Deps extends AnswerDeps, EventLog.WriterDeps {
  runQueue: Queue;
  /** Told of each run that has ended, before it leaves the mailbox. */
  onRunEnded?: EndOfRunHook;
  policy: AnswerDeps["policy"] &
    EventLog.WritePolicy &
    WatchPolicy & {
      /** Starts of one run before it is given up. */
      attemptsMax: number;
      /** Time between a failed attempt and the next one, doubled each time. */
      attemptBackoffMs: number;
    };
}

export interface Limits {
  /** Epoch milliseconds by which the worker has to be done: the function's own time limit. */
  deadline: number;
  /** Aborted when the process is asked to stop: the worker hands over at once. */
  shutdown?: AbortSignal;
}

/** Answers what is open in one conversation. Does nothing where somebody else is at it. */
export async function work(deps: Deps, address: Address, limits: Limits): Promise<void> {
  const head = await Mailbox.lease(deps, address, deps.policy.leaseMs);
  if (!head) return;
  const { token } = head;
  const lease = { token, extendedAt: deps.clock.now() };
  // A deletion that was broken off comes first; its tombstone has nothing open.
  if (head.doomed) await Removal.end(deps, head);
  let current: Mailbox.Head | undefined = head;
  for (;;) {
    // Action Pick.
    const runId: string | undefined = current?.open[0];
    if (!current || current.token !== token) return;
    if (!runId) {
      if (await Mailbox.release(deps, address, token)) return;
    } else if (timeIsShort(deps, limits)) {
      return handOver(deps, address, token, 0);
    } else {
      const { last, popped: place, createdAt: conversationCreatedAt = null } = current;
      const parent = last ?? "system";
      const isOnly = current.open.length === 1;
      const turn = { address, token, lease, runId, isOnly, parent, place, conversationCreatedAt };
      const next = await process(deps, turn, limits);
      if (next !== "more") return;
    }
    current = await Mailbox.read(deps.table, address);
  }
}

interface Turn {
  address: Address;
  token: number;
  lease: Lease;
  runId: string;
  /** Whether nothing else was open when the head was read. */
  isOnly: boolean;
  /** The run popped before it. */
  parent: string;
  /** How many have been popped. */
  place: number;
  conversationCreatedAt: number | null;
}

async function process(
  deps: Deps,
  turn: Turn,
  limits: Limits,
): Promise<"more" | "released" | "fenced"> {
  const { address, token, runId, parent, place, conversationCreatedAt } = turn;
  const { attemptsMax } = deps.policy;
  const starting = { token, attemptsMax, parent, place, conversationCreatedAt };
  const started = await startReadable(deps, address, runId, starting);
  if (started.outcome === "fenced") return "fenced";
  if (started.outcome === "missing") {
    // Cannot happen by the protocol: a run is put before its id is appended. Never stop for it.
    deps.log.error("open run without an item", { runId, botId: address.botId });
    return Mailbox.pop(deps, address, token, runId);
  }
  const closing: Ended | undefined =
    started.outcome === "ended"
      ? { run: await mourn(deps, started.run) }
      : await attempt(deps, started.run, turn, limits);
  if (!closing) return "fenced";
  if (closing.left) return closing.left;
  const ended = closing.run;
  // Actions Ledger and Settle, before the run leaves the mailbox.
  const entry = Run.ledgerEntry(ended, ModelCatalog.priceVersion);
  const records = () => [
    Ledger.record(deps, entry, Run.ledgerSuffix(ended)),
    RequestLog.record(deps.table, ended),
    EventLog.close(deps, ended, closing.log),
  ];
  await Promise.all([
    ...(closing.isRecorded ? [] : records()),
    Budget.settle(deps, { ...ended, costMicroUsd: entry.costMicroUsd }),
    deps.onRunEnded?.(Run.endOf(ended)),
  ]);
  // Whoever ended it had begun it at this place: else it has been popped before. The run before it
  // does not tell, for redriven it can be the one popped last once more.
  return Mailbox.pop(deps, address, token, runId, { again: ended.place !== place });
}

/** A run that cannot be read holds up nobody: it leaves the mailbox as one that is missing. */
async function startReadable(...args: Parameters<typeof Run.start>): Promise<Run.Started> {
  try {
    return await Run.start(...args);
  } catch (error) {
    if (!(error instanceof Shape.Unreadable)) throw error;
    args[0].table.report?.(error);
    return { outcome: "missing" };
  }
}

interface Ended {
  run: Run.State;
  /** Where its event log goes on, if that is known. */
  log?: { next: number };
  /** Whether its end stands in the ledger, the request log and its event log. */
  isRecorded?: boolean;
  /** What is left to do, where it has left the mailbox. */
  left?: "released" | "more" | "fenced" | undefined;
}

/** @returns the run as it ended; `undefined` where it goes on elsewhere. */
async function attempt(
  deps: Deps,
  run: Run.State,
  turn: Turn,
  limits: Limits,
): Promise<Ended | undefined> {
  const { token, lease } = turn;
  const writer = EventLog.openWriter(deps, run);
  const watch = keepAlive(deps, run, lease, limits, () => writer.pace());
  let tried: Attempt;
  try {
    tried = await answer(deps, run, watch.signal, listenerOf(deps, run, writer)).catch(
      (error: unknown) => afterError(deps, run, writer, error),
    );
  } finally {
    // The heartbeat has ended before anything is decided: it must not revive a lease handed over.
    await Promise.all([watch.stop(), writer.rest()]);
  }
  const { result, unkept } = tried;
  if (tried.outcome === "interrupted") {
    await recordPaid(deps, run, token, { ...result, ...unkept });
    if (tried.reason === "shutdown") await handOver(deps, run, token, 0);
    return undefined;
  }
  if (tried.again && run.attempts < deps.policy.attemptsMax) {
    await recordPaid(deps, run, token, { ...result, ...unkept });
    const backoff = deps.policy.attemptBackoffMs * 2 ** (run.attempts - 1);
    const wait = backoff * (0.5 + deps.randomness.fraction() / 2);
    // Never sooner than the model asks for.
    await handOver(deps, run, token, Math.max(tried.again.afterMs, wait));
    return undefined;
  }
  const ended = await finish(deps, { run, writer, isOnly: turn.isOnly }, result);
  if (ended) return ended;
  // Overtaken in the last moment: what it cost is recorded all the same.
  await recordPaid(deps, run, token, { ...result, ...unkept });
  return undefined;
}

/** Writes to the run's event log, and reads from it where there were attempts before. */
function listenerOf(deps: Deps, run: Run.State, writer: EventLog.Writer): Listener {
  return {
    hear: (event) => writer.hear(event),
    keep: (event) => writer.keep(EventLog.toldCalls(event)),
    async readEarlier() {
      if (run.attempts === 1 && run.redrives === 0) return noneEarlier;
      if (!(await writer.begin())) return undefined;
      const records = await EventLog.readRecords(deps.table, run);
      const mine = records.filter(({ turn }) => turn === run.redrives);
      const paid = Steps.paidIn(mine.map(({ record }) => record));
      const steps = Steps.fold(records.map(({ record }) => record));
      return { steps, paid, spentMs: EventLog.spentMs(mine) };
    },
  };
}

const noneEarlier = { steps: [], paid: Steps.noCost, spentMs: 0 };

/**
 * Of a run that was given up: what its attempts had paid for, and the calls of which nobody knows
 * what came of them. Its log says so, too.
 */
async function mourn(deps: Deps, run: Run.State): Promise<Run.State> {
  if (run.usage !== null || run.attempts === 0) return run;
  // Whoever stood still since must not begin a call behind what is read here.
  await EventLog.fence(deps, run);
  const { records, paid, open, steps } = await readLeft(deps, run);
  if (records.length === 0) return run;
  await EventLog.tellLost(deps, run, open);
  return Run.mourn(deps, run, { paid, unknownCalls: Steps.unknownCalls(steps) });
}

/**
 * Ends the run; its readers have the whole answer before it is one. What could not be read again is
 * not written: the run fails instead, and the log says why.
 */
async function finish(
  deps: Deps,
  attempt: EndingAttempt,
  result: Run.Result,
): Promise<Ended | undefined> {
  const { run, writer } = attempt;
  try {
    const together = await endTogether(deps, attempt, result);
    if (together) return { run: together.ended, isRecorded: true, left: together.left };
    const log = await writer.seal(result.answer);
    if (!log) return undefined;
    const finished = await Run.finish(deps, run, run.token, result);
    if (finished.outcome === "ended") return { run: finished.run, log };
    for (const ended of finished.meant) {
      const entry = Run.ledgerEntry(ended, ModelCatalog.priceVersion);
      const isBilled = await Ledger.has(deps.table, entry, Run.ledgerSuffix(ended));
      // Whoever deleted it has seen to all that.
      if (isBilled) return { run: ended, isRecorded: true, left: "fenced" };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Shape.Unwritable)) throw error;
    return finish(deps, attempt, (await afterError(deps, run, writer, error)).result);
  }
}

/**
 * What the run says if no other attempt follows. A defect of ours is the owner's to see, too.
 * @throws StoreUnavailable: the lease runs out, and another reader comes.
 */
async function afterError(
  deps: Deps,
  run: Run.State,
  writer: EventLog.Writer,
  error: unknown,
): Promise<Attempt> {
  if (error instanceof StoreUnavailable) throw error;
  deps.log.error("attempt failed unexpectedly", { runId: run.runId, cause: error });
  const message = "Something went wrong while the message was being answered. Send it again.";
  const info = { code: "internal_error" as const, message, retryable: true };
  const ended = failure(run, info, Answering.causeOf(error));
  // It may have failed before it wrote that it begins.
  if (run.attempts > 1 || run.redrives > 0) await writer.begin();
  const { records, paid, steps } = await readLeft(deps, run);
  const result = records.length === 0 ? ended : { ...ended, ...paid, steps };
  return { outcome: "over", result, unkept: Steps.noCost, again: { afterMs: 0 } };
}

/** What the attempts at a run have written down, where none of them goes on. */
async function readLeft(deps: Deps, run: Run.State) {
  const records = await EventLog.readRecords(deps.table, run);
  const steps = Steps.fold(records.map(({ record }) => record));
  const mine = records.filter(({ turn }) => turn === run.redrives).map(({ record }) => record);
  const open = steps.flatMap(Steps.unknownResultsOf);
  return { records, paid: Steps.paidIn(mine), open, steps: steps.map(Steps.settled) };
}

/** The usage of an attempt that is not the run's answer: an entry of its own. */
async function recordPaid(
  deps: Deps,
  run: Run.State,
  token: number,
  result: Run.Result,
): Promise<void> {
  const { usage, costMicroUsd, model, status } = result;
  if (Object.values(usage).every((tokens) => tokens === 0)) return;
  const ended = { ...run, usage, costMicroUsd, model, status, finishedAt: deps.clock.now() };
  const entry = Run.ledgerEntry(ended, ModelCatalog.priceVersion);
  await Budget.charge(deps, run, token, costMicroUsd);
  await Ledger.record(deps, { ...entry, abandoned: true }, token);
}

/** Lets the lease run out after `delayMs` and asks for the next reader then. */
async function handOver(
  deps: Deps,
  address: Address,
  token: number,
  delayMs: number,
): Promise<void> {
  await Mailbox.expireAt(deps, address, token, deps.clock.now() + delayMs - 1);
  await Bell.ringOrWarn(deps, address, { delaySeconds: Math.ceil(delayMs / 1000) });
}

const timeIsShort = (deps: Deps, limits: Limits): boolean =>
  limits.shutdown?.aborted === true || deps.clock.now() > limits.deadline - 2 * marginMs;
