import { Archive, broken, encrypted } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { TableWriter } from "./table.ts";
import { type Attributes, firstText, parseXml, type XmlHandler } from "./xml.ts";
import { Text } from "../../foundation/text/index.ts";

/** A text of LibreOffice and others (OpenDocument 1.3). */
export function readOdt(bytes: Uint8Array, builder: DocumentBuilder): void {
  const archive = new Archive(bytes);
  if (isEncrypted(archive)) throw encrypted();
  if (archive.has("meta.xml")) builder.title(firstText(archive, "meta.xml", "title"));
  if (!parseXml(archive, "content.xml", new OdtReader(builder))) throw broken();
}

/** Its parts are enciphered one by one; the manifest says so. */
function isEncrypted(archive: Archive): boolean {
  let found = false;
  parseXml(archive, "META-INF/manifest.xml", {
    open(name) {
      if (name === "encryption-data") found = true;
    },
    close() {},
  });
  return found;
}

interface Paragraph {
  parts: string[];
  level: number | undefined;
}

const passedOver = new Set(["tracked-changes", "annotation", "annotation-end", "note-citation"]);
/** Cells and blanks may be said to repeat any number of times. */
const repeatMax = 50;

class OdtReader implements XmlHandler {
  readonly #builder: DocumentBuilder;
  #paragraphs: Paragraph[] = [];
  #tables: { writer: TableWriter; cells: string[]; cell: string[]; repeat: number; row: number }[] =
    [];
  #items = 0;
  #skipping = 0;
  #links: { address: string; from: number }[] = [];

  constructor(builder: DocumentBuilder) {
    this.#builder = builder;
  }

  open(name: string, attributes: Attributes): void {
    if (this.#skipping > 0 || passedOver.has(name)) {
      this.#skipping++;
      return;
    }
    const parts = this.#paragraphs.at(-1)?.parts;
    if (name === "p" || name === "h") {
      const level = name === "h" ? Number(attributes.get("outline-level") ?? 1) : undefined;
      this.#paragraphs.push({ parts: [], level });
    } else if (name === "s") parts?.push(" ".repeat(count(attributes.get("c"))));
    else if (name === "tab") parts?.push("\t");
    else if (name === "line-break") parts?.push("\n");
    else if (name === "list-item") this.#items++;
    else if (name === "a") {
      this.#links.push({ address: attributes.get("href") ?? "", from: parts?.length ?? 0 });
    } else this.#openTable(name, attributes);
  }

  #openTable(name: string, attributes: Attributes): void {
    if (name === "table") {
      const writer = new TableWriter(this.#builder, { numbered: false, namedFrom: 3 });
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
    else if (paragraph.level !== undefined) this.#builder.heading(paragraph.level, text);
    else if (this.#items > 0) this.#builder.item(text);
    else this.#builder.paragraph(text);
  }

  #endLink(): void {
    const link = this.#links.pop();
    const parts = this.#paragraphs.at(-1)?.parts;
    if (!link || !parts || !/^https?:|^mailto:/i.test(link.address)) return;
    const address = Text.cut(link.address.replace(/^mailto:/i, ""), 500);
    if (!parts.slice(link.from).join("").includes(address)) parts.push(` (${address})`);
  }
}

function count(raw: string | undefined): number {
  const value = Number(raw ?? 1);
  return Number.isInteger(value) && value > 0 ? Math.min(value, repeatMax) : 1;
}
