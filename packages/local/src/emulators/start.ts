import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Log } from "@outlet/core/ports";
import { queueUrl } from "./fauxqs.ts";
import {
  type Assignment,
  bucket,
  type Order,
  queueNames,
  type Report,
  region,
  tableName,
} from "./resources.ts";

export interface Emulators {
  region: string;
  endpoints: { dynamodb: string; sqs: string; s3: string };
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
 * Starts DynamoDB, SQS and S3 on loopback, with table, queues and bucket in place, in one child
 * process that ends with this one.
 *
 * Messages that were received but not deleted before the last end are visible at once.
 *
 * @throws Error where the data directory stays in use, or cannot be read.
 * @example const emulators = await startEmulators({ dataDir: ".outlet", log });
 */
export async function startEmulators(options: EmulatorOptions): Promise<Emulators> {
  const giveUpAt = Date.now() + (options.lockPatienceMs ?? 6_000);
  for (;;) {
    const { child, exited, outcome } = launch(options);
    const report = await outcome;
    if (report.type === "ready") return describe(child, exited, report.ports);
    await exited;
    // All that dynalite says of a database whose lock another process holds.
    const isLocked = report.reason.includes("Database is closed");
    if (!isLocked) throw new Error(`The emulators did not start: ${report.reason}`);
    if (Date.now() > giveUpAt) {
      throw new Error(
        `The database in ${options.dataDir} cannot be opened: another process uses it, or it is damaged. End the other, or choose another folder with --data.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function launch({ dataDir, log, visibilityTimeoutSeconds = 120, heapMb = 160 }: EmulatorOptions) {
  const assignment: Assignment = { dataDir, visibilityTimeoutSeconds };
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
  ports: { dynamodb: number; fauxqs: number },
): Emulators {
  const dynamodb = `http://127.0.0.1:${ports.dynamodb}`;
  const fauxqs = `http://127.0.0.1:${ports.fauxqs}`;
  return {
    region,
    endpoints: { dynamodb, sqs: fauxqs, s3: fauxqs },
    queueUrls: {
      runs: queueUrl(fauxqs, queueNames.runs),
      runsDeadLetters: queueUrl(fauxqs, queueNames.runsDeadLetters),
      deploys: queueUrl(fauxqs, queueNames.deploys),
      syncs: queueUrl(fauxqs, queueNames.syncs),
    },
    bucket,
    tableName,
    pid: child.pid ?? 0,
    stop: () => stop(child, exited),
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
