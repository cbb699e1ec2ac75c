/**
 * The end of data whose time is over, where the table does not see to it by itself as DynamoDB's
 * time to live does. Objects go with the run that names them.
 */
export * as Expiry from "./index.ts";

import {
  all,
  type Clock,
  equals,
  type Item,
  type ObjectStore,
  sizeBelow,
  type Table,
} from "../../ports/index.ts";
import { Run } from "../../conversations/run/index.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

/** Whether an item has an end, in epoch seconds, that has passed. Other times go by other names. */
export const isOver = (clock: Clock, item: Item): boolean =>
  typeof item.expiresAt === "number" &&
  kinds.some((kind) => item.pk.startsWith(kind)) &&
  item.expiresAt * 1000 < clock.now();

/** Whose `expiresAt` is a time to live. Keys have one too, in milliseconds, and stay. */
const kinds = ["CONV#", "RUNLOG#", "IDEMPOTENCY#"];

/**
 * Removes an item whose time is over, unless it has been given more since it was read.
 * @returns whether it is gone.
 */
export async function expire(deps: Deps, item: Item): Promise<boolean> {
  if (!isOver(deps.clock, item)) return false;
  const unchanged = equals("expiresAt", item.expiresAt ?? null);
  const isRun = item.pk.startsWith("CONV#") && item.sk.startsWith("RUN#");
  if (isRun && !Run.isTombstone(item)) {
    await Run.removeObjects(deps.objects, Run.fromItem(item));
  }
  // Never a mailbox that holds something, however old it is.
  return deps.table.remove(item, all(unchanged, sizeBelow("open", 1)));
}
