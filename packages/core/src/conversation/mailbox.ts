/**
 * The head of a conversation: a mailbox with one reader at a time. Each function is one action of
 * the run protocol (`docs/run-protocol/`), one conditional write to the head's item.
 */
export * as Mailbox from "./mailbox.ts";

import * as v from "valibot";
import { Id } from "../id/index.ts";
import {
  absent,
  all,
  any,
  below,
  type Clock,
  equals,
  first,
  type Item,
  lacks,
  type Queue,
  sizeBelow,
  type Table,
  type Key as TableKey,
} from "../ports/index.ts";
import { type Address, encode, group } from "../run/address.ts";

export const Head = v.object({
  botId: v.string(),
  clientId: v.string(),
  conversationId: v.string(),
  /** Ids of open runs, in order of arrival. */
  open: v.array(v.string()),
  /** The run popped last, if any. */
  last: v.nullish(v.string()),
  /** Fencing token of the newest lease; only ever grows. */
  token: v.optional(v.number(), 0),
  /** Epoch milliseconds; absent while nobody reads. */
  leaseUntil: v.nullish(v.number()),
  title: v.string(),
  createdAt: v.number(),
  expiresAt: v.number(),
});
export type Head = v.InferOutput<typeof Head>;

interface Deps {
  table: Table;
  clock: Clock;
}

export async function read(table: Table, address: Address): Promise<Head | undefined> {
  const item = await table.get(keyOf(address));
  return item && fromItem(item);
}

/**
 * Action Append: the moment of acceptance.
 * @returns the head, or `undefined` where the mailbox is full. Appending what is open changes nothing.
 */
export async function append(
  deps: Deps,
  address: Address,
  runId: string,
  options: { openMax: number; title: string; expiresAt: number },
): Promise<Head | undefined> {
  const now = deps.clock.now();
  const item = await deps.table.update(
    keyOf(address),
    {
      append: { open: [runId] },
      set: { ...address, expiresAt: options.expiresAt, ...openIndex(address, now) },
      setIfAbsent: { createdAt: now, title: options.title },
    },
    all(lacks("open", runId), sizeBelow("open", options.openMax)),
  );
  if (item) return fromItem(item);
  const head = await read(deps.table, address);
  return head?.open.includes(runId) ? head : undefined;
}

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
    keyOf(address),
    { add: { token: 1 }, set: { leaseUntil: now + leaseMs } },
    all({ op: "exists", name: "open" }, any(absent("leaseUntil"), below("leaseUntil", now))),
  );
  return item && fromItem(item);
}

/** Heartbeat: extends the lease. @returns whether it is still ours. */
export async function extend(
  deps: Deps,
  address: Address,
  token: number,
  leaseMs: number,
): Promise<boolean> {
  const set = { leaseUntil: deps.clock.now() + leaseMs };
  return (await deps.table.update(keyOf(address), { set }, equals("token", token))) !== undefined;
}

/**
 * Action Pop: takes a run that has ended and been billed out of the mailbox; where it was the only
 * one open, action Release goes with it in the same write.
 * @returns what is left to do.
 */
export async function pop(
  deps: Deps,
  address: Address,
  token: number,
  runId: string,
): Promise<"released" | "more" | "fenced"> {
  const mine = all(equals("token", token), first("open", runId));
  const change = { removeFirst: ["open"], set: { last: runId } };
  const last = await deps.table.update(
    keyOf(address),
    { ...change, remove: ["leaseUntil", ...openIndexNames] },
    all(mine, sizeBelow("open", 2)),
  );
  if (last) return "released";
  return (await deps.table.update(keyOf(address), change, mine)) ? "more" : "fenced";
}

/**
 * Action Release: gives the lease back where nothing is open.
 * @returns whether it was given back; if not, there is more to read, or it is not ours any more.
 */
export async function release(deps: Deps, address: Address, token: number): Promise<boolean> {
  const item = await deps.table.update(
    keyOf(address),
    { remove: ["leaseUntil", ...openIndexNames] },
    all(equals("token", token), sizeBelow("open", 1)),
  );
  return item !== undefined;
}

/** Lets the lease run out at a chosen time: the next attempt may begin then (action Expire). */
export async function expireAt(
  deps: Deps,
  address: Address,
  token: number,
  epochMs: number,
): Promise<void> {
  await deps.table.update(keyOf(address), { set: { leaseUntil: epochMs } }, equals("token", token));
}

/** Action Ring: asks for a reader. The message carries nothing that could be lost. */
export async function ring(queue: Queue, address: Address, delaySeconds = 0): Promise<void> {
  const { botId, clientId, conversationId } = address;
  await queue.send(JSON.stringify({ botId, clientId, conversationId }), {
    group: group(address),
    delaySeconds,
  });
}

/**
 * Action Sweep's reading: conversations where runs are open and no lease is alive.
 * @param quietMs leaves alone what was accepted more recently: its own bell is still on its way.
 */
export async function listUnattended(deps: Deps, quietMs: number): Promise<Address[]> {
  const now = deps.clock.now();
  const shards = await Promise.all(
    Array.from({ length: openShards }, (_, shard) => listOpen(deps.table, shard, now - quietMs)),
  );
  return shards.flat().filter((head) => !head.leaseUntil || head.leaseUntil < now);
}

/** Spreads the sparse index over partitions, so that accepts do not all write to one. */
const openShards = 8;
const openIndexNames = ["openPk", "openSk"];

async function listOpen(table: Table, shard: number, until: number): Promise<Head[]> {
  const heads: Head[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query({
      index: "open",
      pk: `OPEN#${shard}`,
      skFrom: "0",
      skTo: sortable(until),
      cursor,
    });
    heads.push(...page.items.map(fromItem));
    cursor = page.cursor;
  } while (cursor);
  return heads;
}

const openIndex = (address: Address, now: number) => ({
  openPk: `OPEN#${Id.shardOf(encode(address), openShards)}`,
  openSk: sortable(now),
});

/** Epoch milliseconds in a form that sorts as text. */
const sortable = (epochMs: number): string => String(Math.max(0, epochMs)).padStart(15, "0");

const keyOf = (address: Address): TableKey => ({ pk: encode(address), sk: "HEAD" });

const fromItem = (item: Item): Head => v.parse(Head, item);
