import { type Clock, equals, type ObjectStore, type Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import type { Address } from "./address.ts";
import { isTombstone, keyOf, tombstoneOf } from "./item.ts";
import { removePayload } from "./payload.ts";
import { shape, type State } from "./state.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

/** Removes what a run names in the object store. */
export const removeObjects = (objects: ObjectStore, run: State): Promise<void> =>
  removePayload(objects, run.question, run.reply);

/** Removes a run whose conversation was deleted: its objects, then what its item says. */
export async function remove(deps: Deps, run: State): Promise<void> {
  await removeObjects(deps.objects, run);
  await deps.table.put(tombstoneOf(run, run.runId, deps.clock.now()));
}

/** Removes what lies in a deleted conversation and cannot be read: it may hold what was said. */
export async function removeUnreadable(deps: Deps, address: Address): Promise<void> {
  const range = { pk: Layout.conversationPartition(address), skPrefix: Layout.runPrefix };
  for await (const item of Paging.items(deps.table, range)) {
    if (isTombstone(item) || shape.readAll({}, [item]).length > 0) continue;
    const runId = item.sk.slice(Layout.runPrefix.length);
    await deps.table.put(tombstoneOf(address, runId, deps.clock.now()));
  }
}

/** Ids of the removed runs of a conversation. */
export async function listTombstones(table: Table, address: Address): Promise<string[]> {
  const range = { pk: Layout.conversationPartition(address), skPrefix: Layout.runPrefix };
  const items = await Paging.all(table, range, (_table, page) => page.filter(isTombstone));
  return items.map(({ sk }) => sk.slice(Layout.runPrefix.length));
}

/** Removes what keeps a removed run from coming back, where nobody can bring it back any more. */
export async function removeTombstone(
  table: Table,
  address: Address,
  runId: string,
): Promise<void> {
  await table.remove(keyOf(address, runId), equals("removed", true));
}
