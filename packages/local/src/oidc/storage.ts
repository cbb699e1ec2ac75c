import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "@outlet/core/ports";
import { type Adapter, type AdapterPayload, errors } from "oidc-provider";

/** What the issuer must not forget: sessions, grants, codes and refresh tokens. */
export interface IssuerStorage {
  /** oidc-provider's adapter for one of its models. */
  adapter(model: string): Adapter;
  close(): void;
}

const schema = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS entry (
    model TEXT NOT NULL,
    id TEXT NOT NULL,
    payload TEXT NOT NULL,
    grantId TEXT,
    uid TEXT,
    consumedAt INTEGER,
    expiresAt INTEGER NOT NULL,
    PRIMARY KEY (model, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entryByGrant ON entry (grantId) WHERE grantId IS NOT NULL;
  CREATE INDEX IF NOT EXISTS entryByUid ON entry (model, uid) WHERE uid IS NOT NULL;
  CREATE INDEX IF NOT EXISTS entryByExpiry ON entry (expiresAt);
`;

/** oidc-provider gives every model a time to live; one that has none is kept this long. */
const fallbackSeconds = 24 * 60 * 60;

/**
 * Opens the issuer's database, making it where it is absent, readable by its owner only: a refresh
 * token's id is the token.
 *
 * @param path a file, or `:memory:`.
 */
export function openStorage(path: string, clock: Clock): IssuerStorage {
  if (path !== ":memory:") {
    // SQLite gives its journal files the mode of the database.
    closeSync(openSync(path, "a", 0o600));
    chmodSync(path, 0o600);
  }
  const database = new DatabaseSync(path);
  database.exec(schema);
  const nowSeconds = () => Math.floor(clock.now() / 1000);
  return {
    adapter: (model) => createAdapter(database, model, nowSeconds),
    close: () => database.close(),
  };
}

function createAdapter(database: DatabaseSync, model: string, nowSeconds: () => number): Adapter {
  const live = "SELECT payload, consumedAt FROM entry WHERE model = ? AND expiresAt > ?";
  const byId = database.prepare(`${live} AND id = ?`);
  const byUid = database.prepare(`${live} AND uid = ?`);
  const write = database.prepare(
    `INSERT INTO entry (model, id, payload, grantId, uid, expiresAt) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grantId = excluded.grantId,
       uid = excluded.uid, expiresAt = excluded.expiresAt`,
  );
  const markConsumed = database.prepare(
    "UPDATE entry SET consumedAt = ? WHERE model = ? AND id = ? AND consumedAt IS NULL",
  );
  const remove = database.prepare("DELETE FROM entry WHERE model = ? AND id = ?");
  const removeGranted = database.prepare("DELETE FROM entry WHERE grantId = ?");
  const removeExpired = database.prepare("DELETE FROM entry WHERE expiresAt <= ?");

  return {
    async upsert(id, payload, expiresIn = fallbackSeconds) {
      const now = nowSeconds();
      removeExpired.run(now);
      const { grantId = null, uid = null } = payload;
      write.run(model, id, JSON.stringify(payload), grantId, uid, now + expiresIn);
    },
    find: async (id) => toPayload(byId.get(model, nowSeconds(), id)),
    findByUid: async (uid) => toPayload(byUid.get(model, nowSeconds(), uid)),
    async findByUserCode() {
      throw new Error("There is no device flow here, so nothing has a user code.");
    },
    async consume(id) {
      // The provider looks first and consumes later; of two exchanges at once one must lose.
      if (markConsumed.run(nowSeconds(), model, id).changes === 0) {
        throw new errors.InvalidGrant("already consumed");
      }
    },
    async destroy(id) {
      remove.run(model, id);
    },
    async revokeByGrantId(grantId) {
      removeGranted.run(grantId);
    },
  };
}

function toPayload(row: Record<string, unknown> | undefined): AdapterPayload | undefined {
  if (!row) return undefined;
  const payload = JSON.parse(String(row["payload"])) as AdapterPayload;
  return row["consumedAt"] === null ? payload : { ...payload, consumed: row["consumedAt"] };
}
