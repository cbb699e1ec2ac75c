/** A line of a page as it is set. Lengths are in points, from the lower left. */
export interface Line {
  text: string;
  x: number;
  y: number;
  /** Of its largest letter. */
  size: number;
  /** Where it ends. */
  right: number;
}

export interface PageBlock {
  text: string;
  /** Of a heading, by the size of its letters. */
  level?: number;
}

/** Which size of letters the text of a file is set in: that of most of it so far. */
export class PdfFonts {
  readonly #lengths = new Map<number, number>();

  add(lines: Line[]): void {
    for (const { size, text } of lines) {
      const key = Math.round(size * 2) / 2;
      this.#lengths.set(key, (this.#lengths.get(key) ?? 0) + text.length);
    }
  }

  get body(): number {
    let [best, most] = [0, 0];
    for (const [size, length] of this.#lengths) if (length > most) [best, most] = [size, length];
    return best;
  }
}

const headingLengthMax = 150;

/**
 * Puts a page's lines together to paragraphs: a gap, another size of letters or another column ends
 * one. A line that is one of `titles` stands alone.
 */
export function pageBlocks(
  lines: Line[],
  fonts: PdfFonts,
  titles: Set<string>,
  plain: (text: string) => string,
): PageBlock[] {
  fonts.add(lines);
  const body = fonts.body;
  const right = Math.max(0, ...lines.map((line) => line.right));
  const blocks: PageBlock[] = [];
  let open: Line[] = [];
  const flush = () => {
    const [first] = open;
    if (first) blocks.push(blockOf(open, body, right));
    open = [];
  };
  for (const line of lines) {
    const last = open.at(-1);
    const isTitle = titles.has(plain(line.text));
    if (last && (isTitle || endsParagraph(last, line))) flush();
    open.push(line);
    if (isTitle) flush();
  }
  flush();
  return blocks;
}

function endsParagraph(last: Line, line: Line): boolean {
  const gap = last.y - line.y;
  const size = Math.max(last.size, line.size);
  if (Math.abs(last.size - line.size) > size * 0.15) return true;
  // Upwards: a new column.
  return gap > size * 1.9 || gap < -size;
}

function blockOf(lines: Line[], body: number, right: number): PageBlock {
  const text = join(lines, right);
  const size = lines[0]?.size ?? 0;
  const ratio = body > 0 ? size / body : 1;
  if (ratio < 1.15 || text.length > headingLengthMax || !/\p{L}/u.test(text)) return { text };
  return { text, level: ratio >= 1.8 ? 1 : ratio >= 1.4 ? 2 : 3 };
}

const isEastAsian = (char: string | undefined): boolean =>
  char !== undefined && /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}、。，．「」（）ー]/u.test(char);

/** Lines that were broken to fit are one again; those that end early are lines of their own. */
function join(lines: Line[], right: number): string {
  let text = "";
  for (const [i, line] of lines.entries()) {
    const last = lines[i - 1];
    if (!last) {
      text = line.text;
      continue;
    }
    const left = Math.min(last.x, line.x);
    const isShort = last.right - left < (right - left) * 0.7;
    if (isEastAsian(last.text.at(-1)) && isEastAsian(line.text[0]) && !isShort) text += line.text;
    else if (/\p{Ll}[-\u2010]$/u.test(last.text.slice(-3)) && /^\p{Ll}/u.test(line.text)) {
      text = text.slice(0, -1) + line.text;
    } else text += (isShort ? "\n" : " ") + line.text;
  }
  return text;
}
