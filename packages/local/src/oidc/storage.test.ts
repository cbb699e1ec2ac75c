import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@outlet/core/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type IssuerStorage, openStorage } from "./storage.ts";

let nowMs = 0;
const clock: Clock = { now: () => nowMs, sleep: async () => {} };
let dataDir: string;
let path: string;
let storage: IssuerStorage;

beforeEach(async () => {
  nowMs = 1_000_000_000_000;
  dataDir = await mkdtemp(join(tmpdir(), "outlet-oidc-"));
  path = join(dataDir, "oidc.sqlite");
  storage = openStorage(path, clock);
});
afterEach(async () => {
  storage.close();
  await rm(dataDir, { recursive: true });
});

describe("what the issuer stores", () => {
  test("is found by id within its own model", async () => {
    await storage.adapter("Session").upsert("a", { accountId: "u" }, 60);
    expect(await storage.adapter("Session").find("a")).toEqual({ accountId: "u" });
    expect(await storage.adapter("Grant").find("a")).toBeUndefined();
  });

  test("is found by session uid, and under the new id once that changes", async () => {
    const sessions = storage.adapter("Session");
    await sessions.upsert("a", { uid: "s1" }, 60);
    await sessions.destroy("a");
    await sessions.upsert("b", { uid: "s1", jti: "b" }, 60);
    expect(await sessions.findByUid("s1")).toEqual({ uid: "s1", jti: "b" });
  });

  test("is gone for good the second it expires", async () => {
    const grants = storage.adapter("Grant");
    await grants.upsert("a", {}, 60);
    nowMs += 59_999;
    expect(await grants.find("a")).toEqual({});
    nowMs += 1;
    expect(await grants.find("a")).toBeUndefined();
    await grants.upsert("b", {}, 60);
    nowMs -= 30_000;
    expect(await grants.find("a")).toBeUndefined();
  });

  test("survives closing and opening again", async () => {
    await storage.adapter("RefreshToken").upsert("r", { grantId: "g" }, 60);
    storage.close();
    storage = openStorage(path, clock);
    expect(await storage.adapter("RefreshToken").find("r")).toEqual({ grantId: "g" });
  });

  test("is for its owner's eyes only, journal included", async () => {
    await storage.adapter("Session").upsert("a", {}, 60);
    for (const file of [path, `${path}-wal`]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
  });

  test("can be consumed once, and says so", async () => {
    const codes = storage.adapter("AuthorizationCode");
    await codes.upsert("c", { grantId: "g" }, 60);
    await codes.consume("c");
    expect(await codes.find("c")).toEqual({ grantId: "g", consumed: nowMs / 1000 });
    await expect(codes.consume("c")).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("goes with the grant it hangs on, whatever model it is of", async () => {
    await storage.adapter("AuthorizationCode").upsert("c", { grantId: "g" }, 60);
    await storage.adapter("RefreshToken").upsert("r", { grantId: "g" }, 60);
    await storage.adapter("RefreshToken").upsert("other", { grantId: "h" }, 60);
    await storage.adapter("RefreshToken").revokeByGrantId("g");
    expect(await storage.adapter("AuthorizationCode").find("c")).toBeUndefined();
    expect(await storage.adapter("RefreshToken").find("r")).toBeUndefined();
    expect(await storage.adapter("RefreshToken").find("other")).toEqual({ grantId: "h" });
  });
});
