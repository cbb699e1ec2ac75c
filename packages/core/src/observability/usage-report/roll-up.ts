/**
 * The sums of a closed hour or day, kept in its head (`../../records/roll-up`).
 *
 * A head's `generation` grows whenever a late entry is announced. Sums are put on condition of the
 * generation they were made from, and count only while `builtFor` is the generation: so a sum that
 * was made beside a late entry is either never put or not believed.
 */
import * as v from "valibot";
import {
  absent,
  all,
  any,
  below,
  type Clock,
  equals,
  type Item,
  type Key,
  type Table,
} from "../../ports/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import { dayMs, headKeys, hourMs, hourOf, isClosed } from "../../records/roll-up/index.ts";
import { StoredTally, Tally } from "./tally.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";

export interface Deps {
  table: Table;
  clock: Clock;
}

/** What one key used of one model at the prices of one table. */
interface Row {
  keyId: string;
  model: string;
  priceVersion: string;
  tally: StoredTally;
}

/** The rows of one hour, or of one day. */
export interface Slice {
  at: number;
  rows: Row[];
}

const StoredRows = v.array(v.strictTuple([v.string(), v.string(), v.string(), StoredTally]));

/** Of the 400 KB that an item may have. More keys in one hour than fit are summed as they are read. */
const rowsMaxBytes = 330_000;

interface Head {
  at: number;
  generation: number;
  reopenedUntil: number;
  rows: Row[] | undefined;
}

/** Days that have sums that count, and the generations of all heads of days. */
export async function readDays({ table }: Deps, botId: string, from: number, to: number) {
  return readHeads(table, "day", botId, from, to);
}

/** Everything that ended in hours from `from` until `to`: read, summed, or summed for good. */
export async function readHours(
  deps: Deps,
  botId: string,
  from: number,
  to: number,
): Promise<Slice[]> {
  const heads = await readHeads(deps.table, "hour", botId, from, to);
  return mapLimited(heads, 3, async (head) => ({
    at: head.at,
    rows: head.rows ?? (await sumHour(deps, botId, head)),
  }));
}

/** Puts the sum of a closed day whose hours have all been summed for good. */
export async function closeDay(
  deps: Deps,
  botId: string,
  at: number,
  generation: number,
): Promise<void> {
  if (!isClosed(at + dayMs, deps.clock.now())) return;
  const heads = await readHeads(deps.table, "hour", botId, at, at + dayMs);
  if (heads.some(({ rows }) => rows === undefined)) return;
  const rows = mergeRows(heads.flatMap((head) => head.rows ?? []));
  await putRows(deps, headKeys.day(botId, at), generation, rows);
}

async function sumHour(deps: Deps, botId: string, head: Head): Promise<Row[]> {
  // Of before: an hour that is closed once its entries have been read may have got more of them.
  const now = deps.clock.now();
  const entries = await Ledger.listHour(deps.table, botId, hourOf(head.at));
  const rows = toRows(entries);
  if (isClosed(head.at + hourMs, now) && head.reopenedUntil <= now) {
    await putRows(deps, headKeys.hour(botId, head.at), head.generation, rows);
  }
  return rows;
}

async function putRows(deps: Deps, key: Key, generation: number, rows: Row[]): Promise<boolean> {
  const body = encodeRows(rows);
  const unchanged =
    generation === 0
      ? any(absent("generation"), equals("generation", 0))
      : equals("generation", generation);
  const settled = any(absent("reopenedUntil"), below("reopenedUntil", deps.clock.now() + 1));
  const item = await deps.table.update(
    key,
    {
      // Without sums where they do not fit: then it only leaves the list of what is to be summed.
      set:
        body === undefined
          ? { generation }
          : { generation, builtFor: generation, rows: body, builtAt: deps.clock.now() },
      remove: Layout.openNames,
    },
    all(unchanged, settled),
  );
  return item !== undefined;
}

async function readHeads(
  table: Table,
  unit: "hour" | "day",
  botId: string,
  from: number,
  to: number,
): Promise<Head[]> {
  if (from >= to) return [];
  const key = headKeys[unit];
  const step = unit === "hour" ? hourMs : dayMs;
  const first = key(botId, from);
  const range = { pk: first.pk, skFrom: first.sk, skTo: key(botId, to - step).sk };
  return Paging.all(table, range, (_, items) => items.map(toHead));
}

/** Whether a late entry is on its way, so that nobody may sum up what it belongs to. */
export const isReopened = ({ reopenedUntil }: Item, now: number): boolean =>
  typeof reopenedUntil === "number" && reopenedUntil > now;

function toHead(item: Item): Head {
  const { sk, generation = 0, builtFor, reopenedUntil = 0, rows } = item;
  const text = sk.slice(2);
  return {
    at: Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text}:00Z`),
    generation: v.parse(v.number(), generation),
    reopenedUntil: v.parse(v.number(), reopenedUntil),
    rows: builtFor === generation && typeof rows === "string" ? decodeRows(rows) : undefined,
  };
}

const nameOf = (row: Omit<Row, "tally">) =>
  JSON.stringify([row.keyId, row.model, row.priceVersion]);

function toRows(entries: readonly Ledger.Entry[]): Row[] {
  const rows = new Map<string, Omit<Row, "tally"> & { tally: Tally }>();
  for (const entry of entries) {
    const { keyId, model, priceVersion } = entry;
    const name = nameOf(entry);
    const row = rows.get(name) ?? { keyId, model, priceVersion, tally: new Tally() };
    row.tally.add(entry);
    rows.set(name, row);
  }
  return [...rows.values()].map((row) => ({ ...row, tally: row.tally.encode(true) }));
}

function mergeRows(all: readonly Row[]): Row[] {
  const rows = new Map<string, Omit<Row, "tally"> & { tally: Tally }>();
  for (const row of all) {
    const merged = rows.get(nameOf(row)) ?? { ...row, tally: new Tally() };
    merged.tally.merge(row.tally);
    rows.set(nameOf(row), merged);
  }
  return [...rows.values()].map((row) => ({ ...row, tally: row.tally.encode(true) }));
}

/** @returns `undefined` where they do not fit into an item even without their distributions. */
function encodeRows(rows: readonly Row[]): string | undefined {
  const tuples = rows.map(({ keyId, model, priceVersion, tally }) => [
    keyId,
    model,
    priceVersion,
    tally,
  ]);
  const full = JSON.stringify(tuples);
  if (Buffer.byteLength(full) <= rowsMaxBytes) return full;
  const bare = JSON.stringify(
    rows.map(({ keyId, model, priceVersion, tally: [numbers, errors, ...times] }) => [
      keyId,
      model,
      priceVersion,
      [numbers, errors, ...times.map(([count, sum, max]) => [count, sum, max, null])],
    ]),
  );
  return Buffer.byteLength(bare) <= rowsMaxBytes ? bare : undefined;
}

const decodeRows = (text: string): Row[] =>
  v.parse(StoredRows, JSON.parse(text)).map(([keyId, model, priceVersion, tally]) => ({
    keyId,
    model,
    priceVersion,
    tally,
  }));

/** In the order given, so many at a time. */
export async function mapLimited<T, R>(
  all: readonly T[],
  limit: number,
  map: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < all.length) {
      const index = next++;
      const one = all[index];
      if (one !== undefined) results[index] = await map(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, all.length) }, lane));
  return results;
}
