import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { Metrics } from "@outlet/core/observability/metrics";
import { emptyTally, type RequestTally } from "./tally.ts";

/** The periods that tallies are kept by, seconds, each a multiple of the one before. */
export const steps = [60, 300, 3_600, 86_400] as const;
export type Step = (typeof steps)[number];

/** How long each is kept: with the days go the last figures. */
const keptDays: Record<Step, number> = { 60: 15, 300: 63, 3_600: 455, 86_400: 456 };

export interface Segment {
  step: Step;
  /** Epoch milliseconds. */
  from: number;
  to: number;
}

/**
 * Tallies of requests by bot and period, and how far each access log has been read. Both change in
 * one transaction, so each line is counted once, whenever the process is killed.
 */
export class MetricsDatabase {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS tally (
        bot_id TEXT NOT NULL,
        step INTEGER NOT NULL,
        at INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        client_errors INTEGER NOT NULL,
        server_errors INTEGER NOT NULL,
        throttled INTEGER NOT NULL,
        quota_exceeded INTEGER NOT NULL,
        latencies BLOB NOT NULL,
        PRIMARY KEY (bot_id, step, at)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS source (
        name TEXT PRIMARY KEY,
        read_to INTEGER NOT NULL
      ) WITHOUT ROWID;
    `);
    this.#statements = prepare(this.#database);
  }

  /** The byte of an access log up to which it has been counted. */
  readTo(source: string): number {
    return Number(this.#statements.readTo.get(source)?.read_to ?? 0);
  }

  forgetSource(source: string): void {
    this.#statements.forgetSource.run(source);
  }

  /** @param minutes tallies by bot, then by the start of their minute, epoch milliseconds. */
  add(source: string, readTo: number, minutes: Map<string, Map<number, RequestTally>>): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const [botId, tallies] of minutes) {
        for (const step of steps) this.#addTo(step, botId, tallies);
      }
      this.#statements.setReadTo.run(source, readTo);
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Rows of one bot within a segment, oldest first; latencies still encoded. */
  rows(botId: string, { step, from, to }: Segment): Row[] {
    return this.#statements.rows.all(botId, step, from, to).map(toRow);
  }

  requests(botIds: readonly string[], { step, from, to }: Segment) {
    const list = JSON.stringify(botIds);
    return this.#statements.requests.all(list, step, from, to).map((row) => ({
      botId: String(row.bot_id),
      at: Number(row.at),
      requests: Number(row.requests),
    }));
  }

  expire(now: number): void {
    for (const step of steps) {
      this.#statements.expire.run(step, now - keptDays[step] * 86_400_000);
    }
  }

  close(): void {
    this.#database.close();
  }

  #addTo(step: Step, botId: string, minutes: Map<number, RequestTally>): void {
    const periods = new Map<number, RequestTally>();
    for (const [minute, tally] of minutes) {
      const at = minute - (minute % (step * 1000));
      periods.set(at, merge(periods.get(at) ?? emptyTally(), tally));
    }
    for (const [at, tally] of periods) {
      const known = this.#statements.latencies.get(botId, step, at)?.latencies;
      if (known instanceof Uint8Array) tally.latencies.merge(known);
      const { requests, clientErrors, serverErrors, throttled, quotaExceeded } = tally;
      this.#statements.add.run(
        botId,
        step,
        at,
        requests,
        clientErrors,
        serverErrors,
        throttled,
        quotaExceeded,
        tally.latencies.encode(),
      );
    }
  }
}

export interface Row extends Omit<RequestTally, "latencies"> {
  at: number;
  latencies: Uint8Array;
}

function toRow(row: Record<string, SQLOutputValue>): Row {
  return {
    at: Number(row.at),
    requests: Number(row.requests),
    clientErrors: Number(row.client_errors),
    serverErrors: Number(row.server_errors),
    throttled: Number(row.throttled),
    quotaExceeded: Number(row.quota_exceeded),
    latencies: row.latencies instanceof Uint8Array ? row.latencies : new Uint8Array(),
  };
}

/** Adds a part to a tally. */
export function merge(into: RequestTally, part: RequestTally | Row): RequestTally {
  into.requests += part.requests;
  into.clientErrors += part.clientErrors;
  into.serverErrors += part.serverErrors;
  into.throttled += part.throttled;
  into.quotaExceeded += part.quotaExceeded;
  const { latencies } = part;
  into.latencies.merge(latencies instanceof Metrics.Quantiles ? latencies.encode() : latencies);
  return into;
}

function prepare(database: DatabaseSync) {
  return {
    readTo: database.prepare("SELECT read_to FROM source WHERE name = ?"),
    setReadTo: database.prepare("INSERT OR REPLACE INTO source VALUES (?, ?)"),
    forgetSource: database.prepare("DELETE FROM source WHERE name = ?"),
    latencies: database.prepare(
      "SELECT latencies FROM tally WHERE bot_id = ? AND step = ? AND at = ?",
    ),
    add: database.prepare(`
      INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET
        requests = requests + excluded.requests,
        client_errors = client_errors + excluded.client_errors,
        server_errors = server_errors + excluded.server_errors,
        throttled = throttled + excluded.throttled,
        quota_exceeded = quota_exceeded + excluded.quota_exceeded,
        latencies = excluded.latencies
    `),
    rows: database.prepare(
      "SELECT * FROM tally WHERE bot_id = ? AND step = ? AND at >= ? AND at < ? ORDER BY at",
    ),
    requests: database.prepare(`
      SELECT bot_id, at, requests FROM tally
      WHERE bot_id IN (SELECT value FROM json_each(?)) AND step = ? AND at >= ? AND at < ?
    `),
    expire: database.prepare("DELETE FROM tally WHERE step = ? AND at < ?"),
  };
}
