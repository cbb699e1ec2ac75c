import { QuoteType, Tokenizer } from "htmlparser2";
import type { DocumentBuilder } from "./builder.ts";
import {
  blocks,
  empty,
  endedBy,
  inline,
  preformatted,
  surroundingRoles,
  surroundings,
  unseen,
} from "./html-elements.ts";
import { HtmlTables } from "./html-tables.ts";
import { oneLine } from "./plain.ts";
import * as Text from "../../foundation/text/index.ts";

export interface HtmlOptions {
  /** Where the page came from: links of it are made whole. */
  url?: string;
  /** Without navigation and the like, of `<main>` only where there is one. */
  mainOnly?: boolean;
  /** In a page that is XML a CDATA section is text; in HTML it is a comment. */
  xml?: boolean;
}

/**
 * A web page's text as a reader sees it. It takes the tokens only and builds no tree: pages that are
 * never closed, or closed wrongly, cost what their length is, however deep they are nested.
 */
export function readHtml(
  source: string,
  builder: DocumentBuilder,
  options: HtmlOptions = {},
): void {
  const reader = new HtmlReader(source, builder, options);
  const tokenizer = new Tokenizer({ decodeEntities: true }, reader);
  tokenizer.write(source);
  tokenizer.end();
  reader.end();
}

const wanted = new Set(["hidden", "style", "href", "alt", "role", "colspan", "open", "aria-label"]);
/** Of an attribute; a picture may be written into one. */
const attributeLengthMax = 2_000;

class HtmlReader {
  readonly #source: string;
  readonly #builder: DocumentBuilder;
  readonly #options: HtmlOptions;
  readonly #tables: HtmlTables;
  readonly #hasMain: boolean;
  #inMain = 0;
  #tag = "";
  #attribute = "";
  #value = "";
  #attributes = new Map<string, string>();
  /** What is being passed over, until as many end tags of its name. */
  #skipping: { name: string; depth: number; implied: boolean } | undefined;
  #parts: string[] = [];
  #heading = 0;
  #item = 0;
  #pre: string | undefined;
  #link: { href: string; from: number } | undefined;
  #titling = false;

  constructor(source: string, builder: DocumentBuilder, options: HtmlOptions) {
    this.#source = source;
    this.#builder = builder;
    this.#options = options;
    this.#tables = new HtmlTables(builder);
    this.#hasMain = options.mainOnly === true && /<main[\s>]/i.test(source);
  }

  end(): void {
    this.#flush();
    this.#tables.endAll();
  }

  // What the tokenizer calls.

  onopentagname(start: number, end: number): void {
    this.#tag = this.#source.slice(start, Math.min(end, start + 60)).toLowerCase();
    this.#attributes.clear();
  }
  onattribname(start: number, end: number): void {
    this.#attribute = this.#source.slice(start, Math.min(end, start + 40)).toLowerCase();
    this.#value = "";
  }
  onattribdata(start: number, end: number): void {
    if (!wanted.has(this.#attribute) || this.#value.length >= attributeLengthMax) return;
    this.#value += this.#source.slice(start, Math.min(end, start + attributeLengthMax));
  }
  onattribentity(point: number): void {
    if (this.#value.length < attributeLengthMax) this.#value += String.fromCodePoint(point);
  }
  onattribend(quote: QuoteType): void {
    if (!wanted.has(this.#attribute) || this.#attributes.has(this.#attribute)) return;
    this.#attributes.set(this.#attribute, quote === QuoteType.NoValue ? "" : this.#value);
  }
  onopentagend(): void {
    this.#open(this.#tag, false);
  }
  onselfclosingtag(): void {
    this.#open(this.#tag, true);
  }
  onclosetag(start: number, end: number): void {
    this.#close(this.#source.slice(start, Math.min(end, start + 60)).toLowerCase());
  }
  ontext(start: number, end: number): void {
    this.#text(this.#source.slice(start, end));
  }
  ontextentity(point: number): void {
    this.#text(String.fromCodePoint(point));
  }
  oncdata(start: number, end: number, endOffset: number): void {
    if (this.#options.xml) this.#text(this.#source.slice(start, end - endOffset));
  }
  oncomment(): void {}
  ondeclaration(): void {}
  onend(): void {}
  onprocessinginstruction(): void {}

  #open(name: string, selfClosed: boolean): void {
    if (this.#skipping) {
      const { name: skipped, implied } = this.#skipping;
      if (!(implied && endedBy.get(skipped)?.has(name))) {
        if (name === skipped && !selfClosed) this.#skipping.depth++;
        return;
      }
      this.#skipping = undefined;
    }
    if (this.#isUnseen(name)) {
      if (blocks.has(name)) this.#flush();
      else if (!inline.has(name)) this.#parts.push(" ");
      const isForeign = name === "svg" || name === "math";
      if (!empty.has(name) && !(selfClosed && isForeign)) {
        this.#skipping = { name, depth: 1, implied: endedBy.has(name) };
      }
      return;
    }
    this.#enter(name);
  }

  #isUnseen(name: string): boolean {
    if (unseen.has(name)) return true;
    const hidden = this.#attributes.get("hidden");
    if (hidden !== undefined && hidden !== "until-found") return true;
    const style = this.#attributes.get("style")?.replace(/\s/g, "").toLowerCase();
    if (style && (style.includes("display:none") || style.includes("visibility:hidden")))
      return true;
    if (!this.#options.mainOnly) return false;
    return surroundings.has(name) || surroundingRoles.has(this.#attributes.get("role") ?? "");
  }

  #enter(name: string): void {
    if (name === "br") return void this.#parts.push("\n");
    if (name === "img" || name === "area") return this.#alternative();
    if (name === "title") {
      this.#flush();
      this.#titling = true;
      return;
    }
    if (name === "main") this.#inMain++;
    if (name === "a") this.#openLink();
    if (this.#enterTable(name)) return;
    if (!blocks.has(name)) {
      if (!inline.has(name)) this.#parts.push(" ");
      return;
    }
    const level = /^h([1-6])$/.exec(name)?.[1];
    if (this.#tables.inCell && !level && !this.#tables.isLayout) {
      this.#parts.push("\n");
      return;
    }
    this.#flush();
    if (level) {
      this.#tables.makeLayout();
      this.#heading = Number(level);
    }
    if (name === "li" || name === "dd") this.#item++;
    if (preformatted.has(name)) this.#pre ??= name;
  }

  #close(name: string): void {
    if (this.#skipping) {
      if (name === this.#skipping.name) {
        if (--this.#skipping.depth === 0) this.#skipping = undefined;
        return;
      }
      // The end of what it stands in ends it as well.
      if (!this.#skipping.implied || !blocks.has(name) || this.#skipping.name === name) return;
      if (this.#skipping.depth > 1 || inline.has(name)) return;
      this.#skipping = undefined;
    }
    if (name === "title" && this.#titling) {
      this.#builder.title(this.#parts.join(""));
      this.#parts = [];
      this.#titling = false;
      return;
    }
    if (name === "main" && this.#inMain > 0) {
      this.#flush();
      this.#inMain--;
    }
    if (name === "a") this.#closeLink();
    if (this.#closeTable(name)) return;
    if (!blocks.has(name)) {
      if (!inline.has(name)) this.#parts.push(" ");
      return;
    }
    if (this.#tables.inCell && !this.#tables.isLayout) {
      this.#parts.push("\n");
      return;
    }
    this.#flush();
    if (/^h[1-6]$/.test(name)) this.#heading = 0;
    if ((name === "li" || name === "dd") && this.#item > 0) this.#item--;
    if (name === this.#pre) this.#pre = undefined;
  }

  #enterTable(name: string): boolean {
    if (name === "table") {
      this.#flush();
      this.#tables.begin();
    } else if (name === "tr" && this.#tables.isOpen) {
      this.#endCell();
      this.#tables.row();
    } else if ((name === "td" || name === "th") && this.#tables.isOpen) {
      this.#endCell();
      this.#tables.cell(name === "th", Number(this.#attributes.get("colspan") ?? 1));
    } else return false;
    return true;
  }

  #closeTable(name: string): boolean {
    if (!this.#tables.isOpen) return false;
    if (name === "td" || name === "th") this.#endCell();
    else if (name === "tr") {
      this.#endCell();
      this.#tables.row();
    } else if (name === "table") {
      this.#endCell();
      this.#flush();
      this.#tables.end();
    } else return false;
    return true;
  }

  #endCell(): void {
    if (!this.#tables.inCell) return this.#flush();
    if (this.#tables.isLayout) {
      this.#flush();
      this.#tables.endCell("");
      return;
    }
    const text = this.#parts.join("");
    this.#parts = [];
    this.#tables.endCell(this.#isOutside ? "" : text);
  }

  #text(text: string): void {
    if (this.#skipping) return;
    this.#parts.push(this.#pre ? text : text.replace(/\s+/g, " "));
  }

  #alternative(): void {
    const text = this.#attributes.get("alt");
    if (text && oneLine(text) !== "") this.#parts.push(` ${oneLine(text)} `);
  }

  #openLink(): void {
    this.#closeLink();
    const href = this.#wholeLink(this.#attributes.get("href") ?? "");
    if (href) this.#link = { href, from: this.#parts.length };
  }

  /** Where a link leads is said after it, unless its text says so. */
  #closeLink(): void {
    const link = this.#link;
    this.#link = undefined;
    if (!link || this.#parts.length <= link.from) return;
    const text = this.#parts.slice(link.from).join("");
    const address = link.href.replace(/^(mailto:|tel:)/i, "");
    if (oneLine(text) !== "" && !text.includes(address)) this.#parts.push(` (${address})`);
  }

  #wholeLink(href: string): string | undefined {
    if (/^(https?:\/\/|mailto:|tel:)/i.test(href)) return Text.cut(href, 500);
    if (!this.#options.url || href === "" || href.startsWith("#")) return undefined;
    const whole = URL.parse(href, this.#options.url);
    return whole && /^https?:$/.test(whole.protocol) ? Text.cut(whole.href, 500) : undefined;
  }

  get #isOutside(): boolean {
    return this.#hasMain && this.#inMain === 0;
  }

  #flush(): void {
    if (this.#parts.length === 0) return;
    const raw = this.#parts.join("");
    this.#parts = [];
    this.#link = undefined;
    if (this.#isOutside) return;
    if (this.#pre) return this.#builder.code(raw);
    const text = raw.split("\n").map(oneLine).filter(Boolean).join("\n");
    if (text === "") return;
    if (this.#heading > 0) this.#builder.heading(this.#heading, text);
    else if (this.#item > 0) this.#builder.item(text);
    else this.#builder.paragraph(text);
  }
}
