import type { Key, Table, Watch } from "../ports/index.ts";
import { type Address, encode } from "./address.ts";
import { fromItem, type State } from "./state.ts";

/** A run without what was said: one read, however large its message is. */
export async function peek(
  table: Table,
  address: Address,
  runId: string,
): Promise<State | undefined> {
  const item = await table.get(keyOf(address, runId));
  return item && fromItem(item);
}

/** Of the next write to a run, where this process can tell: see {@link Table}. */
export const watch = (table: Table, address: Address, runId: string): Watch | undefined =>
  table.watch?.(keyOf(address, runId));

export const keyOf = (address: Address, runId: string): Key => ({
  pk: encode(address),
  sk: `RUN#${runId}`,
});
