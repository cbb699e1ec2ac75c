import * as v from "valibot";
import type { Item, Table } from "../../ports/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import * as Shape from "../../store/shape/index.ts";
import * as Run from "../run/index.ts";
import { Steps } from "../run/index.ts";

/** What an event tells. Text and reasoning count from the last `attempt` on. */
export const Told = v.variant("kind", [
  /** The answer begins, perhaps anew: readers forget all text and reasoning before. */
  v.object({ kind: v.literal("attempt"), attempt: v.number() }),
  v.object({ kind: v.literal("text"), text: v.string() }),
  v.object({ kind: v.literal("reasoning"), text: v.string() }),
  v.object({
    kind: v.literal("tool"),
    callId: v.string(),
    name: v.string(),
    status: v.picklist(["running", "succeeded", "failed", "unknown"]),
    /** JSON text of what it was called with, and what came of it, both cut to {@link shownMax}. */
    input: v.optional(v.string()),
    output: v.optional(v.string()),
    /** Milliseconds that it took. */
    ms: v.optional(v.number()),
    /** Whole, for the attempt that may have to go on from here; readers of the log do not get it. */
    record: v.optional(Steps.Record),
  }),
  /** The run has ended. Nothing comes after it, unless the owner redrives the run. */
  v.object({
    kind: v.literal("end"),
    status: Run.Status,
    model: v.nullable(v.string()),
    usage: v.nullable(Ledger.Tokens),
    incompleteReason: v.nullable(Run.IncompleteReason),
    error: v.nullable(Run.ErrorInfo),
  }),
]);
export type Told = v.InferOutput<typeof Told>;

/** Characters of a call's input and output that its events show. */
export const shownMax = 2_000;

/** One event as a reader gets it: 0, 1, 2, … over the whole life of a run, the same for every reader. */
export type Event = Told & { seq: number };

/** One item of the log: events written together. */
export interface Entry {
  /** Of its first event. */
  seq: number;
  /** Fencing token of the attempt that wrote it, or of the run that ended. */
  token: number;
  /** How often the run had been redriven. */
  turn: number;
  events: Told[];
  /** When it was written, epoch milliseconds; `null` of entries from before that was noted. */
  at: number | null;
  /** What stays of an entry whose run was deleted. */
  isTombstone: boolean;
}

const Stored = v.object({
  sk: v.string(),
  token: v.number(),
  turn: v.number(),
  /** JSON of what the events tell; absent from a tombstone. */
  told: v.optional(v.pipe(v.string(), v.parseJson(), v.array(Told)), "[]"),
  at: v.optional(v.nullable(v.number()), null),
  removed: v.optional(v.boolean(), false),
});

const shape = Shape.of("event", Stored);

/** @throws Unreadable: what comes behind it cannot be read in order either. */
export function fromItem(table: Table, item: Item): Entry {
  const { sk, token, turn, told, at, removed } = shape.read(table, item);
  return { seq: Number(sk), token, turn, events: told, at, isTombstone: removed };
}

/** The number of the first event after an entry. A tombstone stands for the one that it replaced. */
export const nextAfter = (entry: Entry): number => entry.seq + Math.max(1, entry.events.length);

/** @throws RangeError where the run has not ended. */
export function endOf(run: Run.State): Told {
  const { status } = Run.endOf(run);
  const { model, usage, incompleteReason, error } = run;
  return { kind: "end", status, model, usage, incompleteReason, error };
}
