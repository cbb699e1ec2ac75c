import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { end } from "./path.ts";

export interface ServingChild {
  child: ChildProcess;
  /** Where it is reached. */
  origin: string;
  stop: () => Promise<void>;
}

/** Starts a file beside this one that reports its port over its channel. */
export async function serveInChild(file: string, ...args: string[]): Promise<ServingChild> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args);
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`${file} ended with ${String(code)} before it served.`);
  });
  // Whoever waits for the port is told; afterwards its end is expected.
  gone.catch(() => {});
  const [port] = (await Promise.race([once(child, "message"), gone])) as [number];
  return { child, origin: `http://127.0.0.1:${port}`, stop: () => end(child) };
}
