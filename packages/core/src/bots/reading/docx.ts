import { Archive, broken } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { TableWriter } from "./table.ts";
import { type Attributes, firstText, parseXml, relations, type XmlHandler } from "./xml.ts";
import * as Text from "../../foundation/text/index.ts";

/**
 * A document of Word (ECMA-376): paragraphs, lists, tables and notes under their headings. It has no
 * pages: those are made anew by whoever shows it.
 */
export function readDocx(bytes: Uint8Array, builder: DocumentBuilder): void {
  const archive = new Archive(bytes);
  if (archive.has("docProps/core.xml"))
    builder.title(firstText(archive, "docProps/core.xml", "title"));
  const links = new Map(
    [...relations(archive, "word/document.xml")]
      .filter(([, { external }]) => external)
      .map(([id, { target }]) => [id, target]),
  );
  const reader = new DocxReader(builder, headingStyles(archive), links);
  if (!parseXml(archive, "word/document.xml", reader)) throw broken();
  for (const part of ["word/footnotes.xml", "word/endnotes.xml"]) parseXml(archive, part, reader);
}

/** Levels of styles that are headings, whatever they are called in the writer's language. */
function headingStyles(archive: Archive): Map<string, number> {
  const levels = new Map<string, number>();
  const bases = new Map<string, string>();
  let id = "";
  parseXml(archive, "word/styles.xml", {
    open(name, attributes) {
      const value = attributes.get("val") ?? "";
      if (name === "style") id = attributes.get("styleId") ?? "";
      else if (name === "basedOn") bases.set(id, value);
      else if (name === "outlineLvl" && Number(value) < 9) levels.set(id, Number(value) + 1);
      else if (name === "name") {
        const level = /^heading ([1-9])$/i.exec(value)?.[1];
        if (level) levels.set(id, Number(level));
        else if (/^title$/i.test(value)) levels.set(id, 0);
      }
    },
    close() {},
  });
  for (const style of bases.keys()) {
    let base = bases.get(style);
    for (let i = 0; i < 10 && base && !levels.has(style); i++) {
      const level = levels.get(base);
      if (level !== undefined && level > 0) levels.set(style, level);
      base = bases.get(base);
    }
  }
  return levels;
}

interface Paragraph {
  parts: string[];
  style: string;
  outline: number | undefined;
  isItem: boolean;
}

interface Table {
  writer: TableWriter | undefined;
  cells: string[];
  cell: string[];
  row: number;
  isHeader: boolean;
}

/** Not part of the text as it is read: removed, moved away, or there a second time. */
const passedOver = new Set([
  "del",
  "moveFrom",
  "Fallback",
  "instrText",
  "pPrChange",
  "rPrChange",
  "sectPr",
  "separator",
]);

class DocxReader implements XmlHandler {
  readonly #builder: DocumentBuilder;
  readonly #headings: Map<string, number>;
  readonly #links: Map<string, string>;
  /** More than one where a text box stands within a paragraph. */
  #paragraphs: Paragraph[] = [];
  #tables: Table[] = [];
  #hyperlinks: { address: string | undefined; from: number }[] = [];
  #skipping = 0;
  #inText = false;
  #inTabs = false;

  constructor(builder: DocumentBuilder, headings: Map<string, number>, links: Map<string, string>) {
    this.#builder = builder;
    this.#headings = headings;
    this.#links = links;
  }

  open(name: string, attributes: Attributes): void {
    if (this.#skipping > 0 || passedOver.has(name)) {
      this.#skipping++;
      return;
    }
    const paragraph = this.#paragraphs.at(-1);
    switch (name) {
      case "p":
        this.#paragraphs.push({ parts: [], style: "", outline: undefined, isItem: false });
        return;
      case "pStyle":
        if (paragraph) paragraph.style = attributes.get("val") ?? "";
        return;
      case "outlineLvl":
        if (paragraph) paragraph.outline = Number(attributes.get("val")) + 1;
        return;
      case "numPr":
        if (paragraph) paragraph.isItem = true;
        return;
      case "tabs":
        this.#inTabs = true;
        return;
      case "t":
        this.#inText = true;
        return;
      case "hyperlink":
        this.#hyperlinks.push({
          address: this.#links.get(attributes.get("r:id") ?? attributes.get("id") ?? ""),
          from: paragraph?.parts.length ?? 0,
        });
        return;
      default:
        this.#openOther(name, paragraph);
    }
  }

  #openOther(name: string, paragraph: Paragraph | undefined): void {
    const sign = signs.get(name);
    if (sign && !this.#inTabs) paragraph?.parts.push(sign);
    else if (name === "tbl") {
      this.#tables.push({ writer: undefined, cells: [], cell: [], row: 0, isHeader: false });
    } else if (name === "tblHeader") {
      const table = this.#tables.at(-1);
      if (table) table.isHeader = true;
    }
  }

  close(name: string): void {
    if (this.#skipping > 0) {
      this.#skipping--;
      return;
    }
    if (name === "t") this.#inText = false;
    else if (name === "tabs") this.#inTabs = false;
    else if (name === "p") this.#endParagraph();
    else if (name === "hyperlink") this.#endLink();
    else if (name === "tc") this.#endCell();
    else if (name === "tr") this.#endRow();
    else if (name === "tbl") this.#tables.pop()?.writer?.end();
  }

  text(piece: string): void {
    if (this.#inText && this.#skipping === 0) this.#paragraphs.at(-1)?.parts.push(piece);
  }

  #endParagraph(): void {
    const paragraph = this.#paragraphs.pop();
    const text = paragraph?.parts.join("") ?? "";
    if (!paragraph || text.trim() === "") return;
    const table = this.#tables.at(-1);
    if (table) return void table.cell.push(text);
    const level = paragraph.outline ?? this.#headings.get(paragraph.style);
    if (level !== undefined && level < 10) this.#builder.heading(level, text);
    else if (paragraph.isItem) this.#builder.item(text);
    else this.#builder.paragraph(text);
  }

  #endLink(): void {
    const link = this.#hyperlinks.pop();
    const parts = this.#paragraphs.at(-1)?.parts;
    if (!link?.address || !parts || !/^https?:|^mailto:/i.test(link.address)) return;
    const address = Text.cut(link.address.replace(/^mailto:/i, ""), 500);
    if (!parts.slice(link.from).join("").includes(address)) parts.push(` (${address})`);
  }

  #endCell(): void {
    const table = this.#tables.at(-1);
    if (!table) return;
    table.cells.push(table.cell.join("\n"));
    table.cell = [];
  }

  #endRow(): void {
    const table = this.#tables.at(-1);
    if (!table || table.cells.length === 0) return;
    const { cells, isHeader } = table;
    table.cells = [];
    table.isHeader = false;
    if (!table.writer && isHeader && cells.length > 1) {
      table.writer = new TableWriter(this.#builder, { names: cells, numbered: false });
      return;
    }
    // Not marked as headings, a first row of two cells may as well be data.
    table.writer ??= new TableWriter(this.#builder, { numbered: false, namedFrom: 3 });
    table.writer.add(++table.row, cells);
  }
}

const signs = new Map(
  Object.entries({
    tab: "\t",
    br: "\n",
    cr: "\n",
    noBreakHyphen: "-",
  }),
);
