import { absent, any, below, type Clock, equals, type Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";

/** Whoever waits for an answer holds a process all the while: so many may do so with one key. */
export interface Waiters {
  /**
   * @param forMs when its place is free again, even if nobody leaves it.
   * @returns leaves the place; `undefined` where none is free.
   */
  enter(place: { botId: string; keyId: string }, forMs: number): Promise<Leave | undefined>;
}
export type Leave = () => Promise<void>;

/** Where all who wait are in one process. */
export function createProcessWaiters(most: number): Waiters {
  const waiting = new Map<string, number>();
  return {
    async enter({ keyId }) {
      const now = waiting.get(keyId) ?? 0;
      if (now >= most) return undefined;
      waiting.set(keyId, now + 1);
      return async () => {
        const left = (waiting.get(keyId) ?? 1) - 1;
        if (left > 0) waiting.set(keyId, left);
        else waiting.delete(keyId);
      };
    },
  };
}

const triesMax = 4;

/**
 * Where each is in a process of its own: places in the table, each taken until a time, so that one
 * whose process died is free again by itself.
 */
export function createTableWaiters(
  { table, clock }: { table: Table; clock: Clock },
  most: number,
): Waiters {
  const names = Array.from({ length: most }, (_, at) => `place${at}`);
  return {
    async enter({ botId, keyId }, forMs) {
      const key = Layout.keyWaiters(botId, keyId);
      for (let tries = 0; tries < triesMax; tries++) {
        const now = clock.now();
        const item = await table.get(key);
        const free = names.filter((name) => Number(item?.[name] ?? 0) < now);
        // Not the first: others come at the same time.
        const name = free[(now + tries * 7) % Math.max(1, free.length)];
        if (name === undefined) return undefined;
        const until = now + forMs;
        const set = { [name]: until, expiresAt: Layout.expiryAfter(clock, 86_400) };
        const taken = await table.update(key, { set }, any(absent(name), below(name, now)));
        if (!taken) continue;
        return async () => {
          await table.update(key, { set: { [name]: 0 } }, equals(name, until));
        };
      }
      return undefined;
    },
  };
}
