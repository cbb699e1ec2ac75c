import { rmSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
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

/** For a process that is about to end. */
export function removeReadySync(dataDir: string): void {
  rmSync(pathOf(dataDir), { force: true });
}

/**
 * Removes what a killed Outlet left, before anybody waits for a new one and takes the old one's:
 * nobody listens where it says. While somebody does, it is theirs.
 */
export async function removeStaleReady(dataDir: string): Promise<void> {
  const port = await portOf(dataDir);
  if (port !== undefined && !(await isServed(port))) await removeReady(dataDir);
}

async function portOf(dataDir: string): Promise<number | undefined> {
  try {
    const ready = JSON.parse(await readFile(pathOf(dataDir), "utf8")) as Partial<Ready>;
    return Number(new URL(ready.consoleUrl ?? "").port);
  } catch {
    // None, or none of ours: whoever holds the folder's lock puts it right.
    return undefined;
  }
}

function isServed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
