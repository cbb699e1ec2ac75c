/**
 * Reading: a file's bytes become a document of blocks, each with its place. Pure, but for time and
 * memory: a hostile file may take much of both, so it runs where it can be ended (`DocumentReader`
 * of the ports).
 */
export * as Reading from "./index.ts";

import { DocumentBuilder } from "./builder.ts";
import { readCsv } from "./csv.ts";
import { decode } from "./decode.ts";
import { readHtml } from "./html.ts";
import { readJson } from "./json.ts";
import { type Kind, kindOf } from "./kind.ts";
import { limits } from "./limits.ts";
import { readMarkdown } from "./markdown.ts";
import { tidy } from "./plain.ts";
import { readText } from "./text.ts";
import { type Document, type FileToRead, Unreadable } from "../../ports/index.ts";

export interface Options {
  /** Where Adobe's character maps lie, if not in this package. */
  cmapsDir?: string;
  /** Told as pages are done, where a file has pages. */
  onPage?: (page: number, pages: number) => void;
}

/**
 * Reads a file.
 *
 * @example await read({ bytes, name: "prices.csv" })
 * @throws Unreadable with a cause that its owner can act on.
 */
export async function read(file: FileToRead, options: Options = {}): Promise<Document> {
  if (file.bytes.length === 0) {
    throw new Unreadable("empty", "The file is empty. Upload one that has text.");
  }
  if (file.bytes.length > limits.fileBytesMax) {
    throw new Unreadable(
      "file_too_large",
      `It is larger than ${limits.fileBytesMax / 1024 / 1024} MB. Split it into several files.`,
    );
  }
  const kind = kindOf(file.bytes, file.name, file.mediaType);
  const builder = new DocumentBuilder();
  await readKind(kind, file, builder, options);
  return builder.build();
}

/** Readers of programs' files are loaded when the first such file comes. */
async function readKind(
  kind: Kind,
  file: FileToRead,
  builder: DocumentBuilder,
  options: Options,
): Promise<void> {
  const { bytes } = file;
  switch (kind) {
    case "pdf":
      return (await import("./pdf.ts")).readPdf(bytes, builder, options);
    case "docx":
      return (await import("./docx.ts")).readDocx(bytes, builder);
    case "pptx":
      return (await import("./pptx.ts")).readPptx(bytes, builder);
    case "xlsx":
      return (await import("./xlsx.ts")).readXlsx(bytes, builder);
    case "odt":
      return (await import("./odt.ts")).readOdt(bytes, builder);
    case "ods":
      return (await import("./ods.ts")).readOds(bytes, builder);
    case "odp":
      return (await import("./odp.ts")).readOdp(bytes, builder);
    case "epub":
      return (await import("./epub.ts")).readEpub(bytes, builder);
    case "rtf":
      return (await import("./rtf.ts")).readRtf(bytes, builder);
    case "eml":
      return (await import("./eml.ts")).readEml(bytes, builder);
    default:
      readTextKind(kind, file, builder);
  }
}

function readTextKind(kind: Kind, file: FileToRead, builder: DocumentBuilder): void {
  const source = tidy(decode(file.bytes, declaredEncoding(kind, file)));
  switch (kind) {
    case "html":
      return readPage(source, builder, file.url);
    case "csv":
      return readCsv(source, builder);
    case "tsv":
      return readCsv(source, builder, "\t");
    case "json":
      return readJson(source, builder);
    case "markdown":
      return readMarkdown(source, builder);
    default:
      return readText(source, builder);
  }
}

function readPage(source: string, builder: DocumentBuilder, url: string | undefined): void {
  if (url === undefined) return readHtml(source, builder);
  readHtml(source, builder, { url, mainOnly: true });
  // A page that is all navigation, or marked up as if it were, is still better than none.
  if (builder.isEmpty) readHtml(source, builder, { url });
}

function declaredEncoding(kind: Kind, { bytes, mediaType }: FileToRead): string | undefined {
  const sent = /charset\s*=\s*["']?([\w.:-]+)/i.exec(mediaType ?? "")?.[1];
  if (sent || kind !== "html") return sent;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4_096));
  const marked = /<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]+)/i.exec(head.toString("latin1"));
  const declared = /^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.:-]+)/.exec(
    head.toString("latin1"),
  );
  return marked?.[1] ?? declared?.[1];
}
