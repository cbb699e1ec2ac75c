import { type ChildProcess, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import type { FileToRead } from "@outlet/core/ports";
import type { Assignment, Report } from "./reader-frames.ts";
import { residentBytes } from "./resident-memory.ts";

/** Why a process did not finish a file. */
export type Ended = { why: "memory" | "time" } | { why: "itself"; cause: string };

const lookEveryMs = 100;
/** Twenty million characters, escaped in JSON, and what stands around them. */
const outputBytesMax = 300 * 1024 * 1024;
const errorLengthMax = 2_000;

interface Task {
  take: (report: Report) => boolean;
  memoryMax: number;
  timeMaxMs: number;
  signal?: AbortSignal;
}

/** One process that reads files, watched from outside: by its own clock it could not be. */
export class ReaderProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<unknown>;
  #files = 0;
  #memory = 0;
  #errors = "";
  #gone = false;
  #idle: NodeJS.Timeout | undefined;
  #line = "";
  #output = 0;
  #onReport: ((report: Report) => void) | undefined;

  /** @param cmapsDir where Adobe's character maps lie, if not beside the reader. */
  static async start(cmapsDir?: string): Promise<ReaderProcess> {
    const { childFile } = await import("./reader-child.ts");
    // No rights: it writes no file, starts no program, and knows no secret of ours.
    const flags = ["--permission", "--allow-fs-read=*", "--max-old-space-size=700"];
    const child = spawn(process.execPath, [...flags, childFile, ...(cmapsDir ? [cmapsDir] : [])], {
      env: process.env["SystemRoot"] ? { SystemRoot: process.env["SystemRoot"] } : {},
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    return new ReaderProcess(child);
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once("exit", resolve);
      child.once("error", resolve);
    });
    void this.ended.then(() => (this.#gone = true));
    // Others come first.
    if (child.pid !== undefined) lower(child.pid);
    child.stdout?.setEncoding("utf8").on("data", (piece: string) => this.#receive(piece));
    child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
      this.#errors = (this.#errors + piece).slice(-errorLengthMax);
    });
    // It may end while it is written to; how it ended is told by its exit.
    child.stdin?.on("error", () => {});
  }

  /** Hands over a file and waits until it is done or the process has ended. */
  async read({ bytes, ...about }: FileToRead, task: Task): Promise<Ended> {
    this.#files++;
    this.#output = 0;
    this.#line = "";
    let why: "memory" | "time" | undefined;
    const stop = (reason: "memory" | "time") => {
      why ??= reason;
      this.#child.kill("SIGKILL");
    };
    const done = Promise.withResolvers<void>();
    this.#onReport = (report) => {
      if (task.take(report)) done.resolve();
    };
    const clock = setTimeout(() => stop("time"), task.timeMaxMs);
    const watch = this.#watch(task.memoryMax, () => stop("memory"));
    const abort = () => this.#child.kill("SIGKILL");
    task.signal?.addEventListener("abort", abort, { once: true });
    try {
      const assignment: Assignment = { ...about, bytes: bytes.length };
      this.#child.stdin?.write(`${JSON.stringify(assignment)}\n`);
      this.#child.stdin?.write(bytes);
      await Promise.race([done.promise, this.ended]);
    } finally {
      clearTimeout(clock);
      watch.stop();
      task.signal?.removeEventListener("abort", abort);
      this.#onReport = undefined;
    }
    await this.#measure();
    if (why) return { why };
    if (/heap out of memory|Array buffer allocation failed/.test(this.#errors)) {
      return { why: "memory" };
    }
    return { why: "itself", cause: this.#errors };
  }

  canGoOn(filesMax: number, memoryMax: number): boolean {
    return !this.#gone && !this.#child.killed && this.#files < filesMax && this.#memory < memoryMax;
  }

  idle(ms: number, onEnd: () => void): void {
    this.#idle = setTimeout(() => {
      onEnd();
      void this.end();
    }, ms);
    this.#idle.unref();
    this.#child.unref();
  }

  /** There is work again. */
  rest(): void {
    clearTimeout(this.#idle);
    this.#child.ref();
  }

  async end(): Promise<void> {
    this.rest();
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  #watch(memoryMax: number, exceeded: () => void): { stop(): void } {
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;
    const lookLater = () => {
      timer = setTimeout(() => void look(), lookEveryMs);
    };
    const look = async () => {
      await this.#measure();
      if (stopped) return;
      if (this.#memory > memoryMax) exceeded();
      else lookLater();
    };
    lookLater();
    return {
      stop() {
        stopped = true;
        clearTimeout(timer);
      },
    };
  }

  async #measure(): Promise<void> {
    const { pid } = this.#child;
    this.#memory = (pid === undefined ? undefined : await residentBytes(pid)) ?? this.#memory;
  }

  #receive(piece: string): void {
    this.#output += piece.length;
    if (this.#output > outputBytesMax) {
      this.#child.kill("SIGKILL");
      return;
    }
    const lines = (this.#line + piece).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) {
      // Of our own program, out of what it read: strings are all that a file can decide.
      this.#onReport?.(JSON.parse(line) as Report);
    }
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not let us: it is read all the same.
  }
}
