import { createWriteStream, renameSync, statSync } from "node:fs";
import { finished } from "node:stream/promises";
import type { Log } from "@outlet/core/ports";

export interface FileLog extends Log {
  close(): Promise<void>;
}

/** A log that has grown so large begins anew at the next start; the one before it is kept. */
const bytesMax = 20 * 1_048_576;

/** Appends JSON lines to a file, for its owner's eyes only. */
export function createFileLog(path: string): FileLog {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > bytesMax) renameSync(path, `${path}.1`);
  const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
  // A full disk must not end what can go on without a log.
  stream.once("error", ({ message }) => {
    stream.on("error", () => {});
    process.stderr.write(`The log cannot be written: ${message}\n`);
  });
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    const line = { timestamp: new Date().toISOString(), level, message, ...fields };
    stream.write(`${JSON.stringify(line, plainErrors)}\n`);
  };
  return {
    debug: () => {},
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    async close() {
      if (stream.destroyed) return;
      stream.end();
      await finished(stream);
    },
  };
}

/** Errors have no enumerable members of their own: without this the log would say `{}`. */
function plainErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
}
