import type { Clock, Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import { canonical, type Fault, Follower, listChains, type Record, readChain } from "./chain.ts";
import { type Entry, keyOf, shape } from "./entry.ts";

export interface Verification {
  chains: number;
  records: number;
  entries: number;
  /** The first 100 of what is wrong. */
  faults: Fault[];
  /** How much is wrong in all. */
  faultCount: number;
}

const toldMax = 100;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/**
 * Follows the chains of some days, and compares the log with them both ways.
 * @param range days, both included: `2026-11-27`.
 */
export async function verify(
  { table, clock }: { table: Table; clock: Clock },
  range: { from: string; to: string },
): Promise<Verification> {
  const follower = new Follower();
  const found: Verification = { chains: 0, records: 0, entries: 0, faults: [], faultCount: 0 };
  const tell = (...faults: Fault[]) => {
    found.faultCount += faults.length;
    found.faults.push(...faults.slice(0, toldMax - found.faults.length));
  };
  const chained = new Set<string>();
  for await (const name of listChains(table, range)) {
    const latest = new Map<string, Record>();
    for await (const record of readChain(table, name)) {
      tell(...follower.follow(record));
      latest.set(record.entry.auditId, record);
    }
    for (const record of latest.values()) {
      chained.add(record.entry.auditId);
      tell(...(await compare(table, record)));
    }
  }
  for await (const entry of listEntries(table, range)) {
    found.entries += 1;
    // Its chain may have been read before it was begun.
    if (chained.has(entry.auditId) || entry.at > clock.now() - 60_000) continue;
    const day = dayOf(entry.at);
    tell({ botId: entry.botId, day, seq: null, auditId: entry.auditId, kind: "unchained" });
  }
  return { ...found, chains: follower.chains, records: follower.records };
}

/** What the log says of an entry now, against the last that its chain knows. */
async function compare(table: Table, { entry, botId, day, seq }: Record): Promise<Fault[]> {
  const fault = { botId, day, seq, auditId: entry.auditId };
  const item = await table.get(keyOf(entry));
  if (!item) return [{ ...fault, kind: "entry_missing" }];
  const [stored] = shape.readAll({}, [item]);
  if (stored && canonical(stored) === canonical(shownOf(entry))) return [];
  // The process was lost between the chain and the log: the chain knows more.
  const isBegun = stored?.outcome === "begun" && entry["outcome"] !== "begun";
  return isBegun ? [] : [{ ...fault, kind: "entry_changed" }];
}

/** An entry of an act that made a bot is in the chain of none: the log names the bot. */
function shownOf({ endedOf, ...entry }: Record["entry"]) {
  return endedOf === undefined ? entry : { ...entry, botId: endedOf };
}

async function* listEntries(
  table: Table,
  { from, to }: { from: string; to: string },
): AsyncGenerator<Entry> {
  const begin = Date.parse(from);
  const end = Date.parse(to) + 86_400_000 - 1;
  const month = new Date(from);
  month.setUTCDate(1);
  for (; month.getTime() <= end; month.setUTCMonth(month.getUTCMonth() + 1)) {
    const items = Paging.items(table, {
      pk: Layout.auditPartition(month.toISOString().slice(0, 7)),
      skFrom: Layout.sortable(begin),
      skTo: `${Layout.sortable(end)}~`,
      limit: 500,
    });
    for await (const item of items) {
      yield* shape.readAll({}, [item]);
    }
  }
}
