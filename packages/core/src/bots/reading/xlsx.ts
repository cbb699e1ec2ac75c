import { Archive, broken } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { limits } from "./limits.ts";
import { TableWriter } from "./table.ts";
import { type Attributes, parseXml, relations, type XmlHandler } from "./xml.ts";
import { formatCell, type Format, readFormats } from "./xlsx-formats.ts";
import * as Text from "../../foundation/text/index.ts";

const workbook = "xl/workbook.xml";

interface Sheet {
  name: string;
  part: string;
}

/** A workbook of Excel: each row of each sheet that is shown, values as they look in it. */
export function readXlsx(bytes: Uint8Array, builder: DocumentBuilder): void {
  const archive = new Archive(bytes, limits.sheetInflatedBytesMax);
  const { sheets, hiddenNames, from1904 } = readWorkbook(archive);
  const strings = readStrings(archive);
  const formats = readFormats(archive);
  builder.pages(sheets.length);
  for (const { name, part } of sheets) {
    builder.at({ sheet: name });
    const table = new TableWriter(builder);
    parseXml(archive, part, new SheetReader(table, strings, formats, from1904));
    table.end();
  }
  if (hiddenNames.length > 0) {
    builder.note(`Hidden sheets were left out: ${hiddenNames.slice(0, 10).join(", ")}.`);
  }
}

function readWorkbook(archive: Archive): {
  sheets: Sheet[];
  hiddenNames: string[];
  from1904: boolean;
} {
  const targets = relations(archive, workbook);
  const sheets: Sheet[] = [];
  const hiddenNames: string[] = [];
  let from1904 = false;
  const found = parseXml(archive, workbook, {
    open(element, attributes) {
      if (element === "workbookPr") from1904 = /^(1|true)$/.test(attributes.get("date1904") ?? "");
      if (element !== "sheet") return;
      const name = Text.cut(attributes.get("name") ?? "", limits.headingMax);
      const part = targets.get(attributes.get("r:id") ?? attributes.get("id") ?? "");
      if ((attributes.get("state") ?? "visible") !== "visible") hiddenNames.push(name);
      else if (part?.type === "worksheet") sheets.push({ name, part: part.target });
    },
    close() {},
  });
  if (!found) throw broken();
  return { sheets, hiddenNames, from1904 };
}

/** Texts of cells are kept once for the whole workbook. */
function readStrings(archive: Archive): string[] {
  const strings: string[] = [];
  let parts: string[] = [];
  let inText = false;
  let phonetic = 0;
  parseXml(archive, "xl/sharedStrings.xml", {
    open(name) {
      if (name === "si") parts = [];
      else if (name === "rPh") phonetic++;
      else if (name === "t") inText = phonetic === 0;
    },
    close(name) {
      if (name === "t") inText = false;
      else if (name === "rPh") phonetic--;
      else if (name === "si") strings.push(parts.join(""));
    },
    text(piece) {
      if (inText) parts.push(piece);
    },
  });
  return strings;
}

class SheetReader implements XmlHandler {
  readonly #table: TableWriter;
  readonly #strings: string[];
  readonly #formats: Format[];
  readonly #from1904: boolean;
  #row = 0;
  #cells: string[] = [];
  #beyond: string[] = [];
  #column = 0;
  #type = "";
  #format: Format | undefined;
  #value: string[] = [];
  #inValue = false;
  #phonetic = 0;

  constructor(table: TableWriter, strings: string[], formats: Format[], from1904: boolean) {
    this.#table = table;
    this.#strings = strings;
    this.#formats = formats;
    this.#from1904 = from1904;
  }

  open(name: string, attributes: Attributes): void {
    if (name === "row") {
      this.#row = Number(attributes.get("r") ?? this.#row + 1);
      this.#cells = [];
      this.#beyond = [];
      this.#column = 0;
    } else if (name === "c") {
      this.#column = columnOf(attributes.get("r")) ?? this.#column + 1;
      this.#type = attributes.get("t") ?? "n";
      this.#format = this.#formats[Number(attributes.get("s") ?? 0)];
      this.#value = [];
    } else if (name === "rPh") this.#phonetic++;
    else if (name === "v" || name === "t") this.#inValue = this.#phonetic === 0;
  }

  close(name: string): void {
    if (name === "v" || name === "t") this.#inValue = false;
    else if (name === "rPh") this.#phonetic--;
    else if (name === "c") this.#put(this.#shown());
    else if (name === "row") this.#table.add(this.#row, [...this.#cells, ...this.#beyond]);
  }

  text(piece: string): void {
    if (this.#inValue) this.#value.push(piece);
  }

  #shown(): string {
    const raw = this.#value.join("");
    switch (this.#type) {
      case "s":
        return this.#strings[Number(raw)] ?? "";
      case "b":
        return raw === "1" ? "TRUE" : "FALSE";
      case "n":
        return formatCell(raw, this.#format, this.#from1904);
      default:
        return raw;
    }
  }

  /** A sheet has 16,384 columns; far out, their order is kept and their place is not. */
  #put(text: string): void {
    if (text === "") return;
    if (this.#column > limits.columnsMax) {
      this.#beyond.push(text);
      return;
    }
    while (this.#cells.length < this.#column - 1) this.#cells.push("");
    this.#cells[this.#column - 1] = text;
  }
}

/** `AB12` is in column 28. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? "")?.[0];
  if (!letters) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column;
}
