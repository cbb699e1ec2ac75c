/** Who did what, when, to what, and what it was before and after. Entries are added, never removed. */
export * as Audit from "./index.ts";

import * as Caller from "../../foundation/caller/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import {
  absent,
  type Clock,
  equals,
  MalformedCursor,
  type Table,
  type Value,
} from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Layout from "../../store/layout/index.ts";
import { append } from "./chain.ts";
import { type Action, type Entry, keyOf, monthOf, shape, toItem } from "./entry.ts";

export {
  canonical,
  type Fault,
  Follower,
  hashOf,
  listChains,
  type Name as ChainName,
  readChain,
  Record as ChainRecord,
} from "./chain.ts";
export { Action, Entry, Outcome } from "./entry.ts";
export { verify, type Verification } from "./verify.ts";

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
  if (known && (await deps.table.get(keyOf(entry)))) return entry;
  // First: what is in the log and in no chain was written by somebody else.
  await append(deps.table, entry);
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
  const ended = { ...entry, ...rest, ...changed };
  const { pk, sk, ...set } = toItem(ended);
  const begun = await table.get({ pk, sk });
  if (begun?.outcome !== "begun") return;
  await append(table, { ...ended, botId: entry.botId, endedOf: ended.botId });
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
    Object.fromEntries(
      names.flatMap((name) => (Object.hasOwn(of, name) ? [[name, of[name] ?? null]] : [])),
    );
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
