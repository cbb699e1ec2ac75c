import { DatabaseSync } from "node:sqlite";

/**
 * The gateway's keys and what they have used, day by day.
 *
 * Every write is in the operating system's hands before the request goes on, so a killed process
 * loses nothing it has counted; only a failing machine could.
 */
export class EdgeDatabase {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS gateway_key (
        usage_plan_id TEXT NOT NULL,
        value TEXT NOT NULL,
        key_id TEXT NOT NULL,
        PRIMARY KEY (usage_plan_id, value)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS usage (
        usage_plan_id TEXT NOT NULL,
        key_id TEXT NOT NULL,
        day TEXT NOT NULL,
        used INTEGER NOT NULL,
        PRIMARY KEY (usage_plan_id, key_id, day)
      ) WITHOUT ROWID;
    `);
    this.#statements = prepare(this.#database);
  }

  putKey(usagePlanId: string, value: string, keyId: string): void {
    this.#statements.putKey.run(usagePlanId, value, keyId);
  }

  removeKey(usagePlanId: string, value: string): void {
    this.#statements.removeKey.run(usagePlanId, value);
  }

  keyId(usagePlanId: string, value: string): string | undefined {
    const row = this.#statements.keyId.get(usagePlanId, value);
    return row === undefined ? undefined : String(row.key_id);
  }

  /** @param fromDay `2026-11-22`, inclusive. */
  used(usagePlanId: string, keyId: string, fromDay: string): number {
    return Number(this.#statements.used.get(usagePlanId, keyId, fromDay)?.used ?? 0);
  }

  count(usagePlanId: string, keyId: string, day: string): void {
    this.#statements.count.run(usagePlanId, keyId, day);
  }

  /** Keys and counters of every usage plan that is not in the list are forgotten. */
  keepOnly(usagePlanIds: string[]): void {
    const list = JSON.stringify(usagePlanIds);
    this.#statements.sweepKeys.run(list);
    this.#statements.sweepUsage.run(list);
  }

  close(): void {
    this.#database.close();
  }
}

function prepare(database: DatabaseSync) {
  return {
    putKey: database.prepare("INSERT OR REPLACE INTO gateway_key VALUES (?, ?, ?)"),
    removeKey: database.prepare("DELETE FROM gateway_key WHERE usage_plan_id = ? AND value = ?"),
    keyId: database.prepare("SELECT key_id FROM gateway_key WHERE usage_plan_id = ? AND value = ?"),
    used: database.prepare(
      "SELECT sum(used) AS used FROM usage WHERE usage_plan_id = ? AND key_id = ? AND day >= ?",
    ),
    count: database.prepare(
      "INSERT INTO usage VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET used = used + 1",
    ),
    sweepKeys: database.prepare(
      "DELETE FROM gateway_key WHERE usage_plan_id NOT IN (SELECT value FROM json_each(?))",
    ),
    sweepUsage: database.prepare(
      "DELETE FROM usage WHERE usage_plan_id NOT IN (SELECT value FROM json_each(?))",
    ),
  };
}
