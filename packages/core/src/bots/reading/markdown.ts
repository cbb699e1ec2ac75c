import type { DocumentBuilder } from "./builder.ts";
import { TableWriter } from "./table.ts";

/**
 * Markdown by its lines: headings, fenced and indented code, lists, tables and paragraphs. Marks
 * within a line stay as they are written; models read them well.
 */
export function readMarkdown(source: string, builder: DocumentBuilder): void {
  new MarkdownReader(source.split("\n"), builder).read();
}

class MarkdownReader {
  readonly #lines: string[];
  readonly #builder: DocumentBuilder;
  #at = 0;
  #open: string[] = [];
  #isItem = false;

  constructor(lines: string[], builder: DocumentBuilder) {
    this.#lines = lines;
    this.#builder = builder;
  }

  read(): void {
    this.#frontMatter();
    while (this.#at < this.#lines.length) this.#line();
    this.#flush();
  }

  #line(): void {
    const line = this.#lines[this.#at] ?? "";
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence) return this.#fenced(fence);
    if (/^ {0,3}\|?.*\|/.test(line) && isTableRule(this.#lines[this.#at + 1])) return this.#table();
    this.#at++;
    const heading = headingOf(line);
    if (heading) {
      this.#flush();
      this.#builder.heading(heading.level, heading.text);
    } else if (this.#open.length > 0 && !this.#isItem && isUnderline(line)) {
      const text = this.#open.join(" ");
      this.#open = [];
      this.#builder.heading(line.trimStart().startsWith("=") ? 1 : 2, text);
    } else if (line.trim() === "") this.#flush();
    else {
      // An item may be of several lines; the next begins where the next mark is.
      if (isItemMark(line)) {
        this.#flush();
        this.#isItem = true;
      }
      this.#open.push(line);
    }
  }

  #flush(): void {
    if (this.#open.length > 0) {
      const text = this.#open.join("\n");
      if (this.#isItem) this.#builder.item(text);
      else this.#builder.paragraph(text);
    }
    this.#open = [];
    this.#isItem = false;
  }

  #fenced(fence: string): void {
    this.#flush();
    const body: string[] = [];
    this.#at++;
    while (this.#at < this.#lines.length) {
      const line = (this.#lines[this.#at++] ?? "").trimEnd();
      if (line.trimStart().startsWith(fence) && isOnly(line.trim(), fence[0] ?? "")) break;
      body.push(line);
    }
    this.#builder.code(body.join("\n"));
  }

  #table(): void {
    this.#flush();
    const first = this.#at;
    const table = new TableWriter(this.#builder, {
      names: cellsOf(this.#lines[first] ?? ""),
      numbered: false,
    });
    this.#at += 2;
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at] ?? "";
      if (!line.includes("|") || line.trim() === "") break;
      table.add(this.#at - first, cellsOf(line));
      this.#at++;
    }
    table.end();
  }

  /** A block of `name: value` lines between `---` at the very top. */
  #frontMatter(): void {
    if (this.#lines[0]?.trimEnd() !== "---") return;
    const end = this.#lines.findIndex(
      (line, i) => i > 0 && i < 200 && /^(---|\.\.\.)\s*$/.test(line),
    );
    if (end === -1) return;
    const body = this.#lines.slice(1, end);
    const title = body.find((line) => /^title:/i.test(line))?.slice("title:".length);
    if (title) this.#builder.title(title.trim().replace(/^(["'])(.*)\1$/, "$2"));
    this.#builder.paragraph(body.join("\n"));
    this.#at = end + 1;
  }
}

function headingOf(line: string): { level: number; text: string } | undefined {
  const marks = /^ {0,3}(#{1,6})(?:\s|$)/.exec(line);
  if (!marks?.[1]) return undefined;
  const text = line.slice(marks[0].length).trim();
  let end = text.length;
  while (text[end - 1] === "#") end--;
  const closed = end < text.length && (end === 0 || text[end - 1] === " ");
  return { level: marks[1].length, text: closed ? text.slice(0, end) : text };
}

const isUnderline = (line: string): boolean => {
  const text = line.trim();
  return /^ {0,3}[=-]/.test(line) && (isOnly(text, "=") || (text.length > 1 && isOnly(text, "-")));
};

const isItemMark = (line: string): boolean => /^\s{0,12}(?:[-*+]|\d{1,9}[.)])\s/.test(line);

const isTableRule = (line: string | undefined): boolean =>
  line !== undefined && line.includes("-") && line.includes("|") && /^[\s|:-]+$/.test(line);

/** Whether a text is one character over and over. */
function isOnly(text: string, char: string): boolean {
  for (const each of text) if (each !== char) return false;
  return text !== "";
}

/** The cells of a table's line; `\|` is no border. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let cell = "";
  const text = line.trim();
  for (let i = text.startsWith("|") ? 1 : 0; i < text.length; i++) {
    if (text[i] === "\\" && text[i + 1] === "|") {
      cell += "|";
      i++;
    } else if (text[i] === "|") {
      cells.push(cell.trim());
      cell = "";
    } else cell += text[i];
  }
  if (cell.trim() !== "") cells.push(cell.trim());
  return cells;
}
