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
import * as Run from "../../conversations/run/index.ts";
import * as Layout from "../../store/layout/index.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

/**
 * Removes an item whose time is over, unless it has been given more since it was read.
 * @returns whether it is gone.
 */
export async function expire(deps: Deps, item: Item): Promise<boolean> {
  if (!Layout.isOver(deps.clock, item)) return false;
  const unchanged = equals("expiresAt", item.expiresAt ?? null);
  if (Layout.isRun(item) && !Run.isTombstone(item)) {
    await Run.removeObjects(deps.objects, Run.fromItem(deps.table, item));
  }
  // Never a mailbox that holds something, however old it is.
  return deps.table.remove(item, all(unchanged, sizeBelow("open", 1)));
}
