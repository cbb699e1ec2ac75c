import { type Log, StoreUnavailable } from "../../ports/index.ts";
import type { Answering } from "../answering/index.ts";
import { pause } from "../conversation/pause.ts";
import type { Content, Run } from "../run/index.ts";
import { createBuffer } from "./buffer.ts";
import { type Entry, nextAfter, type Told } from "./events.ts";
import { type Hint, type LogDeps, putEntry, readTail, type Rest } from "./log.ts";

export interface WriterDeps extends LogDeps {
  log: Log;
  policy: WritePolicy;
}

export interface WritePolicy {
  /**
   * Where somebody follows, what is said is written so often at most, after the first of it, which is
   * written at once.
   */
  eventsEveryMs: number;
  /** Or as soon as there is so much of it, in UTF-16 units. */
  eventsSize: number;
}

/** Writes what one attempt says, under its fencing token: while it is being said, where somebody follows. */
export interface Writer {
  hear(event: Answering.Event): void;
  /** Somebody follows: what is said is written while it is said, from now on. */
  pace(): void;
  /**
   * Writes that the attempt begins, behind all that was written before: from then on, nothing comes
   * of an attempt before it, so that what that one has called can be read.
   * @returns whether it is there; not where another attempt has overtaken this one.
   * @throws StoreUnavailable
   */
  begin(): Promise<boolean>;
  /**
   * Writes these events, and what was said before them, and says when they are there.
   * @returns as {@link begin}
   * @throws StoreUnavailable
   */
  keep(told: readonly Told[]): Promise<boolean>;
  /**
   * Writes all that has been said and not been written, so that the text in the log is the answer's.
   * @returns where the log goes on; `undefined` where another attempt has taken it, or the run ended.
   * @throws StoreUnavailable
   */
  seal(answer: readonly Content[]): Promise<Hint>;
  /**
   * The same but for the last entry, for its caller to write together with the end. What nobody has
   * written then, {@link seal} still does.
   * @returns what is left to be written; `undefined` as {@link seal}.
   * @throws StoreUnavailable
   */
  leave(answer: readonly Content[]): Promise<Rest | undefined>;
  /** Writes nothing more by itself: what is on its way has arrived. */
  rest(): Promise<void>;
}

/** An item holds 400 KB, and JSON makes up to six bytes of a unit. */
const entrySizeMax = 50_000;

export function openWriter(deps: WriterDeps, run: Run.State): Writer {
  const { eventsEveryMs, eventsSize } = deps.policy;
  /** Whether what is said is written before the end. */
  let isPaced = run.deltas && run.followed;
  const { token, redrives: turn } = run;
  const attempt: Told = { kind: "attempt", attempt: run.attempts };
  const isFirst = run.attempts === 1 && turn === 0;
  const buffer = createBuffer();
  /** Where the next entry goes; unknown until the log's tail has been looked at. */
  let next = isFirst ? 0 : undefined;
  let begun = false;
  let isFenced = false;
  let isClosing = false;
  /** What is to be written next is written by whoever waits for it. */
  let isKeeping = false;
  /** On its way: tried again as it is until it is known whether it has been written. */
  let pending: Omit<Entry, "isTombstone" | "seq" | "at"> | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  let pumping: Promise<void> | undefined;
  let hurry = new AbortController();
  let defect: unknown;

  /** @param take what to write, where nothing is pending. */
  async function writeOne(take: () => Told[]): Promise<void> {
    pending ??= entryOf(take());
    // Half a character alone waits for the other half. An entry of nothing would hold a number all the
    // same, and readers find a gap.
    if (pending.events.length === 0) {
      pending = undefined;
      return;
    }
    for (;;) {
      next ??= await findPlace();
      if (next === undefined) return;
      if (await putEntry(deps, run, { ...pending, seq: next })) break;
      // An attempt may begin behind whatever came between; what goes on has been overtaken.
      if (begun) return fence();
      next = undefined;
    }
    next += pending.events.length;
    begun = true;
    pending = undefined;
  }

  async function findPlace(): Promise<number | undefined> {
    const tail = await readTail(deps.table, run);
    if (!tail) return 0;
    if (tail.token < token) return nextAfter(tail);
    fence();
    return undefined;
  }

  function fence(): void {
    isFenced = true;
    pending = undefined;
    buffer.clear();
  }

  /** Writes at its pace until there is nothing left to write. */
  async function pump(): Promise<void> {
    while (!isClosing && !isKeeping && !isFenced && (pending || buffer.size > 0)) {
      const wait = lastAt + eventsEveryMs - deps.clock.now();
      if (wait > 0 && buffer.size < eventsSize) {
        hurry = new AbortController();
        await pause(deps.clock, wait, [], hurry.signal);
        if (isClosing || isKeeping) return;
      }
      lastAt = deps.clock.now();
      await writeOne(() => buffer.take(entrySizeMax));
    }
  }

  async function keep(told: readonly Told[]): Promise<boolean> {
    if (isFenced || isClosing) return false;
    buffer.tell(told);
    isKeeping = true;
    try {
      hurry.abort(hurried);
      await pumping;
      if (defect) throw defect;
      while (!isFenced && (pending || !buffer.isEmpty)) {
        await writeOne(() => buffer.takeLast(entrySizeMax));
      }
    } finally {
      isKeeping = false;
    }
    return !isFenced;
  }

  function start(): void {
    if (isKeeping) return;
    pumping ??= pump()
      .catch((error: unknown) => {
        // The model is not broken off for it: what is pending is written later, or at the end.
        if (!(error instanceof StoreUnavailable)) defect ??= error;
        deps.log.warn("events not written yet", { runId: run.runId, cause: error });
      })
      .finally(() => {
        pumping = undefined;
      });
  }

  /** What the next entry tells, where nothing is on its way. */
  const entryOf = (events: Told[]) => ({
    token,
    turn,
    events: begun ? events : [attempt, ...events],
  });

  /** No more is heard: the text in the log is to be that of the answer. */
  async function conclude(answer: readonly Content[]): Promise<void> {
    isClosing = true;
    hurry.abort(hurried);
    await pumping;
    if (defect) throw defect;
    buffer.agree(saidIn(answer), attempt);
  }

  return {
    hear(event) {
      if (isFenced || isClosing) return;
      buffer.hear(event, attempt);
      if (!isPaced) return;
      if (buffer.size >= eventsSize) hurry.abort(hurried);
      if (buffer.size > 0) start();
    },
    pace() {
      if (!run.deltas) return;
      isPaced = true;
      if (!isFenced && !isClosing && (pending || buffer.size > 0)) start();
    },
    async begin() {
      if (!isFenced && !begun) await writeOne(() => []);
      return !isFenced;
    },
    keep,
    async rest() {
      isClosing = true;
      hurry.abort(hurried);
      await pumping;
    },
    async seal(answer) {
      await conclude(answer);
      while (!isFenced && (pending || !buffer.isEmpty)) {
        await writeOne(() => buffer.takeLast(entrySizeMax));
      }
      // What earlier attempts said is no part of the answer, though this one said nothing.
      if (!isFenced && !begun && !isFirst) await writeOne(() => []);
      return isFenced ? undefined : { next: next ?? 0 };
    },
    async leave(answer) {
      await conclude(answer);
      // It may be there already: only as it is can it be known to be.
      while (!isFenced && pending) await writeOne(() => []);
      if (isFirst && !begun && buffer.isEmpty)
        return isFenced ? undefined : { next: 0, events: [] };
      for (;;) {
        next ??= isFenced ? undefined : await findPlace();
        if (isFenced || next === undefined) return undefined;
        pending = entryOf(buffer.takeLast(entrySizeMax));
        if (buffer.isEmpty) break;
        await writeOne(() => []);
      }
      const { events } = pending;
      if (events.length === 0) pending = undefined;
      return { next, events };
    },
  };
}

const saidIn = (answer: readonly Content[]): { text: string; reasoning: string } => {
  const said = { text: "", reasoning: "" };
  for (const part of answer) {
    if (part.contentType === "text") said.text += part.body;
    if (part.contentType === "reasoning") said.reasoning += part.text;
  }
  return said;
};

/** One for all: a reason of its own for each, with its stack, costs more than the wait. */
const hurried = new Error("There is no time to wait for more.");
