import type { DocumentBuilder } from "./builder.ts";
import { limits } from "./limits.ts";
import { TableWriter } from "./table.ts";

/** Tables within one another beyond this are read as paragraphs. */
const nestingMax = 20;
/** A cell may claim to span any number of columns. */
const spanMax = 50;
/** A first row of fewer columns, not marked as headings, is taken for data: "Opens | nine". */
const namedFrom = 3;

interface Table {
  writer: TableWriter | undefined;
  cells: string[];
  headers: number;
  span: number;
  inCell: boolean;
  isHeader: boolean;
  row: number;
  layout: boolean;
}

/** The tables around the present place of a page. */
export class HtmlTables {
  readonly #builder: DocumentBuilder;
  #open: Table[] = [];
  /** Tables too deep to be kept; their end tags are counted. */
  #beyond = 0;

  constructor(builder: DocumentBuilder) {
    this.#builder = builder;
  }

  get isOpen(): boolean {
    return this.#open.length > 0 && this.#beyond === 0;
  }
  get inCell(): boolean {
    return this.isOpen && this.#open.at(-1)?.inCell === true;
  }
  /** Whether the table arranges a page and holds no data: headings or tables are in its cells. */
  get isLayout(): boolean {
    return this.#open.at(-1)?.layout === true;
  }

  begin(): void {
    if (this.#open.length >= nestingMax) {
      this.#beyond++;
      return;
    }
    this.makeLayout();
    this.#open.push({
      writer: undefined,
      cells: [],
      headers: 0,
      span: 1,
      inCell: false,
      isHeader: false,
      row: 0,
      layout: false,
    });
  }

  makeLayout(): void {
    const table = this.#open.at(-1);
    if (!table || table.layout) return;
    table.layout = true;
    this.#write(table);
    table.writer?.end();
    table.writer = undefined;
  }

  cell(isHeader: boolean, span: number): void {
    const table = this.#open.at(-1);
    if (!table) return;
    table.inCell = true;
    table.isHeader = isHeader;
    table.span = Number.isInteger(span) && span > 1 ? Math.min(span, spanMax) : 1;
  }

  endCell(text: string): void {
    const table = this.#open.at(-1);
    if (!table) return;
    table.inCell = false;
    if (table.layout) return;
    if (table.isHeader) table.headers++;
    table.cells.push(text);
    // A name over several columns is that of each; a value is said once.
    for (let i = 1; i < table.span && table.cells.length < limits.columnsMax; i++) {
      table.cells.push(table.isHeader ? text : "");
    }
  }

  row(): void {
    const table = this.#open.at(-1);
    if (table) this.#write(table);
  }

  end(): void {
    if (this.#beyond > 0) {
      this.#beyond--;
      return;
    }
    const table = this.#open.pop();
    if (!table) return;
    this.#write(table);
    table.writer?.end();
  }

  endAll(): void {
    this.#beyond = 0;
    while (this.#open.length > 0) this.end();
  }

  #write(table: Table): void {
    const { cells, headers } = table;
    table.cells = [];
    table.headers = 0;
    if (cells.length === 0) return;
    const names = headers > 0 && headers >= cells.length - 1 ? cells : undefined;
    if (!table.writer && names && cells.length > 1) {
      table.writer = new TableWriter(this.#builder, { names, numbered: false });
      return;
    }
    table.writer ??= new TableWriter(this.#builder, { numbered: false, namedFrom });
    table.writer.add(++table.row, cells);
  }
}
