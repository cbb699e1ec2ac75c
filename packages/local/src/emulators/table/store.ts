import { DatabaseSync } from "node:sqlite";
import {
  type Definition,
  type Index,
  type Key,
  placeOf,
  type Table,
  tableOf,
} from "./definition.ts";
import type { Attributes } from "./values.ts";

/** A stored item: its JSON as it came, so that a read hands it on as it is. */
export interface Row extends Key {
  json: string;
}

export interface Range {
  pk: string;
  /** Bounds of the sort key, both inclusive. */
  from: string;
  to: string | null;
  descending: boolean;
}

/**
 * Tables in one SQLite database, for one process. Each write is in the operating system's hands
 * before it is answered: a killed process loses nothing, and a power cut at most the last moments
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export class Store {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #tables = new Map<string, Table>();
  #isHeld = false;

  /** @throws Error "database is locked" where another process has it open. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -16000;
      CREATE TABLE IF NOT EXISTS definition (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, json TEXT NOT NULL
      );
      CREATE TABLE IF NOT EXISTS item (
        table_id INTEGER NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL, json TEXT NOT NULL,
        UNIQUE (table_id, pk, sk)
      );
      CREATE TABLE IF NOT EXISTS place (
        table_id INTEGER NOT NULL, index_id INTEGER NOT NULL,
        index_pk TEXT NOT NULL, index_sk TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL,
        PRIMARY KEY (table_id, index_id, index_pk, index_sk, pk, sk)
      ) WITHOUT ROWID;
    `);
    this.#statements = prepare(this.#database);
    for (const row of this.#statements.definitions.all()) {
      this.#remember(tableOf(Number(row.id), JSON.parse(String(row.json)) as Definition));
    }
  }

  table(name: string): Table | undefined {
    return this.#tables.get(name);
  }

  create(definition: Definition): void {
    const { TableName: name } = definition;
    const { lastInsertRowid } = this.#statements.define.run(name, JSON.stringify(definition));
    this.#remember(tableOf(Number(lastInsertRowid), definition));
  }

  #remember(table: Table): void {
    this.#tables.set(table.name, table);
  }

  read(table: Table, { pk, sk }: Key): string | undefined {
    const row = this.#statements.get.get(table.id, pk, sk);
    return row && String(row.json);
  }

  /** Puts an item, or removes one, with its places in the indexes, in one transaction. */
  write(
    table: Table,
    key: Key,
    before: Attributes | undefined,
    after: Attributes | undefined,
  ): void {
    const moves = movesOf(table, before, after);
    this.#begin();
    // What is held is one transaction already, and undone as a whole where it fails.
    if (moves.length > 0 && !this.#isHeld)
      this.transaction(() => this.#write(table, key, after, moves));
    else this.#write(table, key, after, moves);
  }

  /** The same inside a transaction. */
  writeWithin(
    table: Table,
    key: Key,
    before: Attributes | undefined,
    after: Attributes | undefined,
  ): void {
    this.#write(table, key, after, movesOf(table, before, after));
  }

  #write(table: Table, { pk, sk }: Key, after: Attributes | undefined, moves: Move[]): void {
    const { id } = table;
    for (const { index, from, to } of moves) {
      if (from) this.#statements.leave.run(id, index, from.pk, from.sk, pk, sk);
      if (to) this.#statements.enter.run(id, index, to.pk, to.sk, pk, sk);
    }
    if (after) this.#statements.put.run(id, pk, sk, JSON.stringify(after));
    else this.#statements.remove.run(id, pk, sk);
  }

  /** All that an act writes, or nothing. */
  transaction(act: () => void): void {
    const [begin, end, undo] = this.#isHeld
      ? ["SAVEPOINT act", "RELEASE act", "ROLLBACK TO act; RELEASE act"]
      : ["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"];
    this.#begin();
    this.#database.exec(begin);
    try {
      act();
      this.#database.exec(end);
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec(undo);
      throw error;
    }
  }

  /**
   * An operation whose writes are held until {@link settle}, together with those of others: none of
   * them is answered before, so a killed process loses nothing that it has answered.
   */
  held<T>(operation: () => T): T {
    this.#isHeld = true;
    try {
      return operation();
    } finally {
      this.#isHeld = false;
    }
  }

  /** Has what was held be kept. */
  settle(): void {
    if (this.#isOpen) this.#statements.commit.run();
  }

  /** Takes back what was held. */
  undo(): void {
    if (this.#isOpen) this.#database.exec("ROLLBACK");
  }

  get #isOpen(): boolean {
    return this.#database.isOpen && this.#database.isTransaction;
  }

  /** Of what is held there is one transaction, from its first write on. */
  #begin(): void {
    if (this.#isHeld && !this.#database.isTransaction) this.#statements.begin.run();
  }

  /** Items of a partition, in the order of their sort key, from behind `after` on. */
  *partition(table: Table, range: Range, after: Key | undefined): Generator<Row> {
    const { pk, from, to, descending } = range;
    const { ascending, descending: reversed } = this.#statements.partition;
    const rows = descending
      ? reversed.iterate(table.id, pk, from, to, to, after?.sk ?? null, after?.sk ?? null)
      : ascending.iterate(table.id, pk, from, to, to, after?.sk ?? null, after?.sk ?? null);
    for (const row of rows) yield rowOf(row);
  }

  /** The same of an index; where sort keys are equal, in the order of the items' own keys. */
  *index(
    table: Table,
    index: Index,
    { pk, from, to, descending }: Range,
    after: (Key & { own: Key }) | undefined,
  ): Generator<Row> {
    const { keys, items } = this.#statements.index;
    const { ascending, descending: reversed } = index.keysOnly ? keys : items;
    const behind = [after?.sk ?? null, after?.sk ?? null, after?.own.pk ?? "", after?.own.sk ?? ""];
    const rows = (descending ? reversed : ascending).iterate(
      ...[table.id, index.id, pk, from, to, to, ...behind],
    );
    for (const row of rows) {
      if (!index.keysOnly) yield rowOf(row);
      else yield rowOf({ ...row, json: JSON.stringify(keysIn(table, index, pk, row)) });
    }
  }

  *all(table: Table, after: Key | undefined): Generator<Row> {
    const { pk, sk } = after ?? { pk: "", sk: "" };
    for (const row of this.#statements.scan.iterate(table.id, pk, sk)) yield rowOf(row);
  }

  close(): void {
    this.settle();
    this.#database.close();
  }
}

const rowOf = (row: Record<string, unknown>): Row => ({
  pk: String(row["pk"]),
  sk: String(row["sk"]),
  json: String(row["json"]),
});

/** All that an index of keys has of an item. */
const keysIn = ({ key }: Table, index: Index, indexPk: string, row: Record<string, unknown>) => ({
  [key.pk]: { S: row["pk"] },
  [key.sk]: { S: row["sk"] },
  [index.pk]: { S: indexPk },
  [index.sk]: { S: row["index_sk"] },
});

interface Move {
  index: number;
  from: Key | undefined;
  to: Key | undefined;
}

/** Where an item enters or leaves an index by a write. */
function movesOf(
  table: Table,
  before: Attributes | undefined,
  after: Attributes | undefined,
): Move[] {
  const moves: Move[] = [];
  for (const names of table.indexes.values()) {
    const from = before && placeOf(before, names);
    const to = after && placeOf(after, names);
    if (from?.pk === to?.pk && from?.sk === to?.sk) continue;
    moves.push({ index: names.id, from, to });
  }
  return moves;
}

function prepare(database: DatabaseSync) {
  const partition = (order: "ASC" | "DESC") =>
    database.prepare(
      `SELECT pk, sk, json FROM item WHERE table_id = ? AND pk = ? AND sk >= ? AND (? IS NULL OR sk <= ?)
       AND (? IS NULL OR sk ${order === "ASC" ? ">" : "<"} ?) ORDER BY sk ${order}`,
    );
  const items = "item.pk, item.sk, item.json FROM place JOIN item USING (table_id, pk, sk)";
  const keys = "pk, sk, index_sk FROM place";
  const index = (what: typeof items | typeof keys) => ({
    ascending: placesOf(what, "ASC"),
    descending: placesOf(what, "DESC"),
  });
  const placesOf = (what: string, order: "ASC" | "DESC") =>
    database.prepare(
      `SELECT ${what}
       WHERE table_id = ? AND index_id = ? AND index_pk = ? AND index_sk >= ?
       AND (? IS NULL OR index_sk <= ?)
       AND (? IS NULL OR (index_sk, place.pk, place.sk) ${order === "ASC" ? ">" : "<"} (?, ?, ?))
       ORDER BY index_sk ${order}, place.pk ${order}, place.sk ${order}`,
    );
  return {
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    definitions: database.prepare("SELECT id, json FROM definition"),
    define: database.prepare("INSERT INTO definition (name, json) VALUES (?, ?)"),
    get: database.prepare("SELECT json FROM item WHERE table_id = ? AND pk = ? AND sk = ?"),
    put: database.prepare(
      `INSERT INTO item (table_id, pk, sk, json) VALUES (?, ?, ?, ?)
       ON CONFLICT (table_id, pk, sk) DO UPDATE SET json = excluded.json`,
    ),
    remove: database.prepare("DELETE FROM item WHERE table_id = ? AND pk = ? AND sk = ?"),
    enter: database.prepare("INSERT OR IGNORE INTO place VALUES (?, ?, ?, ?, ?, ?)"),
    leave: database.prepare(
      `DELETE FROM place WHERE table_id = ? AND index_id = ? AND index_pk = ? AND index_sk = ?
       AND pk = ? AND sk = ?`,
    ),
    partition: { ascending: partition("ASC"), descending: partition("DESC") },
    index: { items: index(items), keys: index(keys) },
    scan: database.prepare(
      `SELECT pk, sk, json FROM item WHERE table_id = ? AND (pk, sk) > (?, ?) ORDER BY pk, sk`,
    ),
  };
}
