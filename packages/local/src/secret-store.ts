import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SecretStore } from "@outlet/core/ports";

const cipherName = "aes-256-gcm";
const keyBytes = 32;
/** As NIST SP 800-38D, 5.2.1.1 recommends; random, and no key comes near 2^32 secrets. */
const nonceBytes = 12;
const tagBytes = 16;

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS secret (
    botId TEXT NOT NULL,
    secretId TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (botId, secretId)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * The secret store port in a data folder: `tool-secrets.sqlite` holds what is encrypted by AES-256-GCM
 * under the key in `tool-secrets.key`. Both are for their owner's eyes only.
 *
 * @throws where the key file is there and no key: without it nothing stored could be read again.
 */
export function createLocalSecretStore(dataDir: string): SecretStore & { close(): void } {
  const key = loadKey(join(dataDir, "tool-secrets.key"));
  const path = join(dataDir, "tool-secrets.sqlite");
  // SQLite gives its journal files the mode of the database.
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path);
  database.exec(schema);
  const insert = database.prepare("INSERT INTO secret (botId, secretId, sealed) VALUES (?, ?, ?)");
  const find = database.prepare("SELECT sealed FROM secret WHERE botId = ? AND secretId = ?");
  const removeOne = database.prepare("DELETE FROM secret WHERE botId = ? AND secretId = ?");
  const removeOfBot = database.prepare("DELETE FROM secret WHERE botId = ?");
  return {
    async put(botId, secretId, value) {
      insert.run(botId, secretId, seal(key, placeOf(botId, secretId), value));
    },
    async get(botId, secretId) {
      const sealed = find.get(botId, secretId)?.["sealed"];
      if (!(sealed instanceof Uint8Array)) return undefined;
      return unseal(key, placeOf(botId, secretId), sealed);
    },
    async remove(botId, secretId) {
      removeOne.run(botId, secretId);
    },
    async removeAll(botId) {
      removeOfBot.run(botId);
    },
    close: () => database.close(),
  };
}

/** Made on first use; of two processes that begin at once the first one's is taken. */
function loadKey(path: string): Buffer {
  try {
    writeFileSync(path, randomBytes(keyBytes).toString("base64"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    // A copy or a backup may have come back readable for others.
    chmodSync(path, 0o600);
  }
  const key = Buffer.from(readFileSync(path, "utf8"), "base64");
  if (key.length === keyBytes) return key;
  throw new Error(
    `${path} cannot be used: it holds no key of ${keyBytes} bytes in base64. Put back the file that ` +
      "belongs to this data folder, or remove it and tool-secrets.sqlite, and write the secrets of tools anew.",
  );
}

/** Authenticated with what is sealed: one bot's secret is no other's, wherever it is copied to. */
const placeOf = (botId: string, secretId: string) => Buffer.from(JSON.stringify([botId, secretId]));

/** @returns nonce, tag and ciphertext in one. */
function seal(key: Buffer, place: Buffer, value: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(place);
  const hidden = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), hidden]);
}

/** @throws where it was sealed elsewhere, under another key, or changed since. */
function unseal(key: Buffer, place: Buffer, sealed: Uint8Array): string {
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(place);
  decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  const hidden = sealed.subarray(nonceBytes + tagBytes);
  return Buffer.concat([decipher.update(hidden), decipher.final()]).toString("utf8");
}
