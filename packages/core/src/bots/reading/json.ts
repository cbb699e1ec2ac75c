import type { DocumentBuilder } from "./builder.ts";
import { limits } from "./limits.ts";
import { shorten } from "./plain.ts";
import { Unreadable } from "../../ports/index.ts";

/** A block of short values is kept together up to about this. */
const blockLength = 1_000;
/** Of the names above a value that are given with it. */
const namesMax = 6;
const nameMax = 60;

/**
 * JSON as people keep it: comments and commas at the end of a list are passed over, names may occur
 * twice, numbers are given as they are written, and several values may follow one another (JSON
 * lines). Each element of an outer list is a record of its own; each value stands under its path.
 */
export function readJson(source: string, builder: DocumentBuilder): void {
  new JsonReader(source, builder).read();
}

interface Level {
  kind: "[" | "{";
  named: boolean;
  /** Whether each element is a record: the outermost list, or one right in the outermost object. */
  records: boolean;
  /** Whether one of them was a list or an object: scalars stay with what is around. */
  hasRecords: boolean;
}

class JsonReader {
  readonly #source: string;
  readonly #builder: DocumentBuilder;
  #at = 0;
  #levels: Level[] = [];
  /** Names above, shortened. */
  #path: string[] = [];
  #lines: string[] = [];
  #linesLength = 0;
  #record = 0;

  constructor(source: string, builder: DocumentBuilder) {
    this.#source = source;
    this.#builder = builder;
  }

  read(): void {
    this.#skip();
    while (this.#at < this.#source.length) {
      this.#value(undefined);
      while (this.#levels.length > 0) this.#member();
      this.#flush();
      this.#skip();
      // JSON lines have no commas; files that were cut together may.
      if (this.#source[this.#at] === ",") this.#at++;
      this.#skip();
    }
  }

  /** One step inside the innermost list or object. */
  #member(): void {
    this.#skip();
    const level = this.#levels.at(-1);
    const char = this.#source[this.#at];
    if (!level) return;
    if (char === ",") {
      this.#at++;
      return;
    }
    if (char === (level.kind === "[" ? "]" : "}")) return this.#close(level);
    if (level.kind === "[") return this.#value(undefined);
    const name = char === '"' ? this.#string() : this.#bare();
    this.#skip();
    if (this.#source[this.#at] !== ":") this.#fail("a colon is missing after a name");
    this.#at++;
    this.#skip();
    this.#value(name);
  }

  #close(level: Level): void {
    this.#at++;
    this.#levels.pop();
    if (level.named) this.#path.pop();
    const above = this.#levels.at(-1);
    if (above?.records || level.hasRecords || this.#levels.length === 0) this.#flush();
  }

  #value(name: string | undefined): void {
    const char = this.#source[this.#at];
    if (char === "{" || char === "[") return this.#open(char, name);
    if (char === undefined) this.#fail("it breaks off");
    const text = char === '"' ? this.#string() : this.#bare();
    if (text !== "null" || char === '"') this.#scalar(name, text);
    if (this.#levels.length === 1 && this.#levels[0]?.records) this.#flush();
  }

  #open(kind: "[" | "{", name: string | undefined): void {
    const above = this.#levels.at(-1);
    if (this.#levels.length >= limits.depthMax) {
      throw new Unreadable(
        "too_deep",
        `It is nested more than ${limits.depthMax} levels deep. Flatten it, then upload it again.`,
      );
    }
    const outer = this.#levels.length === 0 || (this.#levels.length === 1 && above?.kind === "{");
    const records = kind === "[" && outer;
    if (above?.records) {
      this.#flush();
      above.hasRecords = true;
    }
    this.#at++;
    this.#levels.push({ kind, named: name !== undefined, records, hasRecords: false });
    if (name !== undefined) this.#path.push(shorten(name, nameMax));
  }

  #scalar(name: string | undefined, text: string): void {
    const shown = this.#path.slice(-namesMax);
    if (name !== undefined) shown.push(shorten(name, nameMax));
    const line = shown.length === 0 ? text : `${shown.join(".")}: ${text}`;
    if (this.#linesLength + line.length > blockLength) this.#flush();
    this.#lines.push(line);
    this.#linesLength += line.length + 1;
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    this.#builder.row(this.#lines.join("\n"), ++this.#record);
    this.#lines = [];
    this.#linesLength = 0;
  }

  #string(): string {
    const start = this.#at++;
    for (;;) {
      const char = this.#source[this.#at];
      if (char === undefined) this.#fail("a text in quotes is never closed");
      if (char === '"') break;
      this.#at += char === "\\" ? 2 : 1;
    }
    this.#at++;
    return this.#unescape(this.#source.slice(start + 1, this.#at - 1));
  }

  #unescape(raw: string): string {
    if (!raw.includes("\\")) return raw;
    return raw.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_all, escape: string) => {
      if (escape.length > 1) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
      return escapes.get(escape) ?? escape;
    });
  }

  /** A number, a word, or a name without quotes, as it is written. */
  #bare(): string {
    const start = this.#at;
    while (isBare(this.#source[this.#at])) this.#at++;
    if (this.#at === start)
      this.#fail(`${JSON.stringify(this.#source[start] ?? "")} is unexpected`);
    return this.#source.slice(start, this.#at);
  }

  /** White space and comments. */
  #skip(): void {
    for (;;) {
      while (isBlank(this.#source[this.#at])) this.#at++;
      if (this.#source.startsWith("//", this.#at) || this.#source[this.#at] === "#") {
        const end = this.#source.indexOf("\n", this.#at);
        this.#at = end === -1 ? this.#source.length : end;
      } else if (this.#source.startsWith("/*", this.#at)) {
        const end = this.#source.indexOf("*/", this.#at + 2);
        if (end === -1) this.#fail("a comment is never closed");
        this.#at = end + 2;
      } else return;
    }
  }

  #fail(what: string): never {
    const line = this.#source.slice(0, this.#at).split("\n").length;
    throw new Unreadable(
      "broken",
      `It is not valid JSON: ${what} in line ${line}. Correct it, then upload it again.`,
    );
  }
}

const escapes = new Map(Object.entries({ n: "\n", t: "\t", r: "\n", b: " ", f: " " }));
const isBlank = (char: string | undefined) =>
  char === " " || char === "\n" || char === "\r" || char === "\t";
const isBare = (char: string | undefined) => char !== undefined && /[\w.+\-$]/.test(char);
