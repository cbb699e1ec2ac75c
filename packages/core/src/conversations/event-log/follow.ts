import type { Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import { pause } from "../conversation/pause.ts";
import * as Run from "../run/index.ts";
import { type Entry, type Event, nextAfter, type Told } from "./events.ts";
import { close, type LogDeps, readFrom, readTail, readUpTo } from "./log.ts";

export interface FollowDeps extends LogDeps {
  policy: FollowPolicy;
}

export interface FollowPolicy {
  /** Milliseconds between two looks at a log: at first, and at most while nothing comes. */
  eventPollMs: { first: number; max: number };
}

export interface FollowOptions {
  /** The last event that the reader has; all are sent where absent. */
  after?: number | undefined;
  /** Aborted when the reader has gone: the following ends. Nothing else does. */
  signal: AbortSignal;
  /** So often at least the reader hears that nothing has come. */
  idleMs: number;
  /** It waits for the end alone: nothing need be written for it before. */
  isPatient?: boolean;
}

/** Nothing has come for a while. */
export interface Idle {
  kind: "idle";
}

/** How many times longer each gap is than the one before, while nothing comes. */
const growth = 1.5;

interface Batch {
  events: Event[];
  /** Whether there is more to be read at once. */
  isMore: boolean;
}

/** Without what only another attempt needs. */
function shown(told: Told): Told {
  if (told.kind !== "tool") return told;
  const { record: _record, ...rest } = told;
  return rest;
}

/** Events of one log, from a number on. */
function createReader(table: Table, run: Run.State, after: number) {
  let next = after + 1;
  /** Whether an entry is known to begin at `next`. */
  let isBoundary = next === 0;
  let turn = 0;

  function* eventsOf(entry: Entry): Generator<Event> {
    for (const [index, told] of entry.events.entries()) {
      const seq = entry.seq + index;
      if (seq >= next) yield { ...shown(told), seq };
    }
    next = Math.max(next, nextAfter(entry));
    turn = entry.turn;
  }

  return {
    /** How often the run had been redriven when what was read last was written. */
    get turn(): number {
      return turn;
    },
    /** @returns what has come since; `undefined` where the run was deleted. */
    async read(): Promise<Batch | undefined> {
      const events: Event[] = [];
      if (!isBoundary) {
        const entry = await readUpTo(table, run, next);
        if (entry?.isTombstone) return undefined;
        if (entry) events.push(...eventsOf(entry));
        isBoundary = true;
      }
      const { entries, isMore } = await readFrom(table, run, next);
      for (const entry of entries) {
        if (entry.isTombstone) return undefined;
        events.push(...eventsOf(entry));
      }
      return { events, isMore };
    },
    /** Whether nothing is left to read, looked at afresh. */
    async isAtEnd(): Promise<boolean> {
      const tail = await readTail(table, run);
      return tail !== undefined && nextAfter(tail) <= next;
    },
  };
}

/**
 * The events of a run, as they come: from `after` on, without a gap, in the order in which they were
 * written. Ends behind the run's end, or when the signal is aborted. Any number of readers may follow
 * one run, each by reading its log: more and more rarely while nothing comes, and at once where the
 * table tells of writes. While nobody follows, a worker writes what is said at the end.
 * @param run as it was seen last.
 * @returns whether the run has ended; if not, the reader has gone, or the run has been deleted.
 *
 * @example
 * for await (const event of EventLog.follow(deps, run, { after: 7, signal, idleMs: 10_000 })) {
 *   if (event.kind === "idle") ping();
 *   else send(event.seq, event);
 * }
 */
export async function* follow(
  deps: FollowDeps,
  run: Run.State,
  { after = -1, signal, idleMs, isPatient = false }: FollowOptions,
): AsyncGenerator<Event | Idle, "ended" | "gone"> {
  const { first, max } = deps.policy.eventPollMs;
  const reader = createReader(deps.table, run, after);
  const state = createState(deps, run);
  let gap = first;
  let quietSince = deps.clock.now();
  let isNoted = isPatient;

  /** Nobody has written down yet that it has ended, or this reader had read that before. */
  async function isSettled(): Promise<boolean> {
    const latest = await state.look(true);
    if (!latest || !Run.isTerminal(latest.status)) return false;
    await close(deps, latest);
    return reader.isAtEnd();
  }

  while (!signal.aborted) {
    // Before the look: of what is written after it, they tell.
    const watch = watchRun(deps.table, run);
    try {
      const batch = await reader.read();
      if (!batch) return "gone";
      yield* batch.events;
      const isOver = batch.events.at(-1)?.kind === "end";
      const current = await state.look(isOver);
      if (!current) return "gone";
      const hasEnded = Run.isTerminal(current.status);
      if (isOver && hasEnded && reader.turn === current.redrives) return "ended";
      if (hasEnded) {
        if (batch.events.length === 0 && (await isSettled())) return "ended";
        continue;
      }
      if (!isNoted) isNoted = await Run.noteFollowed(deps, current);
      if (batch.isMore) continue;
      const now = deps.clock.now();
      gap = batch.events.length > 0 ? first : Math.min(max, gap * growth);
      if (batch.events.length > 0) quietSince = now;
      if (now - quietSince >= idleMs) {
        quietSince = now;
        yield { kind: "idle" };
      }
      const wait = Math.min(watch ? max : gap, quietSince + idleMs - now);
      await pause(deps.clock, wait, watch?.watches ?? [], signal);
      if (watch?.isRunWritten()) state.spoil();
    } finally {
      watch?.close();
    }
  }
  return "gone";
}

/** A run's item may be large: it is looked at seldom, for its end stands in the log. */
const lookEveryMs = 5_000;

/** The run as it was seen last: at first afresh, for the caller has seen it before the log was read. */
function createState({ table, clock }: FollowDeps, run: Run.State) {
  let current: Run.State | undefined = run;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    async look(isUrgent: boolean): Promise<Run.State | undefined> {
      if (isUrgent || clock.now() - lookedAt >= lookEveryMs) {
        current = await Run.peek(table, run, run.runId);
        lookedAt = clock.now();
      }
      return current;
    },
    /** It has been written to: the next look is a fresh one. */
    spoil(): void {
      lookedAt = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Of writes to a run and to its log, where this process can tell. */
function watchRun(table: Table, run: Run.State) {
  const ofRun = Run.watch(table, run, run.runId);
  const ofLog = table.watch?.({ pk: Layout.eventPartition(run, run.runId) });
  if (!ofRun || !ofLog) return undefined;
  let isWritten = false;
  void ofRun.written.then(() => {
    isWritten = true;
  });
  return {
    watches: [ofRun, ofLog],
    isRunWritten: () => isWritten,
    close() {
      ofRun.close();
      ofLog.close();
    },
  };
}
