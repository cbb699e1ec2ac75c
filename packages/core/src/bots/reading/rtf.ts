import { broken } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { limits } from "./limits.ts";
import { TableWriter } from "./table.ts";
import { tooDeep } from "./xml.ts";

/** Groups that hold no text of the document. */
const destinations = new Set(
  "fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf listtable listoverridetable rsidtbl generator themedata colorschememapping datastore latentstyles fldinst bkmkstart bkmkend xmlnstbl filetbl revtbl pgdsctbl template shppict nonshppict".split(
    " ",
  ),
);

/** Windows' character sets by the number that a font table gives (`\fcharset`). */
const charsets: Record<number, string> = {
  0: "windows-1252",
  77: "macintosh",
  128: "shift_jis",
  129: "euc-kr",
  134: "gb18030",
  136: "big5",
  161: "windows-1253",
  162: "windows-1254",
  163: "windows-1258",
  177: "windows-1255",
  178: "windows-1256",
  186: "windows-1257",
  204: "windows-1251",
  222: "windows-874",
  238: "windows-1250",
};

const codePages: Record<number, string> = {
  932: "shift_jis",
  936: "gb18030",
  949: "euc-kr",
  950: "big5",
  874: "windows-874",
  10000: "macintosh",
  65001: "utf-8",
};

const signs = new Map(
  Object.entries({
    tab: "\t",
    line: "\n",
    emdash: "—",
    endash: "–",
    lquote: "‘",
    rquote: "’",
    ldblquote: "“",
    rdblquote: "”",
    bullet: "•",
    emspace: " ",
    enspace: " ",
    "~": " ",
    _: "-",
  }),
);

/** Rich Text Format 1.9.1. */
export function readRtf(bytes: Uint8Array, builder: DocumentBuilder): void {
  new RtfReader(bytes, builder).read();
}

interface Group {
  skipped: boolean;
  encoding: string;
  /** Characters that stand for one of Unicode for old readers. */
  fallback: number;
  hidden: boolean;
  inFonts: boolean;
}

class RtfReader {
  readonly #source: string;
  readonly #builder: DocumentBuilder;
  #at = 0;
  #groups: Group[] = [];
  #group: Group = {
    skipped: false,
    encoding: "windows-1252",
    fallback: 1,
    hidden: false,
    inFonts: false,
  };
  #ansi = "windows-1252";
  #fonts = new Map<number, string>();
  #font = 0;
  #parts: string[] = [];
  /** Bytes of a character that may not be whole yet. */
  #bytes: number[] = [];
  #pass = 0;
  #outline: number | undefined;
  #inTable = false;
  #cells: string[] = [];
  #table: TableWriter | undefined;
  #row = 0;

  constructor(bytes: Uint8Array, builder: DocumentBuilder) {
    this.#source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    this.#builder = builder;
  }

  read(): void {
    while (this.#at < this.#source.length) this.#token();
    this.#endParagraph();
    this.#endTable();
    if (this.#groups.length > 0 && this.#builder.isEmpty) throw broken();
  }

  #token(): void {
    const char = this.#source[this.#at++] ?? "";
    if (char === "{") {
      if (this.#groups.length >= limits.depthMax) throw tooDeep();
      this.#decode();
      this.#groups.push(this.#group);
      this.#group = { ...this.#group };
    } else if (char === "}") {
      this.#decode();
      this.#group = this.#groups.pop() ?? this.#group;
    } else if (char === "\\") this.#control();
    else if (char !== "\r" && char !== "\n") this.#byte(char.charCodeAt(0));
  }

  #control(): void {
    const char = this.#source[this.#at] ?? "";
    if (!isLetter(char)) return this.#symbol(char);
    const start = this.#at;
    while (isLetter(this.#source[this.#at])) this.#at++;
    const word = this.#source.slice(start, Math.min(this.#at, start + 32));
    const number = this.#number();
    if (this.#source[this.#at] === " ") this.#at++;
    if (word === "bin") this.#at += Math.max(0, number ?? 0);
    else this.#word(word, number);
  }

  #number(): number | undefined {
    const start = this.#at;
    if (this.#source[this.#at] === "-") this.#at++;
    while (isDigit(this.#source[this.#at])) this.#at++;
    const text = this.#source.slice(start, Math.min(this.#at, start + 11));
    return /\d/.test(text) ? Number(text) : undefined;
  }

  #symbol(char: string): void {
    this.#at++;
    if (char === "'") {
      const code = Number.parseInt(this.#source.slice(this.#at, this.#at + 2), 16);
      this.#at += 2;
      if (!Number.isNaN(code)) this.#byte(code);
    } else if (char === "*") this.#group.skipped = true;
    else if (char === "\n" || char === "\r") this.#endParagraph();
    else if (char === "\\" || char === "{" || char === "}") this.#byte(char.charCodeAt(0));
    else this.#text(signs.get(char) ?? "");
  }

  #word(word: string, number: number | undefined): void {
    const sign = signs.get(word);
    if (sign) return this.#text(sign);
    if (destinations.has(word)) {
      this.#group.skipped = true;
      this.#group.inFonts = word === "fonttbl";
      return;
    }
    if (word === "u" && number !== undefined) {
      this.#text(String.fromCharCode(number & 0xffff));
      this.#pass = this.#group.fallback;
    } else if (word === "uc") this.#group.fallback = Math.min(Math.max(number ?? 1, 0), 10);
    else if (word === "par" || word === "sect" || word === "page") this.#endParagraph();
    else if (word === "pard") {
      this.#outline = undefined;
      this.#inTable = false;
    } else if (word === "outlinelevel") this.#outline = number;
    else if (word === "intbl") this.#inTable = true;
    else if (word === "cell") this.#endCell();
    else if (word === "row") this.#endRow();
    else if (word === "v" || word === "deleted") this.#group.hidden = number !== 0;
    else if (word === "plain") this.#group.hidden = false;
    else this.#encodingWord(word, number);
  }

  #encodingWord(word: string, number: number | undefined): void {
    if (number === undefined) return;
    if (word === "ansicpg") {
      this.#ansi =
        codePages[number] ?? (number >= 1250 && number <= 1258 ? `windows-${number}` : this.#ansi);
      this.#group.encoding = this.#ansi;
    } else if (word === "f" && this.#group.inFonts) this.#font = number;
    else if (word === "fcharset" && this.#group.inFonts) {
      const encoding = charsets[number];
      // Charset 0 says "as the file's code page".
      if (encoding && number !== 0) this.#fonts.set(this.#font, encoding);
    } else if (word === "f") {
      this.#decode();
      this.#group.encoding = this.#fonts.get(number) ?? this.#ansi;
    }
  }

  #byte(code: number): void {
    if (this.#pass > 0) {
      this.#pass--;
      return;
    }
    if (this.#group.skipped || this.#group.hidden) return;
    this.#bytes.push(code);
    if (this.#bytes.length >= 4_096 && code < 0x80) this.#decode();
  }

  #text(text: string): void {
    if (this.#group.skipped || this.#group.hidden) return;
    this.#decode();
    this.#parts.push(text);
  }

  #decode(): void {
    if (this.#bytes.length === 0) return;
    this.#parts.push(new TextDecoder(this.#group.encoding).decode(Uint8Array.from(this.#bytes)));
    this.#bytes = [];
  }

  #take(): string {
    this.#decode();
    const text = this.#parts.join("");
    this.#parts = [];
    return text;
  }

  #endParagraph(): void {
    if (this.#group.skipped) return;
    if (this.#inTable) return this.#text("\n");
    const text = this.#take();
    if (text.trim() === "") return;
    this.#endTable();
    const level = this.#outline;
    if (level !== undefined && level >= 0 && level < 9) this.#builder.heading(level + 1, text);
    else this.#builder.paragraph(text);
  }

  #endCell(): void {
    if (!this.#group.skipped) this.#cells.push(this.#take());
  }

  #endRow(): void {
    if (this.#group.skipped || this.#cells.length === 0) return;
    this.#table ??= new TableWriter(this.#builder, { numbered: false, namedFrom: 3 });
    this.#table.add(++this.#row, this.#cells);
    this.#cells = [];
    this.#inTable = false;
  }

  #endTable(): void {
    this.#table?.end();
    this.#table = undefined;
    this.#row = 0;
  }
}

const isLetter = (char: string | undefined): boolean =>
  char !== undefined && ((char >= "a" && char <= "z") || (char >= "A" && char <= "Z"));
const isDigit = (char: string | undefined): boolean =>
  char !== undefined && char >= "0" && char <= "9";
