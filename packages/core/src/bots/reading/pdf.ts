import { fileURLToPath } from "node:url";
import { broken, encrypted } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { type Line, pageBlocks, PdfFonts } from "./pdf-lines.ts";
import { type Chapter, readOutline } from "./pdf-outline.ts";
import { oneLine } from "./plain.ts";
import { Unreadable } from "../../ports/index.ts";
import * as Text from "../../foundation/text/index.ts";

export interface PdfOptions {
  /** Where Adobe's character maps lie: most Japanese files without fonts of their own need them. */
  cmapsDir?: string;
  /** Told after each page. */
  onPage?: (page: number, pages: number) => void;
}

/** A page of fewer characters has a number on it at most. */
const pageLengthMin = 6;

type Pdf = Awaited<ReturnType<typeof open>>;

/** A PDF file (ISO 32000): the text of each page, with the number that is printed on it. */
export async function readPdf(
  bytes: Uint8Array,
  builder: DocumentBuilder,
  options: PdfOptions = {},
): Promise<void> {
  const pdf = await open(bytes, options.cmapsDir);
  const pages = pdf.numPages;
  builder.pages(pages);
  builder.title(await titleOf(pdf));
  const labels = await pdf.getPageLabels().catch(() => null);
  const outline = await readOutline(pdf);
  const fonts = new PdfFonts();
  const tally = { length: 0, foreign: 0, blank: 0, failed: 0 };
  for (let page = 1; page <= pages; page++) {
    const label = labels?.[page - 1];
    const hasLabel = label && label !== String(page);
    builder.at(
      { page, ...(hasLabel && { pageLabel: Text.cut(label, 20) }) },
      { keepHeadings: true },
    );
    const lines = await linesOf(pdf, page).catch(() => undefined);
    if (lines) {
      count(lines, tally);
      writePage(lines, outline.get(page) ?? [], outline.size > 0, fonts, builder);
    } else tally.failed++;
    options.onPage?.(page, pages);
  }
  judge(pages, tally, builder);
}

async function open(bytes: Uint8Array, cmapsDir: string | undefined) {
  const { getDocumentProxy } = await import("unpdf");
  const cMapUrl = cmapsDir ?? fileURLToPath(new URL("../../../assets/cmaps/", import.meta.url));
  // Not a Buffer: pdf.js takes the bytes over and refuses those that others may share.
  const data = new Uint8Array(bytes);
  try {
    return await getDocumentProxy(data, {
      cMapUrl: cMapUrl.endsWith("/") ? cMapUrl : `${cMapUrl}/`,
      cMapPacked: true,
      verbosity: 0,
    });
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException") throw encrypted();
    throw broken(error);
  }
}

async function titleOf(pdf: Pdf): Promise<string> {
  const info: unknown = (await pdf.getMetadata().catch(() => undefined))?.info;
  if (typeof info !== "object" || info === null || !("Title" in info)) return "";
  return typeof info.Title === "string" ? info.Title : "";
}

async function linesOf(pdf: Pdf, number: number): Promise<Line[]> {
  const page = await pdf.getPage(number);
  try {
    const { items } = await page.getTextContent();
    const lines: Line[] = [];
    let parts: string[] = [];
    let line: Omit<Line, "text"> | undefined;
    for (const item of items) {
      if (!("str" in item)) continue;
      const [, , , , x = 0, y = 0] = item.transform as number[];
      const size = item.height || Math.abs((item.transform as number[])[3] ?? 0);
      if (item.str.trim() !== "") {
        line = line
          ? { ...line, size: Math.max(line.size, size), right: x + item.width }
          : { x, y, size, right: x + item.width };
      }
      parts.push(item.str);
      if (!item.hasEOL) continue;
      if (line) lines.push({ ...line, text: oneLine(parts.join("")) });
      parts = [];
      line = undefined;
    }
    if (line) lines.push({ ...line, text: oneLine(parts.join("")) });
    return lines.filter(({ text }) => text !== "");
  } finally {
    page.cleanup();
  }
}

interface Tally {
  length: number;
  foreign: number;
  blank: number;
  failed: number;
}

function count(lines: Line[], tally: Tally): void {
  let length = 0;
  for (const { text } of lines) {
    length += text.length;
    for (const char of text) if (char >= "\uE000" && char <= "\uF8FF") tally.foreign++;
  }
  tally.length += length;
  if (length < pageLengthMin) tally.blank++;
}

function writePage(
  lines: Line[],
  chapters: Chapter[],
  hasOutline: boolean,
  fonts: PdfFonts,
  builder: DocumentBuilder,
): void {
  const waiting = new Map(chapters.map((chapter) => [plain(chapter.title), chapter]));
  // A chapter whose title is not found in the text begins with the page.
  const texts = new Set(lines.map(({ text }) => plain(text)));
  for (const [key, { level, title }] of waiting) {
    if (!texts.has(key)) builder.heading(level, title);
  }
  for (const block of pageBlocks(lines, fonts, new Set(waiting.keys()), plain)) {
    const chapter = waiting.get(plain(block.text));
    if (chapter) builder.heading(chapter.level, chapter.title);
    else if (block.level !== undefined && !hasOutline) builder.heading(block.level, block.text);
    else builder.paragraph(block.text);
  }
}

const plain = (text: string): string => text.replace(/[\s.]+/g, "").toLowerCase();

function judge(pages: number, tally: Tally, builder: DocumentBuilder): void {
  if (tally.failed === pages) throw broken();
  const readable = pages - tally.failed;
  const bare = tally.blank > readable * 0.9 && tally.length < pageLengthMin * readable;
  if (tally.length === 0 || (bare && readable > 2)) {
    throw new Unreadable(
      "scanned",
      "Its pages are pictures without text. Let a program recognise their text (OCR), then upload the result.",
    );
  }
  if (tally.foreign > tally.length * 0.3) {
    throw new Unreadable(
      "no_text",
      "Its fonts do not tell which characters they show. Save it as PDF/A or as .docx, then upload that.",
    );
  }
  if (tally.failed > 0) builder.note(`${tally.failed} of ${pages} pages are damaged and left out.`);
  if (tally.blank > pages * 0.3 && pages > 2) {
    builder.note(`${tally.blank} of ${pages} pages have no text: perhaps they are pictures.`);
  }
}
