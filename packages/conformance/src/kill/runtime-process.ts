import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface RuntimeProcess {
  endpoint: string;
  apiKey: string;
  /** As `kill -9`: it learns nothing of it. */
  kill(): Promise<void>;
  /** As Ctrl-C. */
  stop(): Promise<void>;
}

const entryPoint = fileURLToPath(new URL("../../../local/src/cli/start.ts", import.meta.url));
/** The first start on a new machine builds the console. */
const startPatienceMs = 180_000;

/**
 * Starts the embedded runtime, a process of its own, and waits until it answers.
 * @param tokensPerSecond the pace of the demo model.
 */
export async function startProcess(
  dataDir: string,
  tokensPerSecond: number,
): Promise<RuntimeProcess> {
  const readyPath = join(dataDir, "ready.json");
  // One that was killed leaves its own behind.
  await rm(readyPath, { force: true });
  const child = spawn(
    process.execPath,
    [
      entryPoint,
      ...["--port", "0", "--data", dataDir],
      ...["--demo-tokens-per-second", String(tokensPerSecond)],
    ],
    // The channel ends it should this process end without a word.
    { stdio: ["ignore", "ignore", "pipe", "ipc"] },
  );
  let complaint = "";
  child.stderr?.setEncoding("utf8");
  child.stderr?.on("data", (text: string) => {
    complaint += text;
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const giveUpAt = Date.now() + startPatienceMs;
  for (;;) {
    const ready = await readReady(readyPath);
    if (ready) {
      return {
        ...ready,
        kill: () => end(child, exited, "SIGKILL"),
        stop: () => end(child, exited, "SIGTERM"),
      };
    }
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      child.kill("SIGKILL");
      throw new Error(`The runtime did not start: ${complaint || "it took too long"}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

async function readReady(path: string): Promise<{ endpoint: string; apiKey: string } | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  // Written whole by the runtime that we started.
  return (JSON.parse(text) as { sampleBot: { endpoint: string; apiKey: string } }).sampleBot;
}

async function end(
  child: ChildProcess,
  exited: Promise<void>,
  signal: "SIGKILL" | "SIGTERM",
): Promise<void> {
  child.kill(signal);
  await exited;
}
