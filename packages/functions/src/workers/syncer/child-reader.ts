import {
  type Block,
  type Document,
  type DocumentReader,
  type Place,
  Unreadable,
} from "@outlet/core/ports";
import { ReaderProcess, type Ended } from "./reader-process.ts";
import type { Report } from "./reader-frames.ts";

export interface ChildReaderOptions {
  /** Where Adobe's character maps lie, if not where they do in the sources. */
  cmapsDir?: string;
  /** Processes side by side; more files wait. */
  processesMax?: number;
  /** A file may take so long, in milliseconds. */
  timeMaxMs?: number;
  /** Resident memory of the process, in bytes, and how much more for each byte of the file. */
  memory?: { base: number; perByte: number; max: number };
}

const megabyte = 1024 * 1024;

/** docs/knowledge.md states them. */
const defaults = {
  processesMax: 2,
  timeMaxMs: 120_000,
  memory: { base: 400 * megabyte, perByte: 4, max: 1024 * megabyte },
};

/** A process that has read so many files, or has grown so large, makes place for a fresh one. */
const filesMax = 200;
const usedMemoryMax = 220 * megabyte;
/** With nothing to do for so long it is let go. */
const idleMs = 10_000;

/**
 * Reads each file in a process of its own kind: watched by its resident memory and ended over a limit
 * of memory or time. Heap limits would not do: what a PDF unpacks to lies beside the heap.
 */
export function createChildReader(
  options: ChildReaderOptions = {},
): DocumentReader & { close(): Promise<void> } {
  const { processesMax, timeMaxMs, memory } = { ...defaults, ...options };
  const all = new Set<ReaderProcess>();
  const free: ReaderProcess[] = [];
  const queue: (() => void)[] = [];
  let busy = 0;

  async function take(signal?: AbortSignal): Promise<ReaderProcess> {
    signal?.throwIfAborted();
    while (busy >= processesMax) {
      await new Promise<void>((resolve) => queue.push(resolve));
      signal?.throwIfAborted();
    }
    busy++;
    const used = free.pop();
    used?.rest();
    if (used) return used;
    const fresh = await ReaderProcess.start(options.cmapsDir);
    all.add(fresh);
    void fresh.ended.then(() => all.delete(fresh));
    return fresh;
  }

  function give(process: ReaderProcess): void {
    busy--;
    if (process.canGoOn(filesMax, usedMemoryMax)) {
      free.push(process);
      process.idle(idleMs, () => {
        const at = free.indexOf(process);
        if (at !== -1) free.splice(at, 1);
      });
    } else void process.end();
    queue.shift()?.();
  }

  return {
    async read(file, { onPage, signal } = {}) {
      const process = await take(signal);
      const memoryMax = Math.min(memory.base + memory.perByte * file.bytes.length, memory.max);
      const document = new DocumentCollector(onPage);
      try {
        const ended = await process.read(file, {
          take: (report) => document.take(report),
          memoryMax,
          timeMaxMs,
          ...(signal && { signal }),
        });
        signal?.throwIfAborted();
        return document.result() ?? fail(ended, memoryMax, timeMaxMs);
      } finally {
        give(process);
      }
    },
    async close() {
      free.length = 0;
      await Promise.all([...all].map((process) => process.end()));
    },
  };
}

/** Puts a document together from what the process says. It is not believed to be sane. */
class DocumentCollector {
  readonly #onPage: ((page: number, pages: number) => void) | undefined;
  readonly #blocks: Block[] = [];
  #place: Omit<Place, "row"> = { headings: [] };
  #outcome: Document | Unreadable | undefined;

  constructor(onPage?: (page: number, pages: number) => void) {
    this.#onPage = onPage;
  }

  /** @returns whether the file is done. */
  take(report: Report): boolean {
    switch (report.type) {
      case "page":
        this.#onPage?.(report.page, report.pages);
        return false;
      case "place":
        this.#place = report.place;
        return false;
      case "block": {
        const { block, row } = report;
        const place = row === undefined ? this.#place : { ...this.#place, row };
        this.#blocks.push({ ...block, place });
        return false;
      }
      case "read": {
        const { type: _, ...about } = report;
        this.#outcome = { ...about, blocks: this.#blocks };
        return true;
      }
      case "unreadable":
        this.#outcome = new Unreadable(report.code, report.message);
        return true;
    }
  }

  result(): Document | undefined {
    if (this.#outcome instanceof Unreadable) throw this.#outcome;
    return this.#outcome;
  }
}

function fail(ended: Ended, memoryMax: number, timeMaxMs: number): never {
  switch (ended.why) {
    case "memory":
      throw new Unreadable(
        "out_of_memory",
        `Reading it takes more than ${Math.round(memoryMax / megabyte)} MB of memory. Split it, or save it in another format, then upload that.`,
      );
    case "time":
      throw new Unreadable(
        "out_of_time",
        `Reading it takes longer than ${Math.round(timeMaxMs / 1000)} seconds. Split it into several files.`,
      );
    case "itself":
      throw new Unreadable(
        "reader_ended",
        "The program that reads files of its kind broke off. Save it in another format, then upload that.",
        { cause: ended.cause },
      );
  }
}
