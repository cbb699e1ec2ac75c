/**
 * What was written to the audit log, once more and chained: one chain for each bot and day, in which
 * each record holds the hash of the one before. Whoever changes, removes or adds an entry afterwards
 * breaks a chain, or has to make all that follows it anew, which an export of before shows.
 *
 * `hash = SHA-256(prev + "\n" + entry)`, in hex, of the entry as canonical JSON (members in order of
 * their names); the first record's `prev` is that of the chain's name.
 */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { absent, type Item, type Key, type Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";

/** One line of an export. */
export const Record = v.object({
  /** Acts on no bot have a chain of their own. */
  botId: v.nullable(v.string()),
  /** `2026-11-27`, UTC. */
  day: v.string(),
  /** From 1 on, without a gap. */
  seq: v.number(),
  prev: v.string(),
  hash: v.string(),
  entry: v.looseObject({ auditId: v.string(), at: v.number() }),
});
export type Record = v.InferOutput<typeof Record>;

/** What a chain is found by. */
export interface Name {
  botId: string | null;
  day: string;
}

const Stored = v.object({ seq: v.number(), prev: v.string(), hash: v.string(), line: v.string() });

/** JSON whose members stand in the order of their names, at every depth. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) =>
    member && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
export const hashOf = (prev: string, line: string): string => sha256(`${prev}\n${line}`);
const beginningOf = ({ botId, day }: Name): string => sha256(`outlet-audit ${botId} ${day}`);

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const triesMax = 500;

/**
 * Adds an entry, as it is now, to the chain of its bot and day.
 * @throws Error where others add to it all the time.
 */
export async function append(
  table: Table,
  entry: { botId: string | null; at: number } & { [name: string]: unknown },
): Promise<void> {
  const name = { botId: entry.botId, day: dayOf(entry.at) };
  const line = canonical(entry);
  for (let tries = 0; tries < triesMax; tries++) {
    const tail = await tailOf(table, name);
    const prev = tail?.hash ?? beginningOf(name);
    // The reply to the put of a try before this may have been lost.
    if (tries > 0 && tail?.line === line) return;
    if (!tail) await table.put({ ...Layout.auditDay(name.day, name.botId), ...name });
    const seq = (tail?.seq ?? 0) + 1;
    const record: Item = { ...keyOf(name, seq), seq, prev, hash: hashOf(prev, line), line };
    if (await table.put(record, absent("pk"))) return;
  }
  throw new Error("The audit log's chain is too busy.");
}

const keyOf = ({ botId, day }: Name, seq: number): Key => Layout.auditRecord(day, botId, seq);

async function tailOf(table: Table, { botId, day }: Name) {
  const pk = Layout.auditChain(day, botId);
  const { items } = await table.query({ pk, descending: true, limit: 1 });
  const [item] = items;
  return item && v.parse(Stored, item);
}

/** Chains of some days, oldest first. @param from, to days, both included. */
export async function* listChains(
  table: Table,
  { from, to, botId }: { from: string; to: string; botId?: string | undefined },
): AsyncGenerator<Name> {
  const Day = v.object({ botId: v.nullable(v.string()), day: v.string() });
  for (const month of monthsOf(from, to)) {
    const range = { pk: Layout.auditDays(month), skFrom: from, skTo: `${to}~` };
    for await (const item of Paging.items(table, range)) {
      const name = v.parse(Day, item);
      if (botId === undefined || name.botId === botId) yield name;
    }
  }
}

function monthsOf(from: string, to: string): string[] {
  const months: string[] = [];
  const date = new Date(from);
  date.setUTCDate(1);
  for (; date.getTime() <= Date.parse(to); date.setUTCMonth(date.getUTCMonth() + 1)) {
    months.push(date.toISOString().slice(0, 7));
  }
  return months;
}

/** The records of one chain as they are stored, in order. */
export async function* readChain(table: Table, name: Name): AsyncGenerator<Record> {
  for await (const item of Paging.items(table, { pk: Layout.auditChain(name.day, name.botId) })) {
    const { line, ...stored } = v.parse(Stored, item);
    yield { ...name, ...stored, entry: v.parse(Record.entries.entry, JSON.parse(line)) };
  }
}

export interface Fault extends Name {
  seq: number | null;
  auditId: string | null;
  /**
   * `gap`: a record is missing. `hash`: one was changed. `entry_changed`, `entry_missing`: the log
   * says something else than its chain, or nothing. `unchained`: it says what is in no chain.
   */
  kind: "gap" | "hash" | "entry_changed" | "entry_missing" | "unchained";
}

/** Follows chains record by record; those of several may come one after the other. */
export class Follower {
  #name: Name | undefined;
  #seq = 0;
  #hash = "";
  chains = 0;
  records = 0;

  /** @returns what is wrong about it. */
  follow({ botId, day, seq, prev, hash, entry }: Record): Fault[] {
    const name = { botId, day };
    if (this.#name?.botId !== botId || this.#name.day !== day) {
      this.#name = name;
      this.#seq = 0;
      this.#hash = beginningOf(name);
      this.chains += 1;
    }
    this.records += 1;
    const faults: Fault[] = [];
    const fault = { ...name, seq, auditId: entry.auditId };
    if (seq !== this.#seq + 1) faults.push({ ...fault, kind: "gap" });
    else if (prev !== this.#hash) faults.push({ ...fault, kind: "hash" });
    const real = hashOf(prev, canonical(entry));
    if (real !== hash) faults.push({ ...fault, kind: "hash" });
    this.#seq = seq;
    // As it is said: one change is told once, and not of everything behind it.
    this.#hash = hash;
    return faults;
  }
}
