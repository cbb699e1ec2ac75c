import type { DocumentBuilder } from "./builder.ts";
import { limits } from "./limits.ts";
import { oneLine, shorten } from "./plain.ts";

/** Rows that are looked at to tell a table's title from its headings. */
const headMax = 20;

/** The parts of a table as people make them: lines of title above, then headings, then rows. */
interface Head {
  titles: string[];
  names: string[];
  /** Rows that belong to the head. */
  length: number;
}

/**
 * Takes a table's rows one after the other and gives each as a block, every value under its
 * column's name. Only the first rows are held back, until the headings are known.
 */
export class TableWriter {
  readonly #builder: DocumentBuilder;
  readonly #numbered: boolean;
  readonly #namedFrom: number;
  #head: Head | undefined;
  #first: { row: number; cells: string[] }[] = [];
  #known: string[] | undefined;
  #only: string[] | undefined;
  #hasRows = false;

  /**
   * @param options.names where the columns' names are marked as such in the source.
   * @param options.numbered whether a reader of the file sees rows by number.
   * @param options.namedFrom so many columns make a first row one of names where none is marked.
   */
  constructor(
    builder: DocumentBuilder,
    options: { names?: string[]; numbered?: boolean; namedFrom?: number } = {},
  ) {
    this.#builder = builder;
    this.#namedFrom = options.namedFrom ?? 1;
    this.#known = options.names;
    this.#numbered = options.numbered ?? true;
  }

  add(row: number, cells: string[]): void {
    const texts = cells.map((cell) => oneLine(cell));
    if (texts.every((text) => text === "")) return;
    if (this.#head) return this.#write(row, texts);
    this.#first.push({ row, cells: texts });
    if (this.#known || this.#first.length >= headMax) this.#begin();
  }

  end(): void {
    if (!this.#head) this.#begin();
    // A table of headings only still says something.
    if (!this.#hasRows && this.#only) this.#builder.row(this.#only.filter(Boolean).join("; "));
  }

  #begin(): void {
    const head = this.#known
      ? { titles: [], names: this.#known.map(columnName), length: 0 }
      : headOf(
          this.#first.map(({ cells }) => cells),
          this.#namedFrom,
        );
    this.#head = head;
    for (const title of head.titles) this.#builder.paragraph(title);
    for (const { row, cells } of this.#first.slice(head.length)) this.#write(row, cells);
    this.#only = head.names;
    this.#first = [];
  }

  #write(row: number, cells: string[]): void {
    this.#hasRows = true;
    const names = this.#head?.names ?? [];
    const parts = cells.slice(0, limits.columnsMax).flatMap((cell, i) => {
      if (cell === "") return [];
      return [names[i] ? `${names[i]}: ${cell}` : cell];
    });
    const beyond = cells.slice(limits.columnsMax).filter(Boolean);
    this.#builder.row([...parts, ...beyond].join("; "), this.#numbered ? row : undefined);
  }
}

const columnName = (text: string): string => shorten(oneLine(text), limits.columnNameMax);

/**
 * Which of the first rows name the columns: the first that is as wide as most. What stands above in
 * fewer cells is the table's title. A table without a row of names keeps all its rows.
 */
function headOf(rows: string[][], namedFrom: number): Head {
  const widths = rows.map((cells) => cells.filter(Boolean).length);
  const wide = usual(widths);
  if (wide < namedFrom) return { titles: [], names: [], length: 0 };
  const at = widths.findIndex((width) => width >= Math.max(2, Math.ceil(wide * 0.6)));
  if (wide < 2) return oneColumn(rows);
  const names = rows[at] ?? [];
  const titles = rows.slice(0, at).map((cells) => cells.filter(Boolean).join(" "));
  if (!namesColumns(names, rows.slice(at + 1))) return { titles, names: [], length: at };
  return { titles, names: names.map(columnName), length: at + 1 };
}

/** A list of one column: its first line is its name if others follow. */
function oneColumn(rows: string[][]): Head {
  const [first = [], second = []] = rows;
  const isName = second.findIndex(Boolean) === first.findIndex(Boolean);
  const names = isName && first.join("").length <= limits.columnNameMax ? first : [];
  return { titles: [], names: names.map(columnName), length: names.length > 0 ? 1 : 0 };
}

/** Names are not numbers; a first row like all others, of numbers, is data. */
function namesColumns(names: string[], below: string[][]): boolean {
  if (below.length === 0) return true;
  return !names.filter(Boolean).every((name) => /^[-+]?[\d.,:%\s/]+$/.test(name));
}

function usual(widths: number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  const [best] = [...counts].toSorted(([a, m], [b, n]) => n - m || b - a);
  return best?.[0] ?? 0;
}
