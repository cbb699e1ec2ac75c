import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Ready, removeStaleReady, writeReady } from "./ready-file.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-ready-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const readyAt = (port: number): Ready => ({
  consoleUrl: `http://localhost:${port}/`,
  controlApiUrl: `http://localhost:${port}/api`,
  issuer: `http://localhost:${port}/oidc`,
  users: [],
  sampleBot: { botId: "", endpoint: "", apiKey: "" },
});

test("a ready file is removed once nobody listens where it says, and not before", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await writeReady(dataDir, readyAt(typeof address === "object" && address ? address.port : 0));
  await removeStaleReady(dataDir);
  expect(await readdir(dataDir)).toEqual(["ready.json"]);
  server.close();
  await once(server, "close");
  await removeStaleReady(dataDir);
  expect(await readdir(dataDir)).toEqual([]);
});

test("where there is none, or none of ours, nothing happens", async () => {
  await removeStaleReady(dataDir);
  await removeStaleReady(join(dataDir, "nowhere"));
  await writeFile(join(dataDir, "ready.json"), "{");
  await removeStaleReady(dataDir);
  expect(await readdir(dataDir)).toEqual(["ready.json"]);
});
