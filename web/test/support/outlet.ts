import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";

export interface Ready {
  consoleUrl: string;
  controlApiUrl: string;
  users: { name: string; password: string; groups: string[] }[];
  sampleBot: { botId: string; endpoint: string; apiKey: string };
}

declare module "vitest" {
  interface ProvidedContext {
    ready: Ready;
  }
}

const root = resolve(import.meta.dirname, "../../..");
/** The first start builds the console. */
const patienceMs = 180_000;

/** An Outlet as `npm start` starts it, on a free port, that goes with the tests. */
export async function startOutlet(): Promise<{
  ready: Ready;
  pid: number;
  stop(): Promise<void>;
}> {
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-web-"));
  const child = spawn(
    process.execPath,
    [
      join(root, "packages/local/src/cli/start.ts"),
      ...["--port", "0", "--data", dataDir, "--demo-tokens-per-second", "60"],
      // The same demo model twice, once at a price: what costs nothing shows no costs.
      ...["--models", "outlet-demo,priced-demo=outlet.demo-v1@3/15"],
    ],
    { cwd: root, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ready = await waitForReady(child, join(dataDir, "ready.json"), () => said);
  return {
    ready,
    pid: child.pid ?? 0,
    async stop() {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function waitForReady(child: ChildProcess, path: string, said: () => string): Promise<Ready> {
  const giveUpAt = Date.now() + patienceMs;
  while (!existsSync(path)) {
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      throw new Error(`Outlet did not start:\n${said()}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  return JSON.parse(readFileSync(path, "utf8")) as Ready;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outlet = await startOutlet();
  project.provide("ready", outlet.ready);
  return () => outlet.stop();
}
