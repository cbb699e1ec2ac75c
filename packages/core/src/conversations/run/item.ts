import type { Item, Key, Table, Watch } from "../../ports/index.ts";
import type { Address } from "./address.ts";
import { fromItem, shape, type State } from "./state.ts";
import * as Layout from "../../store/layout/index.ts";

/** A run without what was said: one read, however large its message is. */
export async function peek(
  table: Table,
  address: Address,
  runId: string,
): Promise<State | undefined> {
  const item = await table.get(keyOf(address, runId));
  return item && !isTombstone(item) ? fromItem(table, item) : undefined;
}

/** The same where it is one of many: of one that cannot be read, the table is told. */
export async function glimpse(
  table: Table,
  address: Address,
  runId: string,
): Promise<State | undefined> {
  const item = await table.get(keyOf(address, runId));
  return item && !isTombstone(item) ? shape.readAll(table, [item])[0] : undefined;
}

/** Of the next write to a run, where this process can tell: see {@link Table}. */
export const watch = (table: Table, address: Address, runId: string): Watch | undefined =>
  table.watch?.(keyOf(address, runId));

export const keyOf = (address: Address, runId: string): Key => Layout.run(address, runId);

/** How long what was deleted is remembered: longer than anybody stands still, or tries again. */
export const tombstoneSeconds = 2 * 86_400;

/**
 * What stays of a run whose conversation was deleted: its key, so that nobody who stood still puts
 * it once more, without the token that fences off whoever had it.
 */
export const tombstoneOf = (address: Address, runId: string, now: number): Item => ({
  ...keyOf(address, runId),
  removed: true,
  expiresAt: Math.ceil(now / 1000) + tombstoneSeconds,
});

export const isTombstone = (item: Item): boolean => item.removed === true;
