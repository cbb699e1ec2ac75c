import { fits, parseLine } from "@outlet/aws/published-stack/access-line";
import { idsOf } from "@outlet/aws/provisioner/stack-ids";
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type AccessLine, type AccessLog, MalformedCursor } from "@outlet/core/ports";

/** Lines looked at for one page: what fits seldom ends a page early, with a cursor. */
const examinedMax = 50_000;
const chunkBytes = 64 * 1024;

/** The edge's own access logs, read from their ends: `{dataDir}/access-logs/{restApiId}.log`. */
export function createLocalAccessLog(dataDir: string): AccessLog {
  return {
    async list({ stack }, options) {
      const path = join(dataDir, "access-logs", `${idsOf(stack).restApiId}.log`);
      // Unpublished a moment ago, and its log with it.
      if (!existsSync(path)) return { lines: [], cursor: null };
      const file = openSync(path, "r");
      try {
        return page(file, options);
      } finally {
        closeSync(file);
      }
    },
  };
}

function page(
  file: number,
  { limit, cursor, ...filter }: Parameters<AccessLog["list"]>[1],
): Awaited<ReturnType<AccessLog["list"]>> {
  const { size } = fstatSync(file);
  const end = cursor === undefined ? size : Number(cursor);
  if (!Number.isInteger(end) || end < 0 || end > size) throw new MalformedCursor();
  const lines: AccessLine[] = [];
  let examined = 0;
  for (const { text, begin } of linesBefore(file, end)) {
    const line = parseLine(text);
    examined += 1;
    if (line && fits(line, filter)) lines.push(line);
    // A request is noted when it has been answered, so what is older may stand a little further up.
    const isPast = line !== undefined && line.at < (filter.from ?? 0) - longestMs;
    if (isPast || begin === 0) break;
    if (lines.length === limit || examined === examinedMax) return { lines, cursor: String(begin) };
  }
  return { lines, cursor: null };
}

/** No request takes longer. */
const longestMs = 900_000;

/** Whole lines that end before an offset, the last one first, each with where it begins. */
function* linesBefore(file: number, end: number): Generator<{ text: string; begin: number }> {
  const newline = 10;
  let rest = Buffer.alloc(0);
  let at = end;
  while (at > 0) {
    const length = Math.min(chunkBytes, at);
    const chunk = Buffer.alloc(length);
    readSync(file, chunk, 0, length, at - length);
    at -= length;
    let bytes = Buffer.concat([chunk, rest]);
    for (;;) {
      // The newline that ends this line is not the one that ends the line before it.
      const cut = bytes.subarray(0, Math.max(0, bytes.length - 1)).lastIndexOf(newline);
      if (cut === -1) break;
      yield { text: bytes.toString("utf8", cut + 1).trimEnd(), begin: at + cut + 1 };
      bytes = bytes.subarray(0, cut + 1);
    }
    rest = bytes;
  }
  if (rest.length > 0) yield { text: rest.toString("utf8").trimEnd(), begin: 0 };
}
