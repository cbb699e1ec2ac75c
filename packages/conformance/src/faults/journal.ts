import type { Change, Item, Key } from "@outlet/core/ports";
import { type BudgetJournal, createBudgetJournal } from "./budget-journal.ts";
import { createEventLogs } from "./event-logs.ts";
import {
  entryKey,
  inputTokensOf,
  isTerminal,
  isTombstone,
  listAt,
  numberAt,
} from "./item-fields.ts";
import { Violation } from "./violation.ts";

export { Violation } from "./violation.ts";

/** One write that the table carried out. */
interface Write {
  /** Who wrote. */
  process: string;
  key: Key;
  /** Before and after; `after` is undefined where the item was removed. */
  before: Item | undefined;
  after: Item | undefined;
  change?: Change;
}

/** One call of the model: which attempt paid what. */
export interface ModelCall {
  process: string;
  runId: string;
  /** Fencing token of the attempt. */
  token: number;
  /** Input tokens that the model said it used; 0 while it has not said. */
  inputTokens: number;
}

/** One end of a run; a redriven one has several. */
export interface End {
  status: string;
  /** Of the attempt that answered; absent where none did. */
  token: number | undefined;
  inputTokens: number;
}

/**
 * Everything that was really written, in order, and what it makes of the items. It holds each write
 * against the invariants of `docs/run-protocol/Conversation.tla`.
 */
export interface Journal {
  readonly items: ReadonlyMap<string, Item>;
  /**
   * Run ids in order of their appends, by partition of the conversation. A run that is redriven
   * arrives again; a deletion empties the list.
   */
  readonly arrivals: ReadonlyMap<string, string[]>;
  /** Accepted runs whose conversation was deleted, as they were when they went. */
  readonly removed: ReadonlyMap<string, Item>;
  /** How each run has ended, every time that it did. */
  readonly ends: ReadonlyMap<string, End[]>;
  readonly modelCalls: readonly ModelCall[];
  /** What readers of runs stream. */
  readonly eventLogs: Pick<ReturnType<typeof createEventLogs>, "read" | "holdsText">;
  readonly budgets: BudgetJournal;
  itemAt(key: Key): Item | undefined;
  /** The number of the message that a run is of. */
  messageOf(runId: string): string | undefined;
  /** The token under which a process has begun a run. */
  tokenOf(process: string, runId: string): number | undefined;
  /** Runs that were redriven after this one was started: what it was shown may be from before. */
  reopenedSince(runId: string): ReadonlySet<string>;
  callModel(call: ModelCall): void;
  record(write: Write): void;
  /** The first thing that went wrong. Nobody in the code under test gets to see it. */
  readonly violation: Violation | undefined;
  fail(violation: Violation): void;
}

export function createJournal(): Journal {
  const items = new Map<string, Item>();
  const arrivals = new Map<string, string[]>();
  const everArrived = new Map<string, Set<string>>();
  const removed = new Map<string, Item>();
  const ends = new Map<string, End[]>();
  /** Under which token a process has begun a run; it may lease again meanwhile, for a deletion. */
  const attempts = new Map<string, number>();
  const messages = new Map<string, string>();
  const startedAt = new Map<string, number>();
  const reopenedAt = new Map<string, number>();
  const modelCalls: ModelCall[] = [];
  const eventLogs = createEventLogs();
  const budgets = createBudgetJournal();
  let writes = 0;
  let violation: Violation | undefined;
  const itemAt = (key: Key) => items.get(nameOf(key));

  function recordHead({ key, before, after }: Write): void {
    if (!after) return;
    if (numberAt(after, "token") < numberAt(before, "token")) {
      throw new Violation("TokensGrow", `the head's token fell in ${key.pk}`);
    }
    const was = listAt(before, "open");
    const is = listAt(after, "open");
    if (new Set(is).size !== is.length) {
      throw new Violation("InOrder", `a run is in the mailbox twice: ${is.join(" ")}`);
    }
    arrive(key.pk, was, is);
    const doomed = new Set(listAt(after, "doomed"));
    for (const id of was) if (!is.includes(id) && !doomed.has(id)) assertBilled(key.pk, id);
    for (const id of listAt(before, "doomed")) if (!doomed.has(id)) assertBilled(key.pk, id);
    if (numberAt(after, "doomedToken") !== numberAt(before, "doomedToken")) condemn(key.pk);
  }

  function arrive(pk: string, was: string[], is: string[]): void {
    const known = arrivals.get(pk) ?? [];
    arrivals.set(pk, known);
    const all = everArrived.get(pk) ?? new Set();
    everArrived.set(pk, all);
    for (const id of is) {
      if (was.includes(id)) continue;
      if (removed.has(id)) throw new Violation("Deletion", `${id} was deleted, and is open again`);
      const run = itemAt({ pk, sk: `RUN#${id}` });
      if (run && !isTerminal(run)) budgets.assertHeld(run, [...items.values()]);
      if (!known.includes(id)) known.push(id);
      all.add(id);
    }
  }

  /** From here on the conversation begins anew. */
  function condemn(pk: string): void {
    for (const id of everArrived.get(pk) ?? []) {
      const run = itemAt({ pk, sk: `RUN#${id}` });
      if (!run) throw new Violation("NothingLost", `${id} was gone before its conversation was`);
      removed.set(id, run);
    }
    arrivals.set(pk, []);
    everArrived.delete(pk);
  }

  /** NothingLost and PoppedIsBilled. */
  function assertBilled(pk: string, runId: string): void {
    const found = itemAt({ pk, sk: `RUN#${runId}` });
    const run = found && !isTombstone(found) ? found : removed.get(runId);
    if (!run || !isTerminal(run)) {
      throw new Violation(
        "NothingLost",
        `${runId} left the mailbox as ${run?.status ?? "nothing"}`,
      );
    }
    const sk = entryKey(runId, numberAt(run, "redrives"));
    const entry = [...items.values()].find(
      (item) => item.pk.startsWith("USAGE#") && item.sk === sk,
    );
    if (!entry) throw new Violation("PoppedIsBilled", `${runId} left the mailbox unbilled`);
  }

  function recordRun(write: Write): void {
    const { process, key, before, after } = write;
    const runId = key.sk.slice("RUN#".length);
    if (!after || isTombstone(after)) return recordRemoval(key.pk, runId, before);
    if (before && isTombstone(before)) {
      throw new Violation("Deletion", `${runId} was removed; ${process} put it once more`);
    }
    if (removed.has(runId)) removed.set(runId, after);
    const message = /^post(\d+)/.exec(process)?.[1];
    if (message !== undefined) messages.set(runId, message);
    if (numberAt(after, "token") < numberAt(before, "token")) {
      const said = `${numberAt(before, "token")} → ${numberAt(after, "token")}`;
      throw new Violation("TokensGrow", `${runId}: ${said} by ${process}`);
    }
    if (numberAt(after, "redrives") > numberAt(before, "redrives")) return reopen(write, runId);
    if (before && isTerminal(before)) return assertFinal(process, runId, before, after);
    if (isTerminal(after)) recordEnd(process, key, before, after);
    if (
      after.status === "in_progress" &&
      numberAt(after, "attempts") !== numberAt(before, "attempts")
    ) {
      startedAt.set(runId, writes);
      attempts.set(`${process}|${runId}`, numberAt(after, "token"));
      assertItsTurn(key.pk, runId);
    }
  }

  function recordRemoval(pk: string, runId: string, before: Item | undefined): void {
    const isOpen = listAt(itemAt({ pk, sk: "HEAD" }), "open").includes(runId);
    const isKept = !removed.has(runId) && arrivals.get(pk)?.includes(runId);
    if (isOpen || isKept) throw new Violation("NothingLost", `${runId} was removed`);
    if (before && !isTombstone(before) && removed.has(runId)) removed.set(runId, before);
  }

  /** The owner's redrive: of what has failed, and has been billed and popped. */
  function reopen({ process, key, before, after }: Write, runId: string): void {
    if (before?.status !== "failed" || after?.status !== "queued") {
      const said = `${runId} was ${before?.status}; ${process} made it ${after?.status}`;
      throw new Violation("TerminalIsFinal", said);
    }
    if (listAt(itemAt({ pk: key.pk, sk: "HEAD" }), "open").includes(runId)) {
      throw new Violation("PoppedIsBilled", `${runId} was redriven before it left the mailbox`);
    }
    reopenedAt.set(runId, writes);
    const known = arrivals.get(key.pk) ?? [];
    arrivals.set(
      key.pk,
      known.filter((id) => id !== runId),
    );
  }

  function assertFinal(process: string, runId: string, before: Item, after: Item): void {
    const changed = finalFields.filter(
      (name) =>
        !same(before[name], after[name]) &&
        // Ended before anybody began it: its place in the conversation is found out later.
        !(name === "token" && before.parent === null && after.parent !== null),
    );
    if (changed.length === 0) return;
    const said = `${runId} was ${before.status}; ${process} changed ${changed.join(", ")}`;
    throw new Violation("TerminalIsFinal", said);
  }

  function recordEnd(process: string, key: Key, before: Item | undefined, after: Item): void {
    const runId = key.sk.slice("RUN#".length);
    const known = ends.get(runId) ?? [];
    ends.set(runId, known);
    const isAnswered = after.usage !== null && after.usage !== undefined;
    known.push({
      status: String(after.status),
      token: isAnswered ? numberAt(after, "token") : undefined,
      inputTokens: inputTokensOf(after),
    });
    if (known.length > numberAt(after, "redrives") + 1) {
      throw new Violation("OneAnswer", `${key.sk} ended twice`);
    }
    // Under a new token it is given up; under its own only the attempt itself may end it.
    const isItsAttempt = before?.status === "in_progress" && before.token === after.token;
    const mine = attempts.get(`${process}|${key.sk.slice("RUN#".length)}`);
    if (isItsAttempt && mine !== after.token) {
      const said = `${key.sk} has token ${after.token}, and ${process} with ${mine} ended it`;
      throw new Violation("StreamIsTheAnswer", said);
    }
  }

  function assertItsTurn(pk: string, runId: string): void {
    if (removed.has(runId)) return;
    for (const earlier of arrivals.get(pk) ?? []) {
      if (earlier === runId) return;
      const run = itemAt({ pk, sk: `RUN#${earlier}` });
      if (!run || !isTerminal(run)) {
        throw new Violation("InOrder", `${runId} was started before ${earlier} had ended`);
      }
    }
    throw new Violation("InOrder", `${runId} was started, but never arrived`);
  }

  function recordLedger({ process, key, before }: Write): void {
    if (!before) return;
    throw new Violation("BilledOnce", `${process} wrote the entry ${key.sk} once more`);
  }

  const isOpen = (runId: string, redrives: number): boolean =>
    [...items.values()].some((item) => {
      if (item.sk !== "HEAD" || !listAt(item, "open").includes(runId)) return false;
      const run = itemAt({ pk: item.pk, sk: `RUN#${runId}` });
      return run !== undefined && !isTerminal(run) && numberAt(run, "redrives") === redrives;
    });

  function hold(write: Write): void {
    const { key, before, after } = write;
    writes += 1;
    if (after) items.set(nameOf(key), after);
    else items.delete(nameOf(key));
    if (key.pk.startsWith("USAGE#")) recordLedger(write);
    else if (key.sk === "HEAD") recordHead(write);
    else if (key.sk.startsWith("RUN#")) recordRun(write);
    else if (key.pk.startsWith("BUDGET#")) budgets.hold(write, isOpen);
    else if (key.pk.startsWith("EVENTS#")) eventLogs.hold(key, before, after);
  }

  return {
    items,
    arrivals,
    removed,
    ends,
    modelCalls,
    eventLogs,
    budgets,
    itemAt,
    messageOf: (runId) => messages.get(runId),
    tokenOf: (process, runId) => attempts.get(`${process}|${runId}`),
    reopenedSince(runId) {
      const began = startedAt.get(runId) ?? 0;
      return new Set([...reopenedAt].flatMap(([id, at]) => (at > began ? [id] : [])));
    },
    callModel: (call) => modelCalls.push(call),
    get violation() {
      return violation;
    },
    fail(found) {
      violation ??= found;
    },
    record(write) {
      try {
        hold(write);
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        violation ??= error;
      }
    },
  };
}

/** What may not change any more once a run has ended; `parent` is set later where none was. */
const finalFields = [
  "status",
  "question",
  "reply",
  "usage",
  "costMicroUsd",
  "token",
  "error",
  "incompleteReason",
  "finishedAt",
];

const nameOf = ({ pk, sk }: Key) => `${pk}|${sk}`;
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
