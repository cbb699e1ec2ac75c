import {
  absent,
  all,
  below,
  type Clock,
  equals,
  type Item,
  type Table,
} from "../../ports/index.ts";
import * as Id from "../../foundation/id/index.ts";
import * as Layout from "../../store/layout/index.ts";
import { type Info, shape, type Try } from "./info.ts";

interface Deps {
  table: Table;
  clock: Clock;
}

/** How long what was sent can be looked at, and sent again. */
export const keptSeconds = 7 * 86_400;
const triesMax = 20;
const shards = 4;

/** Puts a delivery unless it exists. @returns whether it was new. */
export const add = (table: Table, delivery: Info): Promise<boolean> =>
  table.put(toItem(delivery), absent("pk"));

export async function fromId(
  table: Table,
  botId: string,
  deliveryId: string,
): Promise<Info | undefined> {
  return shape.find(table, Layout.delivery(botId, deliveryId));
}

/** Newest first. */
export async function list(
  table: Table,
  botId: string,
  options: { limit: number; cursor?: string | undefined },
): Promise<{ deliveries: Info[]; cursor: string | null }> {
  const pk = Layout.deliveryPartition(botId);
  const page = await table.query({ pk, descending: true, ...options });
  return { deliveries: shape.readAll(table, page.items), cursor: page.cursor ?? null };
}

/** Removes some of a deleted bot's. @returns how many. */
export async function removeSome(table: Table, botId: string, limit: number): Promise<number> {
  const page = await table.query({ pk: Layout.deliveryPartition(botId), limit });
  await Promise.all(page.items.map(({ pk, sk }) => table.remove({ pk, sk })));
  return page.items.length;
}

/** Deliveries that have been due for so long and have not been tried. */
export async function listDue({ table, clock }: Deps, forMs: number): Promise<Info[]> {
  const until = Layout.sortable(clock.now() - forMs);
  const lists = await Promise.all(
    Array.from({ length: shards }, (_, shard) => {
      const pk = Layout.open.deliveries(shard);
      const range = { index: "open", pk, skFrom: "0", skTo: until, limit: dueMax } as const;
      return table.query(range);
    }),
  );
  return lists.flatMap((page) => shape.readAll(table, page.items));
}

/** Of one shard at a time: what comes after that is still due at the next look. */
const dueMax = 100;

/**
 * Takes a delivery that is due, for as long as a try can last: where its process dies, it is due again.
 * @returns `undefined` where somebody else has it.
 */
export async function take(
  { table, clock }: Deps,
  delivery: Info,
  leaseMs: number,
): Promise<Info | undefined> {
  const now = clock.now();
  const { attempts } = delivery;
  const item = await table.update(
    keyOf(delivery),
    { set: due(delivery, now + leaseMs), add: { attempts: 1 } },
    all(equals("status", "waiting"), equals("attempts", attempts), below("dueAt", now + 1)),
  );
  return item && shape.read(table, item);
}

/** Notes how a try went, unless somebody else has tried since. */
export async function note(
  table: Table,
  delivery: Info,
  outcome: { status: Info["status"]; dueAt: number | null; tried?: Try },
): Promise<void> {
  const { status, dueAt, tried } = outcome;
  const tries = [...delivery.tries, ...(tried ? [tried] : [])].slice(-triesMax);
  const set = { status, tries: tries.map((one) => ({ ...one })) };
  const mine = all(equals("status", "waiting"), equals("attempts", delivery.attempts));
  await (dueAt === null
    ? table.update(
        keyOf(delivery),
        { set: { ...set, dueAt: null }, remove: Layout.openNames },
        mine,
      )
    : table.update(keyOf(delivery), { set: { ...set, ...due(delivery, dueAt) } }, mine));
}

/** Sends off again what is over. @returns `undefined` where it is not, or not any more. */
export async function reopen({ table, clock }: Deps, delivery: Info): Promise<Info | undefined> {
  const now = clock.now();
  const set = {
    status: "waiting",
    attempts: 0,
    expiresAt: Layout.expiryAfter(clock, keptSeconds),
    ...due(delivery, now),
  };
  const item = await table.update(keyOf(delivery), { set }, equals("status", delivery.status));
  return item && shape.read(table, item);
}

const keyOf = ({ botId, deliveryId }: Info) => Layout.delivery(botId, deliveryId);

/** The attributes by which it is found when it is due. */
const due = ({ botId, deliveryId }: Info, at: number) => {
  const shard = Id.shardOf(`${botId}#${deliveryId}`, shards);
  return { dueAt: at, ...Layout.inOpen(Layout.open.deliveries(shard), Layout.sortable(at)) };
};

const toItem = (delivery: Info): Item => ({
  ...shape.check(delivery),
  ...keyOf(delivery),
  ...(delivery.dueAt === null ? {} : due(delivery, delivery.dueAt)),
});
