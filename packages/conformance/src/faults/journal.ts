import type { Change, Item, Key } from "@outlet/core/ports";

/** An invariant of the run protocol does not hold. */
export class Violation extends Error {
  override name = "Violation";
  readonly invariant: string;
  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}

/** One write that the table carried out. */
export interface Write {
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

/**
 * Everything that was really written, in order, and what it makes of the items. It holds each write
 * against the invariants of `docs/run-protocol/Conversation.tla`.
 */
export interface Journal {
  readonly items: ReadonlyMap<string, Item>;
  /** Run ids in order of their appends, by partition of the conversation. */
  readonly arrivals: ReadonlyMap<string, string[]>;
  readonly modelCalls: readonly ModelCall[];
  itemAt(key: Key): Item | undefined;
  /** The number of the message that a run is of. */
  messageOf(runId: string): string | undefined;
  /** The token under which a process reads a conversation. */
  tokenOf(process: string, pk: string): number | undefined;
  callModel(call: ModelCall): void;
  record(write: Write): void;
  /** The first thing that went wrong. Nobody in the code under test gets to see it. */
  readonly violation: Violation | undefined;
  fail(violation: Violation): void;
}

export function createJournal(): Journal {
  const items = new Map<string, Item>();
  const arrivals = new Map<string, string[]>();
  const tokens = new Map<string, number>();
  const messages = new Map<string, string>();
  const endings = new Map<string, number>();
  const modelCalls: ModelCall[] = [];
  let violation: Violation | undefined;
  const itemAt = (key: Key) => items.get(nameOf(key));

  function recordHead({ process, key, before, after, change }: Write): void {
    if (!after) return;
    if (change?.add?.token) tokens.set(`${process}|${key.pk}`, numberAt(after, "token"));
    const was = listAt(before, "open");
    const is = listAt(after, "open");
    const known = arrivals.get(key.pk) ?? [];
    arrivals.set(key.pk, known);
    for (const id of is) if (!was.includes(id) && !known.includes(id)) known.push(id);
    if (numberAt(after, "token") < numberAt(before, "token")) {
      throw new Violation("TokensGrow", `the head's token fell in ${key.pk}`);
    }
    for (const id of was) if (!is.includes(id)) assertBilled(key.pk, id);
    if (new Set(is).size !== is.length) {
      throw new Violation("InOrder", `a run is in the mailbox twice: ${is.join(" ")}`);
    }
  }

  /** NothingLost and PoppedIsBilled. */
  function assertBilled(pk: string, runId: string): void {
    const run = itemAt({ pk, sk: `RUN#${runId}` });
    if (!run || !isTerminal(run)) {
      throw new Violation(
        "NothingLost",
        `${runId} left the mailbox as ${run?.status ?? "nothing"}`,
      );
    }
    const entry = [...items.values()].find(
      ({ pk: partition, sk }) => partition.startsWith("USAGE#") && sk === runId,
    );
    if (!entry) throw new Violation("PoppedIsBilled", `${runId} left the mailbox unbilled`);
  }

  function recordRun({ process, key, before, after }: Write): void {
    const runId = key.sk.slice("RUN#".length);
    if (!after) {
      if (listAt(itemAt({ pk: key.pk, sk: "HEAD" }), "open").includes(runId)) {
        throw new Violation("NothingLost", `${runId} was removed while it is open`);
      }
      return;
    }
    const message = /^post(\d+)/.exec(process)?.[1];
    if (message !== undefined) messages.set(runId, message);
    if (numberAt(after, "token") < numberAt(before, "token")) {
      const said = `${numberAt(before, "token")} → ${numberAt(after, "token")}`;
      throw new Violation("TokensGrow", `${runId}: ${said} by ${process}`);
    }
    if (before && isTerminal(before)) {
      const changed = finalFields.filter(
        (name) =>
          !same(before[name], after[name]) &&
          // Ended before anybody began it: its place in the conversation is found out later.
          !(name === "token" && before.parent === null && after.parent !== null),
      );
      if (changed.length > 0) {
        const said = `${runId} was ${before.status}; ${process} changed ${changed.join(", ")}`;
        throw new Violation("TerminalIsFinal", said);
      }
      return;
    }
    if (isTerminal(after)) recordEnd(process, key, before, after);
    if (
      after.status === "in_progress" &&
      numberAt(after, "attempts") !== numberAt(before, "attempts")
    )
      assertItsTurn(key.pk, runId);
  }

  function recordEnd(process: string, key: Key, before: Item | undefined, after: Item): void {
    const name = nameOf(key);
    endings.set(name, (endings.get(name) ?? 0) + 1);
    if ((endings.get(name) ?? 0) > 1) throw new Violation("OneAnswer", `${key.sk} ended twice`);
    const isAnswer = before?.status === "in_progress" && !same(before.reply, after.reply);
    const mine = tokens.get(`${process}|${key.pk}`);
    if (isAnswer && mine !== after.token) {
      const said = `${key.sk} has token ${after.token}, the answer is of attempt ${mine}`;
      throw new Violation("StreamIsTheAnswer", said);
    }
  }

  function assertItsTurn(pk: string, runId: string): void {
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

  function hold(write: Write): void {
    const { key, after } = write;
    if (after) items.set(nameOf(key), after);
    else items.delete(nameOf(key));
    if (key.pk.startsWith("USAGE#")) recordLedger(write);
    else if (key.sk === "HEAD") recordHead(write);
    else if (key.sk.startsWith("RUN#")) recordRun(write);
  }

  return {
    items,
    arrivals,
    modelCalls,
    itemAt,
    messageOf: (runId) => messages.get(runId),
    tokenOf: (process, pk) => tokens.get(`${process}|${pk}`),
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

export const isTerminal = (run: Item): boolean =>
  run.status !== "queued" && run.status !== "in_progress";

export const numberAt = (item: Item | undefined, name: string): number => {
  const value = item?.[name];
  return typeof value === "number" ? value : 0;
};

export const listAt = (item: Item | undefined, name: string): string[] => {
  const value = item?.[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
};

/** DynamoDB keeps no order of attributes, and drops those that are undefined. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
