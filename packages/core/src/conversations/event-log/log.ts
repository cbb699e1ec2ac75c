import { absent, type Clock, equals, exists, type Item, type Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import type { Run, Steps } from "../run/index.ts";
import { tombstoneSeconds } from "../run/item.ts";
import { type Entry, type Event, endOf, fromItem, nextAfter, type Told } from "./events.ts";
import { toldCalls } from "./told-calls.ts";

export interface LogDeps {
  table: Table;
  clock: Clock;
}

/** Which run's log. */
export type Subject = Pick<
  Run.State,
  "botId" | "clientId" | "conversationId" | "runId" | "expiresAt"
>;

/** The last entry of a log; `undefined` where nothing has been written. */
export async function readTail(table: Table, run: Subject): Promise<Entry | undefined> {
  const pk = Layout.eventPartition(run, run.runId);
  const { items } = await table.query({ pk, descending: true, limit: 1 });
  return items[0] && fromItem(table, items[0]);
}

interface Recorded {
  /** How often the run had been put back by then. */
  turn: number;
  /** Of the attempt. */
  token: number;
  /** Epoch milliseconds; `null` where that was not noted yet. */
  at: number | null;
  record: Steps.Record;
}

/** Milliseconds that attempts have spent on calls: each from its first round to its last record. */
export function spentMs(records: readonly Pick<Recorded, "token" | "at">[]): number {
  const attempts = new Map<number, { from: number; to: number }>();
  for (const { token, at } of records) {
    if (at === null) continue;
    const { from, to } = attempts.get(token) ?? { from: at, to: at };
    attempts.set(token, { from: Math.min(from, at), to: Math.max(to, at) });
  }
  return [...attempts.values()].reduce((sum, { from, to }) => sum + to - from, 0);
}

/** What attempts at a run have called, oldest first. */
export async function readRecords(table: Table, run: Subject): Promise<Recorded[]> {
  const records: Recorded[] = [];
  for (let seq = 0; ; ) {
    const { entries } = await readFrom(table, run, seq);
    for (const { turn, token, at, events } of entries) {
      for (const told of events) {
        if (told.kind !== "tool" || !told.record) continue;
        records.push({ turn, token, at, record: told.record });
      }
    }
    const last = entries.at(-1);
    if (!last) return records;
    seq = nextAfter(last);
  }
}

/** Entries from a number on, in order, up to the first that is not there. */
export async function readFrom(
  table: Table,
  run: Subject,
  seq: number,
): Promise<{ entries: Entry[]; isMore: boolean }> {
  const { pk, sk } = Layout.event(run, run.runId, seq);
  const { items, cursor } = await table.query({ pk, skFrom: sk, limit: pageSize });
  const entries: Entry[] = [];
  let next = seq;
  for (const entry of items.map((item) => fromItem(table, item))) {
    if (entry.seq !== next) break;
    entries.push(entry);
    next = nextAfter(entry);
  }
  return { entries, isMore: cursor !== undefined };
}

/** What a run has told so far, each with when it was written, from the first on. */
export async function replay(
  table: Table,
  run: Subject,
  eventsMax: number,
): Promise<{ events: (Event & { at: number | null })[]; isMore: boolean }> {
  const events: (Event & { at: number | null })[] = [];
  for (let seq = 0, more = true; more; ) {
    const { entries, isMore } = await readFrom(table, run, seq);
    for (const entry of entries) {
      if (events.length >= eventsMax) return { events, isMore: true };
      for (const [index, told] of entry.events.entries()) {
        events.push({ ...told, seq: entry.seq + index, at: entry.at });
      }
      seq = nextAfter(entry);
    }
    more = isMore && entries.length > 0;
  }
  return { events, isMore: false };
}

/** Entries read at once: what a reader holds in memory stays small, however long the answer is. */
const pageSize = 100;

/** The entry that holds an event, or else the last one before it. */
export async function readUpTo(
  table: Table,
  run: Subject,
  seq: number,
): Promise<Entry | undefined> {
  const { pk, sk } = Layout.event(run, run.runId, seq);
  const { items } = await table.query({ pk, skTo: sk, descending: true, limit: 1 });
  return items[0] && fromItem(table, items[0]);
}

/**
 * Puts an entry into its slot, if that is free. Trying it again, after a reply was lost, is safe.
 * @returns whether it is there now: if not, somebody else's is.
 */
export async function putEntry(
  { table, clock }: LogDeps,
  run: Subject,
  entry: NewEntry,
): Promise<boolean> {
  const { item, condition } = putOf(run, entry, clock.now());
  if (await table.put(item, condition)) return true;
  const found = await table.get(item);
  const { token, turn, told } = item;
  return found?.token === token && found?.turn === turn && found?.told === told;
}

type NewEntry = Omit<Entry, "isTombstone" | "at">;

function putOf(run: Subject, { seq, token, turn, events }: NewEntry, at: number) {
  const key = Layout.event(run, run.runId, seq);
  const told = JSON.stringify(events);
  const item: Item = { ...key, token, turn, told, at, expiresAt: run.expiresAt };
  return { item, condition: absent("pk") };
}

/** What has been said and not been written, and where in the log it belongs. */
export interface Rest {
  next: number;
  events: Told[];
}

/**
 * Action Close with the last of what was said, as one of several writes that are made together.
 * @param run as it will have ended.
 */
export function closingOf(run: Run.State, { next, events }: Rest, at: number) {
  const { token, redrives: turn } = run;
  return putOf(run, { seq: next, token, turn, events: [...events, endOf(run)] }, at);
}

/**
 * Writes behind everything that attempts before have written, so that nothing more comes of them.
 * @param run a run that has ended under a token of its own.
 */
export async function fence(deps: LogDeps, run: Run.State): Promise<void> {
  const { token, redrives: turn, attempts: attempt } = run;
  for (;;) {
    const tail = await readTail(deps.table, run);
    if (tail && (isClosed(tail, turn) || tail.token >= token)) return;
    const seq = tail ? nextAfter(tail) : 0;
    if (await putEntry(deps, run, { seq, token, turn, events: [{ kind: "attempt", attempt }] }))
      return;
  }
}

/**
 * Says what became of calls that were begun, where no attempt goes on from them. Whoever says it
 * again finds it said.
 * @param run a run that has ended.
 */
export async function tellLost(
  deps: LogDeps,
  run: Run.State,
  results: readonly Steps.Result[],
): Promise<void> {
  const { token, redrives: turn } = run;
  const events = results.flatMap((result) => toldCalls({ type: "result", result }));
  while (events.length > 0) {
    const tail = await readTail(deps.table, run);
    if (!tail || isClosed(tail, turn)) return;
    if (await putEntry(deps, run, { seq: nextAfter(tail), token, turn, events })) return;
  }
}

/** Where the log was left, as far as the caller knows: saves reading its tail. */
export type Hint = { next: number } | undefined;

/**
 * Action Close of the protocol: the log says how the run ended. Whoever finds a run ended and its log
 * open may do it, any number of times; a worker has done it before the run leaves its mailbox.
 * @param run a run that has ended.
 */
export async function close(deps: LogDeps, run: Run.State, hint?: Hint): Promise<void> {
  const { token, redrives: turn } = run;
  const put = (seq: number, told: Told) =>
    putEntry(deps, run, { seq, token, turn, events: [told] });
  const end = endOf(run);
  // Nobody has begun it: its log is empty.
  const expected = hint ?? (run.attempts === 0 && turn === 0 ? { next: 0 } : undefined);
  if (expected && (await put(expected.next, end))) return;
  for (;;) {
    const tail = await readTail(deps.table, run);
    if (tail && isClosed(tail, turn)) return;
    const next = tail ? nextAfter(tail) : 0;
    // No attempt ended it: what was said is no answer.
    const isVoid = run.usage === null && tail && tail.events.at(-1)?.kind !== "attempt";
    await put(next, isVoid ? { kind: "attempt", attempt: run.attempts } : end);
  }
}

const isClosed = (tail: Entry, turn: number): boolean =>
  tail.isTombstone ||
  // Put back since.
  tail.turn > turn ||
  (tail.turn === turn && tail.events.at(-1)?.kind === "end");

/** Lets a log live as long as its run, which has been given more time. */
export async function extend(deps: LogDeps, run: Subject): Promise<void> {
  const { expiresAt } = run;
  await eachEntry(deps.table, run, async (item) => {
    await deps.table.update(item, { set: { expiresAt } }, exists("token"));
  });
}

/**
 * Actions Mark and Wipe: removes what was said. Behind the last entry and in the place of each, a
 * tombstone stays for a while: a writer that stood still finds its slot taken, wherever it was.
 */
export async function remove(deps: LogDeps, run: Subject): Promise<void> {
  const { table, clock } = deps;
  const pk = Layout.eventPartition(run, run.runId);
  const tombstone = (sk: string): Item => ({
    pk,
    sk,
    removed: true,
    token: Number.MAX_SAFE_INTEGER,
    turn: Number.MAX_SAFE_INTEGER,
    expiresAt: Layout.expiryAfter(clock, tombstoneSeconds),
  });
  for (;;) {
    const tail = await readTail(table, run);
    if (tail?.isTombstone) break;
    const { sk } = Layout.event(run, run.runId, tail ? nextAfter(tail) : 0);
    if (await table.put(tombstone(sk), absent("pk"))) break;
  }
  await eachEntry(table, run, async ({ sk, removed }) => {
    if (removed !== true) await table.put(tombstone(sk));
  });
}

/** Removes the tombstones as well, where there can be no writer any more. */
export async function raze(table: Table, run: Subject): Promise<void> {
  await eachEntry(
    table,
    run,
    async (item) => void (await table.remove(item, equals("removed", true))),
  );
}

/** Entries changed side by side. */
const atOnce = 10;

async function eachEntry(
  table: Table,
  run: Subject,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const pk = Layout.eventPartition(run, run.runId);
  let batch: Promise<void>[] = [];
  for await (const item of Paging.items(table, { pk })) {
    batch.push(act(item));
    if (batch.length < atOnce) continue;
    await Promise.all(batch);
    batch = [];
  }
  await Promise.all(batch);
}
