import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rm } from "node:fs/promises";
import { createLocalSecretStore } from "./secret-store.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "outlet-secrets-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test("a secret outlives the process, and lies nowhere in the folder as it is", async () => {
  const store = createLocalSecretStore(dir);
  await store.put("bot", "one", "correct horse battery staple");
  for (const name of readdirSync(dir)) {
    expect(readFileSync(join(dir, name)).includes("correct horse"), name).toBe(false);
    expect(statSync(join(dir, name)).mode & 0o077, name).toBe(0);
  }
  store.close();
  const again = createLocalSecretStore(dir);
  expect(await again.get("bot", "one")).toBe("correct horse battery staple");
  again.close();
});

test("a secret that was changed, or moved to another bot, is refused", async () => {
  const store = createLocalSecretStore(dir);
  await store.put("bot", "one", "secret");
  const database = new DatabaseSync(join(dir, "tool-secrets.sqlite"));
  database.exec("INSERT INTO secret SELECT 'thief', secretId, sealed FROM secret");
  await expect(store.get("thief", "one")).rejects.toThrow(/authenticate/);
  const sealed = database.prepare("SELECT sealed FROM secret WHERE botId = 'bot'").get()?.[
    "sealed"
  ];
  const bytes = Buffer.from(sealed as Uint8Array);
  for (const at of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    database.prepare("UPDATE secret SET sealed = ? WHERE botId = 'bot'").run(changed);
    await expect(store.get("bot", "one"), String(at)).rejects.toThrow(/authenticate/);
  }
  database.close();
  store.close();
});

test("a file that holds no key is said to be none, and is not replaced", () => {
  writeFileSync(join(dir, "tool-secrets.key"), "c2hvcnQ=");
  expect(() => createLocalSecretStore(dir)).toThrow(/holds no key of 32 bytes/);
  expect(readFileSync(join(dir, "tool-secrets.key"), "utf8")).toBe("c2hvcnQ=");
});
