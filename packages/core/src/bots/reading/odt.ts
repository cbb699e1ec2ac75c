import { Archive, broken } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { count, passedOver, refuseEncrypted, whiteSpace } from "./open-document.ts";
import { TableWriter } from "./table.ts";
import { type Attributes, firstText, parseXml, type XmlHandler } from "./xml.ts";
import * as Text from "../../foundation/text/index.ts";

/** A text of LibreOffice and others (OpenDocument 1.3). */
export function readOdt(bytes: Uint8Array, builder: DocumentBuilder): void {
  const archive = new Archive(bytes);
  refuseEncrypted(archive);
  if (archive.has("meta.xml")) builder.title(firstText(archive, "meta.xml", "title"));
  if (!parseXml(archive, "content.xml", new TextReader(builder))) throw broken();
}

interface Paragraph {
  parts: string[];
  level: number | undefined;
}

/** Reads paragraphs, lists and tables; what of a slide is not the same, its reader does. */
export class TextReader implements XmlHandler {
  protected readonly builder: DocumentBuilder;
  #paragraphs: Paragraph[] = [];
  #tables: { writer: TableWriter; cells: string[]; cell: string[]; repeat: number; row: number }[] =
    [];
  #items = 0;
  #skipping = 0;
  #links: { address: string; from: number }[] = [];

  constructor(builder: DocumentBuilder) {
    this.builder = builder;
  }

  open(name: string, attributes: Attributes): void {
    if (this.#skipping > 0 || this.passesOver(name, attributes)) {
      this.#skipping++;
      return;
    }
    const parts = this.#paragraphs.at(-1)?.parts;
    if (name === "p" || name === "h") {
      const level = name === "h" ? Number(attributes.get("outline-level") ?? 1) : undefined;
      this.#paragraphs.push({ parts: [], level });
    } else if (name === "list-item") this.#items++;
    else if (name === "a") {
      this.#links.push({ address: attributes.get("href") ?? "", from: parts?.length ?? 0 });
    } else {
      const blank = whiteSpace(name, attributes);
      if (blank === undefined) this.#openTable(name, attributes);
      else parts?.push(blank);
    }
  }

  protected get isSkipping(): boolean {
    return this.#skipping > 0;
  }

  protected passesOver(name: string, _attributes: Attributes): boolean {
    return passedOver.has(name);
  }

  /** @param level of a heading. */
  protected put(text: string, level: number | undefined): void {
    if (level !== undefined) this.builder.heading(level, text);
    else if (this.#items > 0) this.builder.item(text);
    else this.builder.paragraph(text);
  }

  #openTable(name: string, attributes: Attributes): void {
    if (name === "table") {
      const writer = new TableWriter(this.builder, { numbered: false, namedFrom: 3 });
      this.#tables.push({ writer, cells: [], cell: [], repeat: 1, row: 0 });
    } else if (name === "table-cell") {
      const table = this.#tables.at(-1);
      if (table) table.repeat = count(attributes.get("number-columns-repeated"));
    }
  }

  close(name: string): void {
    if (this.#skipping > 0) {
      this.#skipping--;
      return;
    }
    const table = this.#tables.at(-1);
    if (name === "p" || name === "h") this.#endParagraph();
    else if (name === "list-item") this.#items--;
    else if (name === "a") this.#endLink();
    else if (name === "table-cell" && table) {
      for (let i = 0; i < table.repeat; i++) table.cells.push(table.cell.join("\n"));
      table.cell = [];
    } else if (name === "table-row" && table) {
      table.writer.add(++table.row, table.cells);
      table.cells = [];
    } else if (name === "table") this.#tables.pop()?.writer.end();
  }

  text(piece: string): void {
    if (this.#skipping === 0) this.#paragraphs.at(-1)?.parts.push(piece.replace(/\s+/g, " "));
  }

  #endParagraph(): void {
    const paragraph = this.#paragraphs.pop();
    const text = paragraph?.parts.join("") ?? "";
    if (!paragraph || text.trim() === "") return;
    const table = this.#tables.at(-1);
    if (table) table.cell.push(text);
    else this.put(text, paragraph.level);
  }

  #endLink(): void {
    const link = this.#links.pop();
    const parts = this.#paragraphs.at(-1)?.parts;
    if (!link || !parts || !/^https?:|^mailto:/i.test(link.address)) return;
    const address = Text.cut(link.address.replace(/^mailto:/i, ""), 500);
    if (!parts.slice(link.from).join("").includes(address)) parts.push(` (${address})`);
  }
}
