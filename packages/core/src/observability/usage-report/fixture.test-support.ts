import { type Clock, StoreUnavailable, type Table } from "../../ports/index.ts";
import type { Ledger } from "../../records/ledger/index.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const start = Date.parse("2026-03-02T00:00:00Z");

/** A clock that stands until it is moved. */
export function createClock(now: number): Clock & { now(): number; move(ms: number): void } {
  let at = now;
  return {
    now: () => at,
    move: (ms) => {
      at += ms;
    },
    sleep: async () => undefined,
  };
}

let bots = 0;
export const newBot = () => `01BOT${bots++}X${Date.now().toString(36)}`;

export const entryOf = (
  botId: string,
  runId: string,
  finishedAt: number,
  more = {},
): Ledger.Entry => ({
  botId,
  runId,
  keyId: "key-1",
  clientId: "client",
  model: "haiku",
  status: "completed",
  finishedAt,
  inputTokens: 100,
  outputTokens: 10,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
  costMicroUsd: 150,
  priceVersion: "2026-11-22",
  queueMs: 20,
  firstTokenMs: 300,
  runMs: 900,
  errorCode: null,
  abandoned: false,
  utility: false,
  ...more,
});

/** Counts what is read, and fails as it is told to. */
export function watched(
  table: Table,
  fault: () => "before" | "after" | undefined = () => undefined,
) {
  const seen = { queries: 0, items: 0, writes: 0 };
  const write = async <T>(call: () => Promise<T>): Promise<T> => {
    const where = fault();
    if (where === "before") throw new StoreUnavailable("made to fail");
    const result = await call();
    seen.writes += 1;
    if (where === "after") throw new StoreUnavailable("made to fail");
    return result;
  };
  const it: Table = {
    get: (key) => table.get(key),
    put: (item, condition) => write(() => table.put(item, condition)),
    update: (key, change, condition) => write(() => table.update(key, change, condition)),
    remove: (key, condition) => write(() => table.remove(key, condition)),
    transact: (writes) => write(() => table.transact(writes)),
    async query(range) {
      // Nothing is changed by it, so before or after is the same; and less often, to get anywhere.
      if (fault() === "after") throw new StoreUnavailable("made to fail");
      const page = await table.query(range);
      seen.queries += 1;
      seen.items += page.items.length;
      return page;
    },
  };
  return { table: it, seen };
}
