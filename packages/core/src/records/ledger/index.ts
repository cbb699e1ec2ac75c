/**
 * The usage ledger: one entry for each run, put if absent, so that whatever happens to the run's
 * messages and workers, it is billed once.
 */
export * as Ledger from "./index.ts";

import * as v from "valibot";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import {
  absent,
  type Clock,
  type Condition,
  type Item,
  type Key,
  type ModelUsage,
  type Table,
} from "../../ports/index.ts";
import { announce, hourOf, isTimely } from "../roll-up/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import * as Shape from "../../store/shape/index.ts";

export { hourOf } from "../roll-up/index.ts";

export const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const Tokens = v.object({
  inputTokens: Count,
  outputTokens: Count,
  cacheReadInputTokens: Count,
  cacheWriteInputTokens: Count,
});

export const Entry = v.object({
  ...Tokens.entries,
  botId: v.string(),
  runId: v.string(),
  keyId: v.string(),
  clientId: v.string(),
  /** Short name. */
  model: v.string(),
  status: v.string(),
  /** Epoch milliseconds. */
  finishedAt: v.number(),
  /** Micro-USD, rounded once per run. */
  costMicroUsd: Count,
  priceVersion: v.string(),
  /** Milliseconds waiting for a worker, until the first text, and from start to end. */
  queueMs: v.nullable(v.number()),
  firstTokenMs: v.nullable(v.number()),
  runMs: v.nullable(v.number()),
  /** Why it failed. */
  errorCode: v.optional(v.nullable(v.string()), null),
  /** A paid attempt that another worker overtook. */
  abandoned: v.boolean(),
  /** A chat window's asking for a title, tags or the like: no answer to anybody's question. */
  utility: v.optional(v.boolean(), false),
});
export type Entry = v.InferOutput<typeof Entry>;

/** In place of a key's id, of what a sync of knowledge was charged: no key asked for it. */
export const syncKeyId = "";

/** Whether it is the end of a run, and not only something that was paid for. */
export const isRun = ({ abandoned, status }: Entry): boolean => !abandoned && status !== "synced";

export const noTokens: ModelUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
};

const shape = Shape.of("ledger entry", Entry, { mend: { ...noTokens, costMicroUsd: 0 } });

/** Micro-USD of these tokens. A model without a known price cannot be published, so costs 0 here. */
export function cost(price: ModelCatalog.Price | null, tokens: ModelUsage): number {
  if (!price) return 0;
  const total =
    tokens.inputTokens * price.input +
    tokens.outputTokens * price.output +
    tokens.cacheReadInputTokens * price.cacheRead +
    tokens.cacheWriteInputTokens * price.cacheWrite;
  return Math.round(total / 1e6);
}

/**
 * Action Ledger of the run protocol: puts the entry of one run unless there is one.
 * @param suffix given for an overtaken attempt (its token) or a redriven run: an entry of its own.
 * @returns whether it was new.
 */
export const record = (
  deps: { table: Table; clock: Clock },
  entry: Entry,
  suffix?: Suffix,
): Promise<boolean> =>
  recordBy(deps, entry, suffix, ({ item, condition }) => deps.table.put(item, condition));

type Suffix = number | string | undefined;

/**
 * The same, where the entry is put together with other items.
 * @param write carries out the put.
 * @returns what `write` does.
 */
export async function recordBy(
  deps: { table: Table; clock: Clock },
  entry: Entry,
  suffix: Suffix,
  write: (put: { item: Item; condition: Condition }) => Promise<boolean>,
): Promise<boolean> {
  const { botId, finishedAt } = entry;
  const announcedAt = deps.clock.now();
  await announce(deps, botId, finishedAt);
  const item = { ...shape.check(entry), ...keyOf(entry, suffix) };
  const isWritten = await write({ item, condition: absent("pk") });
  // The machine slept in between: what was announced may have been given up.
  if (!isTimely(announcedAt, deps.clock.now())) await announce(deps, botId, finishedAt);
  return isWritten;
}

/** Whether the ledger has this entry, and not another one in its place. */
export async function has(table: Table, entry: Entry, suffix?: Suffix): Promise<boolean> {
  const found = v.safeParse(Entry, await table.get(keyOf(entry, suffix)));
  return found.success && JSON.stringify(found.output) === JSON.stringify(v.parse(Entry, entry));
}

const keyOf = ({ botId, finishedAt, runId }: Entry, suffix: Suffix): Key => ({
  pk: partition(botId, finishedAt),
  sk: suffix === undefined ? runId : `${runId}#${suffix}`,
});

/** A page that also a small store reads well within a client's patience. */
const pageSize = 500;

/** All entries of one bot whose runs ended within one hour, `YYYY-MM-DDTHH` UTC. */
export function listHour(table: Table, botId: string, hour: string): Promise<Entry[]> {
  const range = { pk: Layout.ledgerPartition(botId, hour), limit: pageSize };
  return Paging.all(table, range, shape.readAll);
}

/** Where the entries of one hour are. */
export const partition = (botId: string, at: number): string =>
  Layout.ledgerPartition(botId, hourOf(at));
