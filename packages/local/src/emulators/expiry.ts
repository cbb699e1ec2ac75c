import { listExpiredKeys } from "@outlet/aws/expired-keys";
import { Expiry } from "@outlet/core/maintenance/expiry";
import type { Clock, ObjectStore, Table } from "@outlet/core/ports";

interface Deps {
  client: Parameters<typeof listExpiredKeys>[0];
  tableName: string;
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

/**
 * Between two pages: others wait for the emulator, too. It spends a fifth of its time on this at most,
 * whatever the size of the table: each page leaves an iterator to its garbage collector.
 */
const pauseMs = 20;
const pauseShare = 4;

/**
 * What DynamoDB's time to live does and the embedded table does not: goes through the table and removes what
 * has expired, with the objects that belong to it.
 * @param stopping where it is aborted, the rest is left for another time.
 * @returns how much went.
 */
export async function removeExpired(deps: Deps, stopping?: AbortSignal): Promise<number> {
  let removed = 0;
  let beganAt = performance.now();
  for await (const keys of listExpiredKeys(deps.client, deps.tableName, deps.clock.now())) {
    for (const key of keys) {
      const item = await deps.table.get(key);
      if (item && (await Expiry.expire(deps, item))) removed += 1;
    }
    // A large table takes minutes, and nobody waits so long for a process to end.
    if (stopping?.aborted) break;
    await deps.clock.sleep(Math.max(pauseMs, pauseShare * (performance.now() - beganAt)));
    beganAt = performance.now();
  }
  return removed;
}
