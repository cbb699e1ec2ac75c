import type { DocumentBuilder } from "./builder.ts";
import { TableWriter } from "./table.ts";
import * as Text from "../../foundation/text/index.ts";

const delimiters = [",", ";", "\t", "|"] as const;
/** What is looked at to guess the delimiter. */
const sampleLength = 20_000;

/**
 * A table in text as people write it: any of four delimiters, `sep=` above, quotes that are inches.
 * Rows are numbered as a spreadsheet program counts them.
 */
export function readCsv(source: string, builder: DocumentBuilder, preferred?: "\t"): void {
  const declared = /^sep=([^\r\n])[ \t]*(?:\r\n?|\n)/i.exec(source);
  const from = declared?.[0].length ?? 0;
  const delimiter = declared?.[1] ?? preferred ?? guessDelimiter(Text.cut(source, sampleLength));
  const table = new TableWriter(builder);
  let row = declared ? 1 : 0;
  for (const cells of records(source, delimiter, from)) table.add(++row, cells);
  table.end();
}

/** The delimiter that cuts most records into the same number of cells, more than one. */
function guessDelimiter(sample: string): string {
  let best: { delimiter: string; score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of delimiters) {
    const counts = new Map<number, number>();
    let total = 0;
    for (const { length } of records(sample, delimiter, 0)) {
      counts.set(length, (counts.get(length) ?? 0) + 1);
      total++;
    }
    counts.delete(1);
    const [width = 1, rows = 0] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [];
    // A comma in most prices must not beat the semicolon between all cells.
    const score = (rows / Math.max(total, 1)) * 10 + Math.min(width, 20) / 20;
    if (score > best.score + 1e-9) best = { delimiter, score };
  }
  return best.delimiter;
}

/**
 * The records of RFC 4180, read leniently: a quote within a cell is a character (12" pipe), and one
 * that opens a cell and is never closed is one too. In linear time.
 */
function* records(source: string, delimiter: string, from: number): Generator<string[]> {
  let at = from;
  let cells: string[] = [];
  let closable = true;
  while (at < source.length) {
    const open = closable ? opensQuoted(source, at) : -1;
    const quoted = open === -1 ? undefined : quotedCell(source, delimiter, open);
    // Where one opening quote finds no closing one, no later one can.
    if (open !== -1 && !quoted) closable = false;
    const next = quoted?.next ?? cellEnd(source, delimiter, at);
    cells.push(quoted?.text ?? source.slice(at, next));
    at = next;
    if (source[at] === delimiter) {
      at++;
      if (at < source.length) continue;
      cells.push("");
    }
    if (source[at] === "\r") at++;
    if (source[at] === "\n") at++;
    yield cells;
    cells = [];
  }
}

/** Where a quote opens the cell, blanks before it or none; -1 where none does. */
function opensQuoted(source: string, from: number): number {
  let at = from;
  while (source[at] === " ") at++;
  return source[at] === '"' ? at : -1;
}

/** What a quote opens, if another closes it: one before a delimiter or the end of a line. */
function quotedCell(
  source: string,
  delimiter: string,
  open: number,
): { text: string; next: number } | undefined {
  let quote = source.indexOf('"', open + 1);
  while (quote !== -1) {
    const next = borderAfter(source, delimiter, quote + 1);
    if (next !== -1) {
      return { text: source.slice(open + 1, quote).replaceAll('""', '"'), next };
    }
    quote = source.indexOf('"', quote + (source[quote + 1] === '"' ? 2 : 1));
  }
  return undefined;
}

/** The delimiter or line end that follows, blanks before it or none; -1 where text follows. */
function borderAfter(source: string, delimiter: string, from: number): number {
  let at = from;
  while (source[at] === " ") at++;
  return isBorder(source[at], delimiter) ? at : -1;
}

function cellEnd(source: string, delimiter: string, from: number): number {
  let at = from;
  while (!isBorder(source[at], delimiter)) at++;
  return at;
}

const isBorder = (char: string | undefined, delimiter: string): boolean =>
  char === undefined || char === delimiter || char === "\n" || char === "\r";
