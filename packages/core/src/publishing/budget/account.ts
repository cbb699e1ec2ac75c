import * as v from "valibot";
import * as Shape from "../../store/shape/index.ts";

/** What is held back for a run in one account. */
export const Hold = v.object({ account: v.string(), period: v.string(), microUsd: v.number() });
export type Hold = v.InferOutput<typeof Hold>;

/** The run that something is held for. */
export interface Holder {
  botId: string;
  clientId: string;
  conversationId: string;
  runId: string;
  redrives: number;
}

export const Account = v.object({
  account: v.string(),
  period: v.string(),
  /** Spent and held back, micro-USD. */
  microUsd: v.number(),
  /** Answered and open. */
  runs: v.number(),
  /** Runs that something is held for. */
  open: v.number(),
  /** What these take, as {@link bytesOf} has it. */
  bytes: v.optional(v.number(), 0),
  /** When somebody was last refused for it, to the minute; epoch milliseconds. */
  refusedAt: v.optional(v.nullable(v.number()), null),
});
export type Account = v.InferOutput<typeof Account>;
export const shape = Shape.of("budget", Account);

/** Stands in {@link StoredHold} for senders that are not named there. It never leaves. */
export const unnamed = "*";
/** So many senders of one message are named. */
export const namedMax = 3;

/** An item holds 400 KB. A hold with ids of the usual length takes 320 bytes. */
export const openMax = 1_000;
export const bytesMax = 350_000;

/** What a hold takes at most: a client may choose the id of its conversation, up to 512 bytes. */
export const bytesOf = ({ botId, clientId, conversationId, runId }: Holder): number =>
  210 + Buffer.byteLength(botId + clientId + conversationId + runId + runId);

/** A hold as it lies in its account. */
export const StoredHold = v.object({
  botId: v.string(),
  clientId: v.string(),
  conversationId: v.string(),
  runId: v.string(),
  microUsd: v.number(),
  /** When somebody last came to rely on it, epoch milliseconds. */
  at: v.number(),
  /** Senders that rely on it: whoever is refused takes away only what no other does. */
  by: v.optional(v.array(v.string()), [unnamed]),
});
export type StoredHold = v.InferOutput<typeof StoredHold>;

export const prefix = "hold#";
export const nameOf = ({ runId, redrives }: Pick<Holder, "runId" | "redrives">): string =>
  redrives === 0 ? prefix + runId : `${prefix}${runId}#${redrives}`;

/** Attempts that were charged for: each once, as long as its run goes on. */
export const paidOf = ({ runId }: Pick<Holder, "runId">): string => `paid#${runId}#`;

/** That a run was settled: whoever stood still meanwhile holds nothing for it once more. */
export const done = "done#";
export const doneOf = (hold: string): string => done + hold;
