/**
 * The process in which files are read, one after the other: assignments and bytes come on standard
 * input, reports go out on standard output. It ends with its input.
 */
import { writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Document, type Place, Unreadable } from "@outlet/core/ports";
import type { Assignment, Report } from "./reader-frames.ts";

/** This module itself, as it lies on disk: in a bundle it is a chunk of its own. */
export const childFile = fileURLToPath(import.meta.url);

async function serve(): Promise<void> {
  // Whoever can be read into does not get to write; the watcher alone stops it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  const { Reading } = await import("@outlet/core/bots/reading");
  const cmapsDir = process.argv[2];
  const input = new Input(process.stdin);
  for (;;) {
    const line = await input.line();
    if (line === undefined) return;
    // From our own watcher.
    const { bytes: length, ...file } = JSON.parse(line) as Assignment;
    const bytes = await input.bytes(length);
    try {
      const onPage = (page: number, pages: number) => say({ type: "page", page, pages });
      tell(await Reading.read({ ...file, bytes }, { onPage, ...(cmapsDir && { cmapsDir }) }));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      say({ type: "unreadable", code: error.code, message: error.message });
    }
  }
}

function tell({ blocks, title, pages, notes }: Document): void {
  let said = "";
  for (const { place, ...block } of blocks) {
    const { row, ...around }: Place = place;
    const text = JSON.stringify(around);
    if (text !== said) say({ type: "place", place: around });
    said = text;
    say({ type: "block", block, ...(row !== undefined && { row }) });
  }
  flush();
  say({
    type: "read",
    notes,
    ...(title !== undefined && { title }),
    ...(pages !== undefined && { pages }),
  });
}

let waiting: string[] = [];
let waitingLength = 0;
const chunkLength = 64 * 1024;

/** Written at once, so that nothing is lost when the process is ended, and no more than the pipe holds. */
function say(report: Report): void {
  const line = `${JSON.stringify(report)}\n`;
  waiting.push(line);
  waitingLength += line.length;
  if (report.type !== "block" || waitingLength > chunkLength) flush();
}

function flush(): void {
  let rest: Buffer = Buffer.from(waiting.join(""));
  waiting = [];
  waitingLength = 0;
  while (rest.length > 0) rest = rest.subarray(write(rest));
}

function write(bytes: Buffer): number {
  try {
    return writeSync(1, bytes);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    // The pipe is full and does not block: the watcher is behind.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return 0;
  }
}

/** Lines and counted bytes of one stream. */
class Input {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(0x0a);
      if (end !== -1) {
        const line = this.#rest.toString("utf8", 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      const next = await this.#chunks.next();
      if (next.done) return undefined;
      this.#rest = Buffer.concat([this.#rest, next.value]);
    }
  }

  async bytes(length: number): Promise<Uint8Array> {
    const all = Buffer.allocUnsafe(length);
    let filled = this.#take(all, 0);
    while (filled < length) {
      const next = await this.#chunks.next();
      if (next.done) throw new Error("The input ended within a file.");
      this.#rest = next.value;
      filled += this.#take(all, filled);
    }
    return all;
  }

  #take(into: Buffer, at: number): number {
    const count = this.#rest.copy(into, at);
    this.#rest = this.#rest.subarray(count);
    return count;
  }
}

if (process.argv[1] === childFile) await serve();
