import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { unixEndpoint } from "@outlet/aws/unix-endpoint";
import type { Log } from "@outlet/core/ports";
import { queueUrl } from "./fauxqs.ts";
import {
  type Assignment,
  bucket,
  type Order,
  queueNames,
  type Report,
  region,
  type Sockets,
  tableName,
} from "./resources.ts";
import { createSocketFolder, type SocketFolder } from "./socket-folder.ts";

export interface Emulators {
  region: string;
  /** Unix sockets, for the clients of `@outlet/aws`. */
  endpoints: { dynamodb: string; sqs: string; s3: string };
  /** The path of another socket beside theirs; all are gone when the emulators have been stopped. */
  socket(name: string): string;
  queueUrls: Record<keyof typeof queueNames, string>;
  bucket: string;
  tableName: string;
  /** The process that holds them. */
  pid: number;
  /** Ends them once everything is on disk. */
  stop(): Promise<void>;
  /** Resolves when they have ended, asked or not; `code` is null after a signal. */
  exited: Promise<{ code: number | null }>;
}

export interface EmulatorOptions {
  /** Made if absent; one set of emulators at a time. */
  dataDir: string;
  log: Log;
  /** How long a received message stays invisible. */
  visibilityTimeoutSeconds?: number;
  heapMb?: number;
  /** How long a predecessor on the same data may take to end. */
  lockPatienceMs?: number;
}

/**
 * Starts DynamoDB, SQS and S3 on Unix sockets, with table, queues and bucket in place, in one child
 * process that ends with this one.
 *
 * Messages that were received but not deleted before the last end are visible at once.
 *
 * @throws Error where the data directory stays in use, or cannot be read.
 * @example const emulators = await startEmulators({ dataDir: ".outlet", log });
 */
export async function startEmulators(options: EmulatorOptions): Promise<Emulators> {
  const folder = createSocketFolder();
  try {
    return await persist(options, folder);
  } catch (error) {
    folder.remove();
    throw error;
  }
}

/** Until the lock is ours, or patience ends. */
async function persist(options: EmulatorOptions, folder: SocketFolder): Promise<Emulators> {
  const giveUpAt = Date.now() + (options.lockPatienceMs ?? 6_000);
  for (let tries = 1; ; tries++) {
    const sockets = {
      dynamodb: folder.socket(`db-${tries}`),
      sqs: folder.socket(`q-${tries}`),
      s3: folder.socket(`s3-${tries}`),
    };
    const { child, exited, outcome } = launch(options, folder.path, sockets);
    const report = await outcome;
    if (report.type === "ready") return describe(child, exited, folder, sockets);
    await exited;
    const isLocked = report.reason.includes("database is locked");
    if (!isLocked) throw new Error(`The emulators did not start: ${report.reason}`);
    if (Date.now() > giveUpAt) {
      throw new Error(
        `The database in ${options.dataDir} cannot be opened: another process uses it, or it is damaged. End the other, or choose another folder with --data.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function launch(
  { dataDir, log, visibilityTimeoutSeconds = 120, heapMb = 512 }: EmulatorOptions,
  socketDir: string,
  sockets: Sockets,
) {
  const assignment: Assignment = { dataDir, socketDir, sockets, visibilityTimeoutSeconds };
  const child = fork(
    fileURLToPath(new URL("child.ts", import.meta.url)),
    [JSON.stringify(assignment)],
    {
      // V8 makes the young generation small where the old one is: what a large answer needs would grow old.
      execArgv: [`--max-old-space-size=${heapMb}`, "--max-semi-space-size=32"],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  forward(child, log);
  const exited = new Promise<{ code: number | null }>((resolve) => {
    child.once("exit", (code) => resolve({ code }));
  });
  const outcome = new Promise<Report>((resolve, reject) => {
    child.once("error", reject);
    child.once("message", (message: Report) => resolve(message));
    void exited.then(({ code }) => resolve({ type: "failed", reason: `exit code ${code}` }));
  });
  return { child, exited, outcome };
}

function forward(child: ChildProcess, log: Log): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface(stream).on("line", (line) => log.warn("emulators", { line }));
  }
}

function describe(
  child: ChildProcess,
  exited: Emulators["exited"],
  folder: SocketFolder,
  sockets: Sockets,
): Emulators {
  return {
    region,
    endpoints: {
      dynamodb: unixEndpoint(sockets.dynamodb),
      sqs: unixEndpoint(sockets.sqs),
      s3: unixEndpoint(sockets.s3),
    },
    socket: (name) => folder.socket(name),
    queueUrls: {
      runs: queueUrl(queueNames.runs),
      runsDeadLetters: queueUrl(queueNames.runsDeadLetters),
      deploys: queueUrl(queueNames.deploys),
      syncs: queueUrl(queueNames.syncs),
      webhooks: queueUrl(queueNames.webhooks),
    },
    bucket,
    tableName,
    pid: child.pid ?? 0,
    stop: () => stop(child, exited).finally(() => folder.remove()),
    exited,
  };
}

async function stop(child: ChildProcess, exited: Emulators["exited"]): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const order: Order = { type: "stop" };
  // A failure to send means the child is on its way out already.
  if (child.connected) child.send(order, () => {});
  // Data is safe on disk at any moment; only the lock would outlive us.
  const hardStop = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exited;
  clearTimeout(hardStop);
}
