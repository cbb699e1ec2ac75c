/** One holder at a time, among processes that share a table. */
export * as Lease from "./index.ts";

import type { Id } from "../../foundation/id/index.ts";
import { absent, any, below, type Clock, equals, type Key, type Table } from "../../ports/index.ts";

interface Deps {
  table: Table;
  clock: Clock;
  ids: Id.Ids;
}

/**
 * Does something while nobody else who asks under the same key does. What is read under the lease is
 * what is acted upon: a slower process cannot set back what has changed since.
 * @param leaseMs longer than any process that holds it can live.
 * @returns `undefined`, with nothing done, where somebody else is at it.
 */
export async function alone<T>(
  deps: Deps,
  key: Key,
  leaseMs: number,
  act: () => Promise<T>,
): Promise<T | undefined> {
  const holder = deps.ids.ulid();
  const now = deps.clock.now();
  const set = { holder, until: now + leaseMs };
  const free = any(absent("until"), below("until", now + 1));
  if (!(await deps.table.update(key, { set }, free))) return undefined;
  try {
    return await act();
  } finally {
    await deps.table.remove(key, equals("holder", holder));
  }
}
