import { closeSync, fstatSync, openSync, readSync } from "node:fs";

export interface Chunk {
  lines: string[];
  /** Where the next chunk begins: after the last whole line. */
  end: number;
}

const chunkBytes = 512 * 1024;
const newline = 10;
/** Of all files: what is read into it is taken out before anybody else has a turn. */
const buffer = Buffer.allocUnsafe(chunkBytes);

/**
 * The whole lines of a file from a byte offset on, in chunks. A line that is still being written is
 * left for the next time. A file shorter than the offset is another one: it is read from its start.
 */
export function* readChunks(path: string, offset: number): Generator<Chunk> {
  const file = openSync(path, "r");
  try {
    let at = fstatSync(file).size < offset ? 0 : offset;
    for (;;) {
      const bytes = readSync(file, buffer, 0, chunkBytes, at);
      const whole = buffer.subarray(0, bytes).lastIndexOf(newline) + 1;
      if (whole === 0) {
        if (bytes < chunkBytes) return;
        // No line of an access log is so long: what is here is none.
        at += bytes;
        yield { lines: [], end: at };
        continue;
      }
      at += whole;
      yield { lines: buffer.toString("utf8", 0, whole - 1).split("\n"), end: at };
    }
  } finally {
    closeSync(file);
  }
}
