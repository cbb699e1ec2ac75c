import { Archive, broken } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { TableWriter } from "./table.ts";
import { type Attributes, firstText, parseXml, relations, type XmlHandler } from "./xml.ts";

const presentation = "ppt/presentation.xml";

/** Slides of PowerPoint in the order in which they are shown, each with its notes. */
export function readPptx(bytes: Uint8Array, builder: DocumentBuilder): void {
  const archive = new Archive(bytes);
  if (archive.has("docProps/core.xml"))
    builder.title(firstText(archive, "docProps/core.xml", "title"));
  const slides = slidesInOrder(archive);
  builder.pages(slides.length);
  for (const [i, slide] of slides.entries()) {
    builder.at({ slide: i + 1 });
    if (!parseXml(archive, slide, new SlideReader(builder))) throw broken();
    for (const { target, type } of relations(archive, slide).values()) {
      if (type === "notesSlide")
        parseXml(archive, target, new SlideReader(builder, { notes: true }));
    }
  }
}

function slidesInOrder(archive: Archive): string[] {
  const targets = relations(archive, presentation);
  const slides: string[] = [];
  const found = parseXml(archive, presentation, {
    open(name, attributes) {
      if (name !== "sldId") return;
      const target = targets.get(attributes.get("r:id") ?? "")?.target;
      if (target) slides.push(target);
    },
    close() {},
  });
  if (!found) throw broken();
  return slides;
}

/** What a master fills in on every slide. */
const fillers = new Set(["sldNum", "dt", "ftr", "hdr", "sldImg"]);

class SlideReader implements XmlHandler {
  readonly #builder: DocumentBuilder;
  readonly #notes: boolean;
  #holder = "";
  #shape: string[] = [];
  #parts: string[] = [];
  #inText = false;
  #table: { writer: TableWriter; cells: string[] } | undefined;
  #row = 0;

  constructor(builder: DocumentBuilder, options: { notes?: boolean } = {}) {
    this.#builder = builder;
    this.#notes = options.notes ?? false;
  }

  open(name: string, attributes: Attributes): void {
    if (name === "sp") {
      this.#holder = "";
      this.#shape = [];
    } else if (name === "ph") this.#holder = attributes.get("type") ?? "body";
    else if (name === "t") this.#inText = true;
    else if (name === "br") this.#parts.push("\n");
    else if (name === "tbl") {
      this.#table = { writer: new TableWriter(this.#builder, { numbered: false }), cells: [] };
      this.#row = 0;
    }
  }

  close(name: string): void {
    if (name === "t") this.#inText = false;
    else if (name === "p") this.#endParagraph();
    else if (name === "sp") this.#endShape();
    else if (name === "tc") this.#endCell();
    else if (name === "tr" && this.#table) {
      this.#table.writer.add(++this.#row, this.#table.cells);
      this.#table.cells = [];
    } else if (name === "tbl") {
      this.#table?.writer.end();
      this.#table = undefined;
    }
  }

  text(piece: string): void {
    if (this.#inText) this.#parts.push(piece);
  }

  #endParagraph(): void {
    const text = this.#parts.join("");
    this.#parts = [];
    if (text.trim() !== "") this.#shape.push(text);
  }

  #endCell(): void {
    this.#table?.cells.push(this.#shape.join("\n"));
    this.#shape = [];
  }

  #endShape(): void {
    const paragraphs = this.#shape;
    this.#shape = [];
    if (fillers.has(this.#holder) || paragraphs.length === 0) return;
    if (this.#notes) return this.#builder.paragraph(`Notes: ${paragraphs.join("\n")}`);
    if (this.#holder === "title" || this.#holder === "ctrTitle") {
      return this.#builder.heading(1, paragraphs.join(" "));
    }
    // A slide's lines are short: the lines of one box belong together.
    this.#builder.paragraph(paragraphs.join("\n"));
  }
}
