/**
 * The head of a conversation: a mailbox with one reader at a time. Each function is one action of
 * the run protocol (`docs/run-protocol/`), one conditional write to the head's item.
 */
export * as Mailbox from "./mailbox.ts";

import * as v from "valibot";
import * as Id from "../../foundation/id/index.ts";
import {
  absent,
  all,
  any,
  below,
  type Change,
  type Clock,
  type Condition,
  equals,
  exists,
  first,
  getMany,
  type Item,
  type Key,
  lacks,
  type QueryRange,
  sizeBelow,
  type Table,
} from "../../ports/index.ts";
import { type Address, pick } from "../run/address.ts";
import { tombstoneSeconds } from "../run/item.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import * as Shape from "../../store/shape/index.ts";

export const Head = v.object({
  botId: v.string(),
  clientId: v.string(),
  conversationId: v.string(),
  /** Ids of open runs, in order of arrival. */
  open: v.array(v.string()),
  /** The run popped last, if any. */
  last: v.nullish(v.string()),
  /** Runs popped so far: the place of the next one. Only ever grows. */
  popped: v.optional(v.number(), 0),
  /** Fencing token of the newest lease; only ever grows. */
  token: v.optional(v.number(), 0),
  /** Epoch milliseconds; absent while nobody reads. */
  leaseUntil: v.nullish(v.number()),
  title: v.optional(v.string(), ""),
  /** Absent where the conversation was deleted and nothing has been sent since. */
  createdAt: v.optional(v.number()),
  expiresAt: v.number(),
  /** How long the sweeper lets it be; see {@link Layout.restsUntilOf}. */
  openSk: v.optional(v.string()),
  /** Runs that were open then; there until the removal has ended, and no run is appended before. */
  doomed: v.optional(v.array(v.string())),
  /** Token of the last removal, if any: what was started under it or an earlier one goes. */
  doomedToken: v.optional(v.number(), 0),
});
export type Head = v.InferOutput<typeof Head>;

interface Deps {
  table: Table;
  clock: Clock;
}

export async function read(table: Table, address: Address): Promise<Head | undefined> {
  return shape.find(table, Layout.head(address));
}

export type Appended =
  | { outcome: "open"; head: Head }
  /** So many are open already. */
  | { outcome: "full" }
  /** The conversation is being deleted: end that first. */
  | { outcome: "removing"; head: Head }
  /** It has been deleted since `seen`. */
  | { outcome: "removed" }
  /** It is not as it was seen any more: look again. */
  | { outcome: "changed" };

/**
 * A mailbox as it was when a run was seen in none. Whoever repeats an append must not bring back a
 * run that has been deleted since or, where `last` says what was popped last, answered.
 */
export interface Seen {
  doomedToken: number;
  last?: string | null;
}

export const seen = (head: Head | undefined): Required<Seen> => ({
  doomedToken: head?.doomedToken ?? 0,
  last: head?.last ?? null,
});

interface AppendOptions {
  openMax: number;
  title: string;
  expiresAt: number;
  seen?: Seen | undefined;
}

/** The update that {@link append} is, as one of several that are made together. */
export function appendOf(
  { clock }: Pick<Deps, "clock">,
  address: Address,
  runId: string,
  { openMax, title, expiresAt, seen }: AppendOptions,
): { key: Key; change: Change; condition: Condition } {
  const now = clock.now();
  const free = all(lacks("open", runId), sizeBelow("open", openMax), absent("doomed"));
  return {
    key: Layout.head(address),
    change: {
      append: { open: [runId] },
      set: { ...pick(address), expiresAt, ...openIndex(address, now) },
      setIfAbsent: { createdAt: now, title },
    },
    condition: all(free, ...(seen ? unchanged(seen) : [])),
  };
}

/** Action Append: the moment of acceptance. Appending what is open changes nothing. */
export async function append(
  deps: Deps,
  address: Address,
  runId: string,
  options: AppendOptions,
): Promise<Appended> {
  const { openMax, seen } = options;
  const { key, change, condition } = appendOf(deps, address, runId, options);
  const item = await deps.table.update(key, change, condition);
  if (item) return { outcome: "open", head: shape.read(deps.table, item) };
  const head = await read(deps.table, address);
  if (head?.open.includes(runId)) return { outcome: "open", head };
  if (head?.doomed) return { outcome: "removing", head };
  if (seen && seen.doomedToken !== (head?.doomedToken ?? 0)) return { outcome: "removed" };
  return { outcome: head && head.open.length >= openMax ? "full" : "changed" };
}

const unchanged = ({ doomedToken, last }: Seen): Condition[] => [
  doomedToken === 0 ? absent("doomedToken") : equals("doomedToken", doomedToken),
  ...(last === undefined ? [] : [last === null ? absent("last") : equals("last", last)]),
];

/**
 * Action Lease: the right to read, under a new token.
 * @returns the head as leased, or `undefined` if another holds it or there is no such conversation.
 */
export async function lease(
  deps: Deps,
  address: Address,
  leaseMs: number,
): Promise<Head | undefined> {
  const now = deps.clock.now();
  const item = await deps.table.update(
    Layout.head(address),
    { add: { token: 1 }, set: { leaseUntil: now + leaseMs } },
    all({ op: "exists", name: "open" }, any(absent("leaseUntil"), below("leaseUntil", now))),
  );
  const head = item && shape.read(deps.table, item);
  // So that the sweeper sees it where this reader dies: it lets be what waits long, not what stands still.
  if (head && restsUntil(head) > now) await setRest(deps, head, now);
  return head;
}

/** Heartbeat: extends the lease. @returns whether it is still ours. */
export async function extend(
  deps: Deps,
  address: Address,
  token: number,
  leaseMs: number,
): Promise<boolean> {
  const set = { leaseUntil: deps.clock.now() + leaseMs };
  return (
    (await deps.table.update(Layout.head(address), { set }, equals("token", token))) !== undefined
  );
}

/**
 * Action Pop: takes a run that has ended and been billed out of the mailbox; where it was the only
 * one open, action Release goes with it in the same write.
 * @param options.again it had been popped before, then appended once more by a late retry: it keeps
 *   its place in the conversation.
 * @returns what is left to do.
 */
export async function pop(
  deps: Deps,
  address: Address,
  token: number,
  runId: string,
  options: { again?: boolean } = {},
): Promise<"released" | "more" | "fenced"> {
  const last = popOf(address, token, runId, { ...options, isOnly: true });
  if (await deps.table.update(last.key, last.change, last.condition)) return "released";
  const { key, change, condition } = popOf(address, token, runId, { ...options, isOnly: false });
  return (await deps.table.update(key, change, condition)) ? "more" : "fenced";
}

/**
 * The update that {@link pop} is, as one of several that are made together.
 * @param options.isOnly whether it is the only one open: then the lease is given back with it.
 */
export function popOf(
  address: Address,
  token: number,
  runId: string,
  { again = false, isOnly }: { again?: boolean; isOnly: boolean },
): { key: Key; change: Change; condition: Condition } {
  const mine = all(equals("token", token), first("open", runId));
  const place = again ? {} : { set: { last: runId }, add: { popped: 1 } };
  const change = { removeFirst: ["open"], ...place };
  const key = Layout.head(address);
  if (!isOnly) return { key, change, condition: mine };
  return {
    key,
    change: { ...change, remove: ["leaseUntil", ...Layout.openNames] },
    condition: all(mine, sizeBelow("open", 2)),
  };
}

/**
 * Action Release: gives the lease back where nothing is open.
 * @returns whether it was given back; if not, there is more to read, or it is not ours any more.
 */
export async function release(deps: Deps, address: Address, token: number): Promise<boolean> {
  const item = await deps.table.update(
    Layout.head(address),
    { remove: ["leaseUntil", ...Layout.openNames] },
    all(equals("token", token), sizeBelow("open", 1)),
  );
  return item !== undefined;
}

/**
 * Begins to delete a conversation: to its readers it is gone. In the protocol's words, Expire and
 * Lease under a token that fences off every holder, all that was open set aside to be cancelled.
 * @returns the tombstone; `undefined` where the head has changed since it was read.
 */
export async function condemn(deps: Deps, head: Head): Promise<Head | undefined> {
  const now = deps.clock.now();
  const [oldest] = head.open;
  const item = await deps.table.update(
    Layout.head(head),
    {
      add: { token: 1 },
      set: {
        open: [],
        doomed: head.open,
        doomedToken: head.token + 1,
        expiresAt: Layout.expiryAfter(deps.clock, tombstoneSeconds),
        // The sweeper finds it where the removal breaks off.
        ...openIndex(head, now),
      },
      remove: ["leaseUntil", "last", "title", "createdAt"],
    },
    all(
      exists("createdAt"),
      head.token === 0 ? absent("token") : equals("token", head.token),
      // Nothing popped since, for that needs the token; nothing appended either.
      sizeBelow("open", head.open.length + 1),
      ...(oldest === undefined ? [] : [first("open", oldest)]),
    ),
  );
  return item && shape.read(deps.table, item);
}

/** Ends a deletion: from now on messages may be sent under the same id, which start afresh. */
export async function bury(deps: Deps, head: Head): Promise<void> {
  await deps.table.update(
    Layout.head(head),
    { remove: ["doomed", ...Layout.openNames] },
    all(exists("doomed"), equals("doomedToken", head.doomedToken)),
  );
}

/** Removes the head of a conversation that is deleted; nothing where one has begun there since. */
export async function raze(table: Table, head: Head): Promise<void> {
  await table.remove(Layout.head(head), all(absent("createdAt"), absent("doomed")));
}

/** Lets the lease run out at a chosen time: the next attempt may begin then (action Expire). */
export async function expireAt(
  deps: Deps,
  address: Address,
  token: number,
  epochMs: number,
): Promise<void> {
  await deps.table.update(
    Layout.head(address),
    { set: { leaseUntil: epochMs } },
    equals("token", token),
  );
}

/**
 * Action Sweep's reading: conversations where runs are open, or a deletion has not ended, and that it
 * is time to look at. Of all others no more than a key is read, however many wait for their turn.
 * @param quietMs leaves alone what was accepted more recently: its own bell is still on its way.
 */
export async function listDue({ table, clock }: Deps, quietMs: number): Promise<Head[]> {
  const until = clock.now() - quietMs;
  const open = await listShards(table, { keysOnly: true });
  const due = new Map<string, Item>();
  for (const item of open) {
    // By name: one that moves while the pages are read may be on two of them.
    const isDue = typeof item.openSk === "string" && Layout.restsUntilOf(item.openSk) <= until;
    if (isDue) due.set(item.pk, item);
  }
  const found = [...due.values()];
  const heads: Head[] = [];
  for (let i = 0; i < found.length; i += readAtOnce) {
    const keys = found.slice(i, i + readAtOnce);
    const items = await getMany(table, keys);
    // Rung for or ended meanwhile: the next look is at that.
    const same = items.flatMap((item, n) => (item && item.openSk === keys[n]?.openSk ? item : []));
    heads.push(...shape.readAll(table, same));
  }
  return heads;
}

/** As many as one call takes. */
const readAtOnce = 100;

/** Conversations of one bot in which runs are open, for its owner: nobody else's are read for it. */
export const listOpenOf = async (table: Table, botId: string): Promise<Head[]> =>
  shape.readAll(table, await listShards(table, { skPrefix: Layout.openConversationsOf(botId) }));

/** Whether nobody is at work there: a lease that has run out belonged to a worker that is dead. */
export const isUnattended = ({ leaseUntil }: Head, now: number): boolean =>
  !leaseUntil || leaseUntil < now;

/** The longest that a mailbox waits for another ring. */
const ringEveryMaxMs = 300_000;

/**
 * Notes that it was rung for, unless somebody else has been there since. Its bell may only be waiting
 * behind many others, so it is rung for again after as long as it has waited, lest a long queue grows
 * longer by the sweeper's own doing; not where a reader had come, and died.
 */
export async function noteRing(deps: Deps, head: Head, quietMs: number): Promise<void> {
  const now = deps.clock.now();
  const [oldest] = head.open;
  const waits = !head.leaseUntil && oldest !== undefined;
  const waited = waits ? Math.min(ringEveryMaxMs, now - Id.timeOf(oldest)) : 0;
  await setRest(deps, head, now + Math.max(0, waited - quietMs));
}

const restsUntil = ({ openSk }: Head): number =>
  openSk === undefined ? 0 : Layout.restsUntilOf(openSk);

async function setRest({ table }: Deps, head: Head, until: number): Promise<void> {
  if (head.openSk === undefined) return;
  await table.update(
    Layout.head(head),
    { set: { openSk: Layout.openConversation(head.botId, until) } },
    equals("openSk", head.openSk),
  );
}

/** Of the sparse index. */
const openShards = 8;

async function listShards(
  table: Table,
  range: Pick<QueryRange, "skPrefix" | "keysOnly">,
): Promise<Item[]> {
  const shards = Array.from({ length: openShards }, (_, shard) => Layout.open.conversations(shard));
  const lists = shards.map((pk) =>
    Paging.all(table, { index: "open", pk, ...range }, (_, all) => [...all]),
  );
  return (await Promise.all(lists)).flat();
}

function openIndex(address: Address, now: number) {
  const shard = Id.shardOf(Layout.conversationPartition(address), openShards);
  const sk = Layout.openConversation(address.botId, now);
  return Layout.inOpen(Layout.open.conversations(shard), sk);
}

const shape = Shape.of("conversation", Head, { mend: { title: "" } });
