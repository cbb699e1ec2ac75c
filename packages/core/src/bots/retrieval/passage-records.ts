import * as v from "valibot";
import { type Passage, Place } from "../../ports/index.ts";

/** Where a passage's record lies in its source's object, in bytes. */
export interface PassageRecord {
  passage: Passage;
  from: number;
  length: number;
}

/** One line of JSON for each passage: any one of them can be read by its range. */
export function encodePassages(passages: Iterable<Passage>): { bytes: Uint8Array; count: number } {
  const lines: Buffer[] = [];
  for (const passage of passages) lines.push(Buffer.from(`${JSON.stringify(passage)}\n`));
  return { bytes: Buffer.concat(lines), count: lines.length };
}

const newline = 0x0a;

export function* decodePassages(bytes: Uint8Array): Generator<PassageRecord> {
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(newline, from);
    const end = found < 0 ? bytes.length : found;
    yield { passage: decodePassage(bytes.subarray(from, end)), from, length: end - from };
    from = end + 1;
  }
}

const Stored = v.object({ text: v.string(), place: Place });

export const decodePassage = (bytes: Uint8Array): Passage =>
  v.parse(Stored, JSON.parse(Buffer.from(bytes).toString("utf8")));
