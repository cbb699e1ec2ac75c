/** Who did what, when, to what, and what it was before and after. Entries are added, never removed. */
export * as Audit from "./index.ts";

import * as v from "valibot";
import { Caller } from "../../foundation/caller/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import {
  absent,
  type Clock,
  equals,
  MalformedCursor,
  type Item,
  type Table,
  type Key as TableKey,
  type Value,
} from "../../ports/index.ts";
import { Problem } from "../../foundation/problem/index.ts";
import { Layout } from "../../store/layout/index.ts";
import { Shape } from "../../store/shape/index.ts";

const actions = [
  "bot.create",
  "bot.update",
  "bot.share",
  "bot.delete",
  "knowledge.add",
  "knowledge.edit",
  "knowledge.sync",
  "knowledge.remove",
  "publication.publish",
  "publication.update",
  "publication.pause",
  "publication.resume",
  "publication.unpublish",
  "publication.upgrade",
  "key.create",
  "key.update",
  "key.rotate",
  "key.delete",
  "webhook.rotate",
  "webhook.enable",
  "webhook.test",
  "webhook.redeliver",
  "run.redrive",
] as const;
export const Action = v.picklist(actions);
export type Action = v.InferOutput<typeof Action>;

export const Outcome = v.picklist(["begun", "done", "refused", "failed"]);

const Snapshot = v.nullable(v.record(v.string(), v.unknown()));

export const Entry = v.object({
  /** A ULID: entries sort by when they were begun. */
  auditId: v.string(),
  /** Epoch milliseconds. */
  at: v.number(),
  actor: v.object({ userId: v.string(), username: v.string() }),
  action: Action,
  botId: v.nullable(v.string()),
  /** Whose bot it is. */
  ownerId: v.optional(v.nullable(v.string()), null),
  /** By an administrator, to somebody else's bot: who stays its owner. */
  asAdmin: v.optional(v.boolean(), false),
  /** Id of the key, run or source it was done to; `null` where that is the bot itself. */
  targetId: v.nullable(v.string()),
  /** `begun`: it is not known how it ended; the process was lost in the middle of it. */
  outcome: Outcome,
  /** Why it was refused. */
  errorCode: v.nullable(v.string()),
  /** What was changed, as it was and as it is. Never a secret. */
  before: Snapshot,
  after: Snapshot,
});
export type Entry = v.InferOutput<typeof Entry>;
const shape = Shape.of("audit entry", Entry);

interface Deps {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
}

export type Snapshot = { [name: string]: Value } | null;

/** The actor of what nobody asked for. */
export const system: Caller.Info = { userId: "system", username: "system", groups: [] };

/**
 * Notes an act before it is done, so that none can happen without a trace.
 * @param known of an act that may be taken up again after a crash: noted once under that id.
 */
export async function begin(
  deps: Deps,
  caller: Caller.Info,
  act: { action: Action; botId: string | null; targetId: string | null; ownerId?: string | null },
  known?: { auditId: string; at: number },
): Promise<Entry> {
  const { ownerId = null } = act;
  const entry: Entry = {
    ...act,
    ownerId,
    asAdmin: ownerId !== null && ownerId !== caller.userId && Caller.isAdmin(caller),
    auditId: known?.auditId ?? deps.ids.ulid(),
    at: known?.at ?? deps.clock.now(),
    actor: { userId: caller.userId, username: caller.username },
    outcome: "begun",
    errorCode: null,
    before: null,
    after: null,
  };
  await deps.table.put(toItem(entry), absent("pk"));
  return entry;
}

/** How it ended; said once. */
export async function end(
  { table }: Pick<Deps, "table">,
  entry: Entry,
  result: {
    outcome: Exclude<Entry["outcome"], "begun">;
    errorCode?: string | null;
    botId?: string | null;
    targetId?: string | null;
    before?: Snapshot;
    after?: Snapshot;
  },
): Promise<void> {
  const { before = null, after = null, ...rest } = result;
  const changed = entry.action.endsWith(".delete") ? { before, after } : difference(before, after);
  const ended = { ...entry, ...rest };
  const { pk, sk, ...set } = toItem({ ...ended, ...changed });
  await table.update({ pk, sk }, { set }, equals("outcome", "begun"));
}

export interface Filter {
  actor?: string | undefined;
  botId?: string | undefined;
  action?: Action | undefined;
  outcome?: Entry["outcome"] | undefined;
  /** Only what administrators did to bots of others. */
  asAdmin?: boolean | undefined;
  /** Epoch milliseconds; `to` is exclusive. */
  from?: number | undefined;
  to?: number | undefined;
}

export interface Listing {
  entries: Entry[];
  cursor: string | null;
}

/** No page reads more than so many entries to find those asked for. */
const readMax = 2_000;

/**
 * Entries newest first. A page may hold fewer than asked for and still have a cursor, where few of
 * very many fit the filter.
 */
export async function list(
  deps: Pick<Deps, "table" | "clock">,
  filter: Filter,
  paging: { limit: number; cursor?: string | undefined },
): Promise<Listing> {
  const now = deps.clock.now();
  const to = Math.min(filter.to ?? now + 60_000, now + 60_000);
  if (filter.from !== undefined && filter.from >= to) {
    const message = "from must be before to, and not in the future.";
    throw new Problem.ProblemError("invalid_request", { message, param: "from" });
  }
  const from = Math.max(filter.from ?? to - 90 * 86_400_000, to - 366 * 86_400_000);
  const months = monthsBetween(from, to);
  const { month, inner } = readCursor(paging.cursor);
  const entries: Entry[] = [];
  let read = 0;
  let cursor = inner;
  for (const at of months.filter((one) => month === undefined || one <= month)) {
    for (;;) {
      if (entries.length >= paging.limit || read >= readMax) {
        return { entries, cursor: `${at}.${cursor ?? ""}` };
      }
      const page = await deps.table.query({
        pk: Layout.auditPartition(at),
        skFrom: Layout.sortable(from),
        skTo: `${Layout.sortable(to - 1)}~`,
        descending: true,
        // One more than is missing is not read: what is read is shown or passed over for good.
        limit: Math.min(paging.limit - entries.length, 100),
        cursor,
      });
      read += page.items.length;
      entries.push(...shape.readAll(deps.table, page.items).filter((entry) => fits(entry, filter)));
      cursor = page.cursor;
      if (!cursor) break;
    }
  }
  return { entries, cursor: null };
}

/** @throws MalformedCursor where it is none of {@link list}'s. */
function readCursor(cursor: string | undefined): { month?: string; inner?: string } {
  if (cursor === undefined) return {};
  const [, month, inner] = /^(\d{4}-\d\d)\.(.*)$/.exec(cursor) ?? [];
  if (month === undefined) throw new MalformedCursor();
  return { month, ...(inner && { inner }) };
}

function fits(entry: Entry, { actor, botId, action, outcome, asAdmin }: Filter): boolean {
  return (
    (actor === undefined || entry.actor.userId === actor || entry.actor.username === actor) &&
    (botId === undefined || entry.botId === botId) &&
    (action === undefined || entry.action === action) &&
    (outcome === undefined || entry.outcome === outcome) &&
    (asAdmin === undefined || entry.asAdmin === asAdmin)
  );
}

/** Only what differs: a bot's whole instruction does not go into every entry. */
function difference(before: Snapshot, after: Snapshot): { before: Snapshot; after: Snapshot } {
  if (!before || !after) return { before, after };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const pick = (of: NonNullable<Snapshot>) =>
    Object.fromEntries(names.flatMap((name) => (name in of ? [[name, of[name] ?? null]] : [])));
  return { before: pick(before), after: pick(after) };
}

/** Newest first: `2026-11`. */
function monthsBetween(from: number, to: number): string[] {
  const months: string[] = [];
  const date = new Date(to);
  const end = monthOf(from);
  for (;;) {
    const month = monthOf(date.getTime());
    months.push(month);
    if (month <= end) return months;
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() - 1);
  }
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

const keyOf = ({ at, auditId }: Pick<Entry, "at" | "auditId">): TableKey => ({
  pk: Layout.auditPartition(monthOf(at)),
  sk: `${Layout.sortable(at)}#${auditId}`,
});

const toItem = (entry: Entry): Item => ({
  ...shape.check(entry),
  // They came from JSON and hold nothing that a table could not.
  before: entry.before as Value,
  after: entry.after as Value,
  ...keyOf(entry),
});
