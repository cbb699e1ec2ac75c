import { DatabaseSync } from "node:sqlite";

/**
 * The gateway's keys and what they have used, day by day.
 *
 * What is counted in one turn of the event loop is written at its end, together: before anybody has
 * an answer, so that a killed process loses nothing of what it has answered; only a failing machine
 * could. Only this process writes, so it need not look up again what it has read.
 */
export class EdgeDatabase {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #keyIds = new Map<string, string>();
  /** Counted and not written yet, by usage plan, key and day. */
  #counts = new Map<string, number>();

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
    this.#keyIds.delete(nameOf(usagePlanId, value));
  }

  removeKey(usagePlanId: string, value: string): void {
    this.#statements.removeKey.run(usagePlanId, value);
    this.#keyIds.delete(nameOf(usagePlanId, value));
  }

  keyId(usagePlanId: string, value: string): string | undefined {
    const name = nameOf(usagePlanId, value);
    const known = this.#keyIds.get(name);
    if (known !== undefined) return known;
    const row = this.#statements.keyId.get(usagePlanId, value);
    if (row === undefined) return undefined;
    if (this.#keyIds.size >= keyIdsMax) this.#keyIds.clear();
    const keyId = String(row.key_id);
    this.#keyIds.set(name, keyId);
    return keyId;
  }

  /** @param fromDay `2026-11-22`, inclusive. */
  used(usagePlanId: string, keyId: string, fromDay: string): number {
    this.flush();
    return Number(this.#statements.used.get(usagePlanId, keyId, fromDay)?.used ?? 0);
  }

  count(usagePlanId: string, keyId: string, day: string): void {
    if (this.#counts.size === 0) setImmediate(() => this.flush());
    const name = nameOf(usagePlanId, keyId, day);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Writes what has been counted. */
  flush(): void {
    if (this.#counts.size === 0) return;
    const counts = this.#counts;
    this.#counts = new Map();
    this.#database.exec("BEGIN");
    for (const [name, times] of counts) {
      const [usagePlanId = "", keyId = "", day = ""] = name.split("\n");
      this.#statements.count.run(usagePlanId, keyId, day, times, times);
    }
    this.#database.exec("COMMIT");
  }

  /** Keys and counters of every usage plan that is not in the list are forgotten. */
  keepOnly(usagePlanIds: string[]): void {
    this.flush();
    this.#keyIds.clear();
    const list = JSON.stringify(usagePlanIds);
    this.#statements.sweepKeys.run(list);
    this.#statements.sweepUsage.run(list);
  }

  close(): void {
    this.flush();
    this.#database.close();
  }
}

/** Ids and days have no line breaks. */
const nameOf = (...parts: string[]): string => parts.join("\n");

const keyIdsMax = 10_000;

function prepare(database: DatabaseSync) {
  return {
    putKey: database.prepare("INSERT OR REPLACE INTO gateway_key VALUES (?, ?, ?)"),
    removeKey: database.prepare("DELETE FROM gateway_key WHERE usage_plan_id = ? AND value = ?"),
    keyId: database.prepare("SELECT key_id FROM gateway_key WHERE usage_plan_id = ? AND value = ?"),
    used: database.prepare(
      "SELECT sum(used) AS used FROM usage WHERE usage_plan_id = ? AND key_id = ? AND day >= ?",
    ),
    count: database.prepare(
      "INSERT INTO usage VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET used = used + ?",
    ),
    sweepKeys: database.prepare(
      "DELETE FROM gateway_key WHERE usage_plan_id NOT IN (SELECT value FROM json_each(?))",
    ),
    sweepUsage: database.prepare(
      "DELETE FROM usage WHERE usage_plan_id NOT IN (SELECT value FROM json_each(?))",
    ),
  };
}
