import { DatabaseSync } from "node:sqlite";

export interface Index {
  id: number;
  name: string;
  dimension: number;
  /** Epoch seconds. */
  createdAt: number;
}

export interface Row {
  key: string;
  vector: Float32Array;
  /** JSON; `null` where it was put without. */
  metadata: string | null;
}

/** Vectors in one SQLite database. Each call is in the operating system's hands before it is answered. */
export class VectorDatabase {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS vector_index (
        id INTEGER PRIMARY KEY, bucket TEXT NOT NULL REFERENCES bucket (name), name TEXT NOT NULL,
        dimension INTEGER NOT NULL, created_at INTEGER NOT NULL,
        UNIQUE (bucket, name)
      ) STRICT;
      CREATE TABLE IF NOT EXISTS vector (
        index_id INTEGER NOT NULL REFERENCES vector_index (id) ON DELETE CASCADE,
        key TEXT NOT NULL, vector BLOB NOT NULL, metadata TEXT,
        PRIMARY KEY (index_id, key)
      ) STRICT;
    `);
  }

  /** @returns whether it was not there. */
  createBucket(name: string): boolean {
    const made = this.#database.prepare("INSERT OR IGNORE INTO bucket (name) VALUES (?)").run(name);
    return made.changes > 0;
  }

  hasBucket(name: string): boolean {
    return this.#database.prepare("SELECT 1 FROM bucket WHERE name = ?").get(name) !== undefined;
  }

  /** @returns whether it was not there. */
  createIndex(bucket: string, { name, dimension, createdAt }: Omit<Index, "id">): boolean {
    const made = this.#database
      .prepare(
        "INSERT OR IGNORE INTO vector_index (bucket, name, dimension, created_at) VALUES (?, ?, ?, ?)",
      )
      .run(bucket, name, dimension, createdAt);
    return made.changes > 0;
  }

  /** By name, those after one. */
  indexes(bucket: string, after: string): Index[] {
    return this.#database
      .prepare("SELECT * FROM vector_index WHERE bucket = ? AND name > ? ORDER BY name")
      .all(bucket, after)
      .map(toIndex);
  }

  index(bucket: string, name: string): Index | undefined {
    const row = this.#database
      .prepare("SELECT * FROM vector_index WHERE bucket = ? AND name = ?")
      .get(bucket, name);
    return row && toIndex(row);
  }

  removeIndex({ id }: Index): void {
    this.#database.prepare("DELETE FROM vector_index WHERE id = ?").run(id);
  }

  put({ id }: Index, rows: readonly Row[]): void {
    const put = this.#database.prepare(
      "INSERT OR REPLACE INTO vector (index_id, key, vector, metadata) VALUES (?, ?, ?, ?)",
    );
    this.#atOnce(() => {
      for (const { key, vector, metadata } of rows) {
        put.run(id, key, new Uint8Array(vector.buffer), metadata);
      }
    });
  }

  get({ id }: Index, keys: readonly string[]): Row[] {
    const find = this.#database.prepare("SELECT * FROM vector WHERE index_id = ? AND key = ?");
    return keys.flatMap((key) => {
      const row = find.get(id, key);
      return row ? [toRow(row)] : [];
    });
  }

  remove({ id }: Index, keys: readonly string[]): void {
    const remove = this.#database.prepare("DELETE FROM vector WHERE index_id = ? AND key = ?");
    this.#atOnce(() => {
      for (const key of keys) remove.run(id, key);
    });
  }

  /** By key, those after one. */
  *each({ id }: Index, after = ""): Generator<Row> {
    const rows = this.#database
      .prepare("SELECT * FROM vector WHERE index_id = ? AND key > ? ORDER BY key")
      .iterate(id, after);
    for (const row of rows) yield toRow(row);
  }

  close(): void {
    this.#database.close();
  }

  #atOnce(work: () => void): void {
    this.#database.exec("BEGIN");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

type Columns = Record<string, unknown>;

const toIndex = (row: Columns): Index => ({
  id: Number(row["id"]),
  name: String(row["name"]),
  dimension: Number(row["dimension"]),
  createdAt: Number(row["created_at"]),
});

function toRow(row: Columns): Row {
  const bytes = row["vector"];
  if (!(bytes instanceof Uint8Array)) throw new Error("A stored vector is no bytes.");
  // Copied: an array of float32 has to begin at a multiple of four.
  const vector = new Float32Array(Uint8Array.from(bytes).buffer);
  const metadata = row["metadata"];
  return {
    key: String(row["key"]),
    vector,
    metadata: typeof metadata === "string" ? metadata : null,
  };
}
