import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a script needs to go on from a running Outlet. Holds passwords and a key: mode 0600. */
export interface Ready {
  consoleUrl: string;
  controlApiUrl: string;
  issuer: string;
  users: { name: string; password: string; groups: string[] }[];
  sampleBot: { botId: string; endpoint: string; apiKey: string };
}

const pathOf = (dataDir: string) => join(dataDir, "ready.json");

/** Whole or not at all: a script may be waiting for it. */
export async function writeReady(dataDir: string, ready: Ready): Promise<void> {
  const draft = `${pathOf(dataDir)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, pathOf(dataDir));
}

export async function removeReady(dataDir: string): Promise<void> {
  await rm(pathOf(dataDir), { force: true });
}
