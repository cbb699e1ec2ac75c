/**
 * The process that holds the emulators, with a heap of its own: `child.ts ASSIGNMENT`. It lives as
 * long as the channel to its parent, so a parent killed outright leaves nothing behind.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { removeReadySync } from "../runtime/ready-file.ts";
import { startDynamodb } from "./dynamodb.ts";
import type { Emulator } from "./emulator.ts";
import { startFauxqs } from "./fauxqs.ts";
import type { Assignment, Report } from "./resources.ts";
import { succeed } from "./socket-folder.ts";

let running: Emulator[] = [];
let stopping = false;

// Ctrl-C reaches the whole process group, but the parent still drains with our help.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("message", stop);
process.on("disconnect", outlive);
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

// Neither LevelDB nor SQLite is told a mode: files are for this user's eyes only.
process.umask(0o077);
// The assignment is our own parent's.
const assignment = JSON.parse(process.argv[2] ?? "") as Assignment;
const { dataDir, socketDir, sockets } = assignment;
const dynamodb = await startDynamodb(dataDir, sockets.dynamodb);
// After the lock on the first: two processes must never write the queue's file.
succeed(dataDir, socketDir);
const fauxqs = await startFauxqs(join(dataDir, "queue"), sockets, assignment);
running = [dynamodb, fauxqs];
report({ type: "ready" });

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}

/** The parent was killed: nobody else can take back now that it is ready. We still hold the folder. */
function outlive(): void {
  if (!stopping && running.length > 0) removeReadySync(assignment.dataDir);
  if (socketDir) rmSync(socketDir, { recursive: true, force: true });
  stop();
}

function stop(): void {
  if (stopping) return;
  stopping = true;
  Promise.all(running.map((emulator) => emulator.stop())).then(() => process.exit(0), fail);
}

function fail(error: unknown): void {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (running.length > 0 || !process.connected) {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  }
  const message: Report = { type: "failed", reason };
  process.send?.(message, () => process.exit(1));
}
