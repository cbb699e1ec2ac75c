import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Log } from "@outlet/core/ports";

export interface FileLog extends Log {
  close(): Promise<void>;
}

/** Appends JSON lines to a file, for its owner's eyes only. */
export function createFileLog(path: string): FileLog {
  const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
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
