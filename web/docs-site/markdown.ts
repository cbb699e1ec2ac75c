import { Marked, Renderer, type Token, type Tokens } from "marked";
import { highlight } from "./highlight.ts";
import { anchorOf, escapeHtml, type Section } from "./page.ts";

export interface Rendered {
  title: string;
  summary: string;
  html: string;
  sections: Section[];
}

/** @returns where a link of the text leads on the site; `undefined` where that does not show it. */
export type Resolve = (href: string) => string | undefined;

/** A guide as GitHub shows it: the same headings, the same anchors. */
export function renderMarkdown(text: string, resolve: Resolve): Rendered {
  const anchors = new Set<string>();
  const sections: Section[] = [];
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }) {
        const heading = plainText(tokens);
        const html = this.parser.parseInline(tokens);
        if (depth === 1) return `<h1>${html}</h1>\n`;
        const anchor = uniqueAnchor(anchorOf(heading), anchors);
        const link = `<a class="anchor" href="#${anchor}" aria-label="Link to ${escapeHtml(heading)}">#</a>`;
        return `<h${depth} id="${anchor}">${html} ${link}</h${depth}>\n`;
      },
      code: ({ text: code, lang = "" }) => codeBlock(code, lang.split(/\s/)[0] ?? ""),
      link({ href, tokens }) {
        const to = resolve(href);
        const html = this.parser.parseInline(tokens);
        return to === undefined ? html : `<a href="${escapeHtml(to)}">${html}</a>`;
      },
      table(token) {
        const html = Renderer.prototype.table.call(this, token);
        const isBlank = token.header.every((cell) => cell.text === "");
        if (isBlank) return wide(html.replace(/<thead>.*?<\/thead>\n?/s, ""));
        // A corner that heads nothing is no heading.
        return wide(html.replaceAll(/<th[^>]*><\/th>/g, "<td></td>"));
      },
    },
  });
  const tokens = marked.lexer(text);
  collectSections(tokens, sections);
  const title = sections[0]?.heading || "Untitled";
  const first = tokens.find((token) => token.type === "paragraph");
  return {
    title,
    summary: first ? plainText(inlineOf(first)) : "",
    html: marked.parser(tokens),
    sections,
  };
}

/** Wider than a telephone, it scrolls: a keyboard has to be able to reach it. */
export const wide = (html: string, label = "Table"): string =>
  `<div class="wide" tabindex="0" role="group" aria-label="${escapeHtml(label)}">${html}</div>\n`;

export const codeBlock = (code: string, language: string): string =>
  `<div class="code"><pre tabindex="0" role="group" aria-label="${escapeHtml(language || "Text")}"><code>${highlight(
    code.replace(/\n$/, ""),
    language,
  )}</code></pre></div>\n`;

function uniqueAnchor(anchor: string, taken: Set<string>): string {
  let unique = anchor;
  for (let n = 1; taken.has(unique); n += 1) unique = `${anchor}-${n}`;
  taken.add(unique);
  return unique;
}

function collectSections(tokens: Token[], sections: Section[]): void {
  const anchors = new Set<string>();
  sections.push({ anchor: "", heading: "", level: 1, text: "" });
  for (const token of tokens) {
    const last = sections.at(-1);
    if (!last) return;
    if (token.type !== "heading") {
      last.text = `${last.text} ${plainText([token])}`.trim();
      continue;
    }
    const heading = plainText(inlineOf(token));
    if (token.depth === 1) last.heading = heading;
    else {
      const anchor = uniqueAnchor(anchorOf(heading), anchors);
      sections.push({ anchor, heading, level: token.depth, text: "" });
    }
  }
}

const inlineOf = (token: Token): Token[] => ("tokens" in token && token.tokens) || [];

/** What is read of it: no marks, no addresses. */
function plainText(tokens: Token[]): string {
  return tokens
    .map((token): string => {
      if (token.type === "table") {
        const { header, rows } = token as Tokens.Table;
        return [header, ...rows]
          .flatMap((row) => row.map((cell) => plainText(cell.tokens)))
          .join(" ");
      }
      if (token.type === "list") {
        return (token as Tokens.List).items.map((item) => plainText(item.tokens)).join(" ");
      }
      if (token.type === "html") return "";
      const inner = inlineOf(token);
      if (inner.length > 0) return plainText(inner);
      return "text" in token && typeof token.text === "string" ? token.text : "";
    })
    .join("");
}
