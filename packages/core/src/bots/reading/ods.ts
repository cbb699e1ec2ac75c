import { Archive, broken } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { limits } from "./limits.ts";
import { countWhole, followed, passedOver, refuseEncrypted, whiteSpace } from "./open-document.ts";
import { shorten } from "./plain.ts";
import { TableWriter } from "./table.ts";
import { type Attributes, firstText, parseXml, type XmlHandler } from "./xml.ts";
import { plain } from "./xlsx-formats.ts";

/** A workbook of LibreOffice and others (OpenDocument 1.3), as one of Excel is read. */
export function readOds(bytes: Uint8Array, builder: DocumentBuilder): void {
  const archive = new Archive(bytes, limits.sheetInflatedBytesMax);
  refuseEncrypted(archive);
  if (archive.has("meta.xml")) builder.title(firstText(archive, "meta.xml", "title"));
  const reader = new SheetsReader(builder);
  if (!parseXml(archive, "content.xml", reader)) throw broken();
  builder.pages(reader.sheets);
  if (reader.hiddenNames.length > 0) {
    const names = reader.hiddenNames.slice(0, 10).join(", ");
    builder.note(`Hidden sheets were left out: ${names}.`);
  }
}

interface Cell {
  /** What it holds; what it shows where that says less. */
  value: string | undefined;
  shown: string[];
  repeat: number;
}

class SheetsReader implements XmlHandler {
  sheets = 0;
  readonly hiddenNames: string[] = [];
  readonly #builder: DocumentBuilder;
  /** Of tables that are not shown. */
  readonly #hiddenStyles = new Set<string>();
  #style = "";
  #table: TableWriter | undefined;
  #row = 0;
  #repeat = 1;
  #cells: string[] = [];
  /** Far out their order is kept and their place is not. */
  #beyond: string[] = [];
  #column = 0;
  #cell: Cell | undefined;
  #paragraphs = 0;
  #skipping = 0;

  constructor(builder: DocumentBuilder) {
    this.#builder = builder;
  }

  open(name: string, attributes: Attributes): void {
    if (this.#skipping > 0 || passedOver.has(name)) {
      this.#skipping++;
      return;
    }
    const blank = whiteSpace(name, attributes);
    if (blank !== undefined) this.#cell?.shown.push(blank);
    else if (name === "p") this.#openParagraph();
    else if (name === "style") this.#style = attributes.get("name") ?? "";
    else if (name === "table-properties" && attributes.get("display") === "false") {
      this.#hiddenStyles.add(this.#style);
    } else if (name === "table") this.#openTable(attributes);
    else if (name === "table-row") {
      this.#repeat = countWhole(attributes.get("number-rows-repeated"));
      [this.#cells, this.#beyond, this.#column] = [[], [], 0];
    } else if (name === "table-cell" || name === "covered-table-cell") {
      const repeat = countWhole(attributes.get("number-columns-repeated"));
      this.#cell = { value: valueOf(attributes), shown: [], repeat };
    }
  }

  close(name: string): void {
    if (this.#skipping > 0) {
      this.#skipping--;
      return;
    }
    if (name === "p") this.#paragraphs--;
    else if (name === "table-cell" || name === "covered-table-cell") this.#endCell();
    else if (name === "table-row") this.#endRow();
    else if (name === "table") {
      this.#table?.end();
      this.#table = undefined;
    }
  }

  text(piece: string): void {
    const isText = this.#skipping === 0 && this.#paragraphs > 0;
    if (isText) this.#cell?.shown.push(piece.replace(/\s+/g, " "));
  }

  #openParagraph(): void {
    if (this.#cell && this.#cell.shown.length > 0) this.#cell.shown.push("\n");
    this.#paragraphs++;
  }

  #openTable(attributes: Attributes): void {
    const name = shorten(attributes.get("table:name") ?? "", limits.headingMax);
    if (this.#hiddenStyles.has(attributes.get("style-name") ?? "")) {
      this.hiddenNames.push(name);
      return;
    }
    this.sheets++;
    this.#row = 0;
    this.#builder.at({ sheet: name });
    this.#table = new TableWriter(this.#builder);
  }

  #endCell(): void {
    const { value, shown, repeat } = this.#cell ?? { value: "", shown: [], repeat: 1 };
    this.#cell = undefined;
    const text = value ?? shown.join("");
    // Blank ones are said to repeat to the end of the sheet.
    for (let i = 0; text !== "" && i < followed(repeat); i++) {
      const column = this.#column + i;
      if (column >= limits.columnsMax) this.#beyond.push(text);
      else {
        while (this.#cells.length < column) this.#cells.push("");
        this.#cells[column] = text;
      }
    }
    this.#column += repeat;
  }

  #endRow(): void {
    const cells = [...this.#cells, ...this.#beyond];
    if (cells.length > 0) {
      for (let i = 1; i <= followed(this.#repeat); i++) this.#table?.add(this.#row + i, cells);
    }
    this.#row += this.#repeat;
  }
}

/** What a cell holds: numbers as they are, dates as ISO 8601; `undefined` where its text says it. */
function valueOf(attributes: Attributes): string | undefined {
  const number = Number(attributes.get("office:value") ?? Number.NaN);
  switch (attributes.get("value-type")) {
    case "date":
      return attributes.get("date-value")?.replace("T", " ");
    case "boolean":
      return attributes.get("boolean-value")?.toUpperCase();
    case "percentage":
      return Number.isFinite(number) ? `${plain(number * 100)}%` : undefined;
    case "currency":
      return Number.isFinite(number)
        ? [plain(number), attributes.get("currency") ?? ""].join(" ").trim()
        : undefined;
    case "float":
      return attributes.get("office:value");
    default:
      return undefined;
  }
}
