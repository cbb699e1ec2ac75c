import type { Block, Passage, Place } from "../../ports/index.ts";

/** Of a passage; a Chinese, Japanese or Korean character counts as two. */
const widthMax = 1_200;
/** Of the sentences that a passage has in common with the one before it. */
const overlapMax = 150;

/**
 * Cuts a document into passages: at headings, pages, slides and sheets, then at paragraphs and rows,
 * and where one of those is too long, at the ends of sentences, words and characters. No character is
 * broken and nothing is left out. A long section's passages overlap by a sentence where one is short.
 */
export function* cut(blocks: Iterable<Block>): Generator<Passage> {
  let section: Section | undefined;
  let heading: Block | undefined;
  for (const block of blocks) {
    if (section && !sameSection(section.place, block.place)) {
      yield* section.end();
      section = undefined;
    }
    if (block.kind === "heading") {
      if (section) yield* section.end();
      section = undefined;
      // One that stands over nothing but other headings is in their paths.
      if (heading && !block.place.headings.includes(heading.text)) yield titled(heading);
      heading = block;
      continue;
    }
    if (heading && !block.place.headings.includes(heading.text)) yield titled(heading);
    heading = undefined;
    section ??= new Section(block.place);
    yield* section.add(block);
  }
  if (section) yield* section.end();
  if (heading) yield titled(heading);
}

const titled = ({ text, place }: Block): Passage => ({ text, place });

const sameSection = (a: Place, b: Place): boolean =>
  a.page === b.page &&
  a.slide === b.slide &&
  a.sheet === b.sheet &&
  a.headings.length === b.headings.length &&
  a.headings.every((heading, i) => heading === b.headings[i]);

/** What stands together: its pieces are gathered until a passage is full. */
class Section {
  readonly place: Place;
  #begins: Place;
  #text = "";
  #width = 0;
  /** The last whole sentence, which the next passage may begin with. */
  #last = "";

  constructor(place: Place) {
    this.place = place;
    this.#begins = place;
  }

  *add(block: Block): Generator<Passage> {
    let gap = block.kind === "paragraph" || block.kind === "code" ? "\n\n" : "\n";
    for (const piece of piecesOf(block)) {
      const width = widthOf(piece);
      if (this.#text !== "" && this.#width + width > widthMax) {
        yield* this.#flush();
        this.#begins = block.place;
        // A row says all by itself, and the rest of a program nothing.
        if (block.kind === "paragraph" && gap === "" && this.#last !== "") {
          this.#append(this.#last, 0, "");
        }
      }
      this.#append(piece, width, gap);
      this.#last = width <= overlapMax ? piece : "";
      gap = "";
    }
  }

  *end(): Generator<Passage> {
    yield* this.#flush();
  }

  #append(piece: string, width: number, gap: string): void {
    if (this.#text === "") this.#text = piece.trimStart();
    else this.#text += gap + piece;
    this.#width += width;
  }

  *#flush(): Generator<Passage> {
    const text = this.#text.trim();
    this.#text = "";
    this.#width = 0;
    if (text !== "") yield { text, place: this.#begins };
  }
}

const sentences = new Intl.Segmenter("und", { granularity: "sentence" });
const words = new Intl.Segmenter("und", { granularity: "word" });
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** The block whole where it is short, else its parts: none is wider than a passage. */
function* piecesOf({ kind, text }: Block): Generator<string> {
  if (widthOf(text) <= widthMax) yield text;
  else if (kind === "code") yield* shortened(text.split(/(?<=\n)/), [words, graphemes]);
  else yield* shortened([text], [sentences, words, graphemes]);
}

/** Parts too long are segmented more finely, down to single characters and to half a giant one. */
function* shortened(
  parts: Iterable<string>,
  [segmenter, ...finer]: readonly Intl.Segmenter[],
): Generator<string> {
  for (const part of parts) {
    if (widthOf(part) <= widthMax) yield part;
    else if (!segmenter) yield* codePointsOf(part);
    else yield* shortened(segmentsOf(part, segmenter), finer);
  }
}

function* segmentsOf(text: string, segmenter: Intl.Segmenter): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

function* codePointsOf(text: string): Generator<string> {
  const codePoints = Array.from(text);
  for (let at = 0; at < codePoints.length; at += widthMax / 2) {
    yield codePoints.slice(at, at + widthMax / 2).join("");
  }
}

const wide = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\u3000-\u303f\uff01-\uff60]/gu;

/** How much room a text takes; no more is counted than is needed to tell that it is too wide. */
function widthOf(text: string): number {
  if (text.length > widthMax) return text.length;
  return text.length + (text.match(wide)?.length ?? 0);
}
