/**
 * The request log of a bot: one small item for each run that has ended, newest first, and among them
 * an index of those that failed. A run's item cannot serve for it: it lies with its conversation.
 */
export * as RequestLog from "./index.ts";

import { decodeTime, encodeTime } from "ulid";
import * as v from "valibot";
import * as Id from "../../foundation/id/index.ts";
import {
  absent,
  any,
  below,
  type Condition,
  type Item,
  MalformedCursor,
  type Table,
} from "../../ports/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import { durations } from "../run/outcome.ts";
import { State, type Status } from "../run/state.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Shape from "../../store/shape/index.ts";

export const Entry = v.object({
  ...v.pick(State, [
    "runId",
    "botId",
    "conversationId",
    "clientId",
    "keyId",
    "status",
    "createdAt",
    "startedAt",
    "firstTextAt",
    "finishedAt",
    "attempts",
    "redrives",
    "error",
    "cause",
    "incompleteReason",
    "costMicroUsd",
    "expiresAt",
    "requestId",
  ]).entries,
  ...Ledger.Tokens.entries,
  model: v.nullable(v.string()),
  /** By which face it came; `utility`: a chat window's asking for a title or the like. */
  via: v.optional(v.picklist(["native", "responses", "chat", "mcp", "utility"]), "native"),
  queueMs: v.nullable(v.number()),
  firstTokenMs: v.nullable(v.number()),
  runMs: v.nullable(v.number()),
});
export type Entry = v.InferOutput<typeof Entry>;
const shape = Shape.of("entry of the request log", Entry, {
  mend: { ...Ledger.noTokens, error: null, cause: null, costMicroUsd: 0 },
});

export function entryOf(run: State): Entry {
  return {
    runId: run.runId,
    botId: run.botId,
    conversationId: run.conversationId,
    clientId: run.clientId,
    keyId: run.keyId,
    status: run.status,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    firstTextAt: run.firstTextAt,
    finishedAt: run.finishedAt,
    attempts: run.attempts,
    redrives: run.redrives,
    error: run.error,
    cause: run.cause,
    incompleteReason: run.incompleteReason,
    costMicroUsd: run.costMicroUsd,
    expiresAt: run.expiresAt,
    requestId: run.requestId,
    model: run.model ?? run.requestedModel,
    via: run.asked?.utility ? "utility" : (run.asked?.face ?? "native"),
    ...(run.usage ?? Ledger.noTokens),
    ...durations(run),
  };
}

/**
 * Notes how a run ended, before it leaves the mailbox; a redriven run's end takes the place of the
 * one before. Writing it again changes nothing.
 */
export async function record(table: Table, run: State): Promise<void> {
  const { item, condition } = putOf(run);
  await table.put(item, condition);
}

/** The put that {@link record} is, as one of several that are made together. */
export const putOf = (run: State): { item: Item; condition: Condition } => ({
  item: {
    ...shape.check(entryOf(run)),
    ...Layout.runLog(run.botId, run.runId),
    ...(run.status === "failed"
      ? Layout.inListing(Layout.listing.failedRunsOf(run.botId), run.runId)
      : {}),
  },
  condition: any(absent("pk"), below("redrives", run.redrives)),
});

/** Takes the failure of a run that is open again out of the log. */
export async function forget(table: Table, run: State): Promise<void> {
  await table.remove(Layout.runLog(run.botId, run.runId), below("redrives", run.redrives));
}

/** For the end of a bot. */
export async function remove(table: Table, { botId, runId }: Entry): Promise<void> {
  await table.remove(Layout.runLog(botId, runId));
}

export async function fromId(
  table: Table,
  botId: string,
  runId: string,
): Promise<Entry | undefined> {
  return shape.find(table, Layout.runLog(botId, runId));
}

export interface Filter {
  status?: Status | undefined;
  keyId?: string | undefined;
  /** Epoch milliseconds, both inclusive; of the run's acceptance. */
  from?: number | undefined;
  to?: number | undefined;
}

/** Items looked at for one page: a filter that fits little ends a page early, with a cursor. */
const examinedMax = 2_000;

/**
 * Runs that have ended, newest first.
 * @param options.cursor of the page before. A page may hold fewer than `limit`, and yet have a next.
 * @throws MalformedCursor where the cursor is not one of a page's.
 */
export async function list(
  table: Table,
  botId: string,
  options: Filter & { limit: number; cursor?: string | undefined },
): Promise<{ entries: Entry[]; cursor: string | null }> {
  const { status, keyId, from, to, limit } = options;
  if (options.cursor !== undefined && !v.is(Id.Ulid, options.cursor)) {
    throw new MalformedCursor();
  }
  const bounds = {
    skFrom: from === undefined ? "0" : firstIdAt(from),
    skTo: options.cursor ?? (to === undefined ? "~" : firstIdAt(to + 1)),
  };
  // The table takes no range that ends before it begins.
  if (bounds.skFrom > bounds.skTo) return { entries: [], cursor: null };
  const range =
    status === "failed"
      ? ({ index: "listing", pk: Layout.listing.failedRunsOf(botId), ...bounds } as const)
      : { pk: Layout.runLogPartition(botId), ...bounds };
  const entries: Entry[] = [];
  let examined = 0;
  let next: string | undefined;
  let last: string | undefined;
  do {
    const page = await table.query({ ...range, descending: true, limit: 200, cursor: next });
    for (const entry of shape.readAll(table, page.items)) {
      examined += 1;
      last = entry.runId;
      // The bound is inclusive, and the last page's last entry is it.
      if (entry.runId === options.cursor || !fits(entry, { status, keyId })) continue;
      entries.push(entry);
      if (entries.length === limit) return { entries, cursor: entry.runId };
    }
    next = page.cursor;
    if (next && last && examined >= examinedMax) return { entries, cursor: last };
  } while (next);
  return { entries, cursor: null };
}

/** Whether an entry, or a run that is still open, is one that was asked for. */
export const fits = (
  run: Pick<Entry, "status" | "keyId" | "runId">,
  { status, keyId, from = 0, to = Number.POSITIVE_INFINITY }: Filter,
): boolean => {
  if (status !== undefined && run.status !== status) return false;
  if (keyId !== undefined && run.keyId !== keyId) return false;
  const at = decodeTime(run.runId);
  return at >= from && at <= to;
};

/** The smallest ULID of a millisecond. */
const firstIdAt = (epochMs: number): string =>
  encodeTime(Math.min(Math.max(0, Math.floor(epochMs)), 281_474_976_710_655), 10) + "0".repeat(16);
