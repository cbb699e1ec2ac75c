import type { Block, Document, Place } from "../../ports/index.ts";
import { limits } from "./limits.ts";
import { oneLine, shorten, tidy } from "./plain.ts";
import { Unreadable } from "../../ports/index.ts";

/**
 * Collects a document's blocks and holds them to the limits. It knows the headings above: readers
 * say only what comes next.
 */
export class DocumentBuilder {
  readonly #blocks: Block[] = [];
  readonly #notes: string[] = [];
  #length = 0;
  #headings: { level: number; text: string }[] = [];
  /** One list for all that stand under the same headings. */
  #path: string[] = [];
  #place: Omit<Place, "headings"> = {};
  #title: string | undefined;
  #pages: number | undefined;

  title(text: string): void {
    this.#title ??= shorten(oneLine(text), limits.headingMax) || undefined;
  }

  note(sentence: string): void {
    if (this.#notes.length < 20 && !this.#notes.includes(sentence)) this.#notes.push(sentence);
  }

  pages(count: number): void {
    this.#pages = count;
  }

  /** What follows stands here. Headings end where a new place says so. */
  at(place: Omit<Place, "headings">, options: { keepHeadings?: boolean } = {}): void {
    this.#place = place;
    if (!options.keepHeadings) this.#setHeadings([]);
  }

  /** @param level 1 is the outermost; 0 is the document's title, above all. */
  heading(level: number, raw: string): void {
    const text = shorten(oneLine(raw), limits.headingMax);
    if (text === "") return;
    this.#setHeadings(this.#headings.filter((above) => above.level < level));
    this.#push({ kind: "heading", text, level: Math.max(level, 1) });
    this.#setHeadings([...this.#headings, { level, text }]);
  }

  paragraph(raw: string): void {
    this.#text("paragraph", raw);
  }

  item(raw: string): void {
    this.#text("item", raw);
  }

  code(raw: string): void {
    this.#text("code", raw);
  }

  row(raw: string, row?: number): void {
    this.#text("row", raw, row);
  }

  /** @throws Unreadable `no_text` where nothing was found. */
  build(): Document {
    if (this.#blocks.length === 0) {
      throw new Unreadable("no_text", "There is no text in it. Upload a file that has some.");
    }
    return {
      ...(this.#title !== undefined && { title: this.#title }),
      ...(this.#pages !== undefined && { pages: this.#pages }),
      blocks: this.#blocks,
      notes: this.#notes,
    };
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  #setHeadings(headings: { level: number; text: string }[]): void {
    this.#headings = headings;
    this.#path = headings.map(({ text }) => text);
  }

  #text(kind: Block["kind"], raw: string, row?: number): void {
    const text = trimLines(tidy(raw));
    for (const piece of pieces(text)) this.#push({ kind, text: piece }, row);
  }

  #push(block: Omit<Block, "place">, row?: number): void {
    this.#length += block.text.length;
    if (this.#length > limits.textLengthMax || this.#blocks.length >= limits.blocksMax) {
      throw new Unreadable(
        "too_much_text",
        `It holds more than ${limits.textLengthMax / 1e6} million characters or ${limits.blocksMax.toLocaleString("en")} paragraphs and rows. Split it into several files.`,
      );
    }
    const place = {
      ...this.#place,
      ...(row !== undefined && { row }),
      headings: this.#path,
    };
    this.#blocks.push({ ...block, place });
  }
}

/** Without blank lines around it and blanks at line ends. */
function trimLines(text: string): string {
  const lines = text.split("\n").map((line) => line.trimEnd());
  let first = 0;
  let last = lines.length;
  while (first < last && lines[first] === "") first++;
  while (last > first && lines[last - 1] === "") last--;
  return lines.slice(first, last).join("\n");
}

/** An endless block in parts that a later reader can hold, cut at a space where there is one. */
function* pieces(text: string): Generator<string> {
  let rest = 0;
  while (text.length - rest > limits.blockLengthMax) {
    const space = text.lastIndexOf(" ", rest + limits.blockLengthMax);
    let end = space > rest + limits.blockLengthMax / 2 ? space : rest + limits.blockLengthMax;
    // Never between the halves of a character.
    if (/[\uDC00-\uDFFF]/.test(text[end] ?? "")) end--;
    yield text.slice(rest, end);
    rest = end;
  }
  if (rest < text.length) yield text.slice(rest);
}
