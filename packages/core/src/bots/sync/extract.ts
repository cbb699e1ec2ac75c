import { parse as parseCsv } from "csv-parse/sync";
import { Parser } from "htmlparser2";
import type { Knowledge } from "../knowledge/index.ts";

/** The upload cannot be read. The message is for its owner: what is wrong and what to do. */
export class Unreadable extends Error {
  override name = "Unreadable";
}

/**
 * The text of an upload, with blank lines between what belongs apart.
 * @throws Unreadable
 */
export function extract(kind: Knowledge.Kind, bytes: Uint8Array): string {
  const text = textOf(kind, decode(bytes)).trim();
  if (text !== "") return text;
  throw new Unreadable("There is no text in it. Upload a file that has some.");
}

function textOf(kind: Knowledge.Kind, source: string): string {
  switch (kind) {
    case "text":
    case "markdown":
      return source;
    case "html":
      return htmlText(source);
    case "csv":
      return csvText(source);
    case "json":
      return jsonText(source);
  }
}

function decode(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const message = "It is not text in UTF-8. Save it as UTF-8, then upload it again.";
    throw new Unreadable(message, { cause });
  }
  if (text.includes("\0")) {
    throw new Unreadable("It holds binary data, not text. Upload its text instead.");
  }
  return text;
}

const unseen = new Set(["script", "style", "template", "noscript", "svg", "head"]);
const blocks = new Set(
  "address article aside blockquote dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul".split(
    " ",
  ),
);

function htmlText(source: string): string {
  let text = "";
  let hidden = 0;
  const parser = new Parser({
    onopentag(name) {
      if (unseen.has(name)) hidden++;
      else if (name === "br") text += "\n";
      else if (name === "td" || name === "th") text += " ";
      else if (blocks.has(name)) text += "\n\n";
    },
    onclosetag(name) {
      if (unseen.has(name)) hidden--;
      else if (blocks.has(name)) text += "\n\n";
    },
    ontext(part) {
      if (hidden === 0) text += part.replace(/\s+/g, " ");
    },
  });
  parser.end(source);
  const lines = text.split("\n").map((line) => line.trim());
  return lines.join("\n").replace(/\n{3,}/g, "\n\n");
}

/** One paragraph a row, each cell under its heading: a row found alone still says what it means. */
function csvText(source: string): string {
  let rows: string[][];
  try {
    rows = parseCsv(source, { bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\.$/, "") : "unknown";
    const message = `It is not valid CSV: ${reason}. Correct it, then upload it again.`;
    throw new Unreadable(message, { cause });
  }
  const [headings = [], ...rest] = rows;
  if (rest.length === 0) return headings.join("; ");
  return rest
    .map((row) =>
      row
        .map((cell, i) => [headings[i]?.trim(), cell.trim()])
        .filter(([, cell]) => cell !== "")
        .map(([heading, cell]) => (heading ? `${heading}: ${cell}` : cell))
        .join("; "),
    )
    .join("\n\n");
}

/** Each scalar on a line of its own, under its path; each element of a list a paragraph. */
function jsonText(source: string): string {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown";
    const message = `It is not valid JSON: ${reason}. Correct it, then upload it again.`;
    throw new Unreadable(message, { cause });
  }
  const parts = Array.isArray(value) ? value : [value];
  return parts.map((part) => lines(part, "").join("\n")).join("\n\n");
}

function lines(value: unknown, path: string): string[] {
  if (value === null) return [];
  if (typeof value !== "object") {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return [path === "" ? text : `${path}: ${text}`];
  }
  return Object.entries(value).flatMap(([name, member]) =>
    lines(member, path === "" ? name : `${path}.${name}`),
  );
}
