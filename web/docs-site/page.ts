/** A page of the documentation before it is laid out. */
export interface DocsPage {
  /** Below `/docs/`, without slashes around it; empty for the first page. */
  slug: string;
  title: string;
  group: string;
  /** What a search engine and a list of pages say of it. */
  summary: string;
  html: string;
  sections: Section[];
  /** As it is written, for programs that read; absent where the page is made from code. */
  markdown?: string;
  /** Not in the menu: it is reached from another page. */
  hidden?: boolean;
}

/** What a search finds: what stands between two headings. */
export interface Section {
  /** Of the heading within its page; empty for what comes before the first one. */
  anchor: string;
  heading: string;
  level: number;
  text: string;
}

export const urlOf = (slug: string): string => (slug === "" ? "/docs/" : `/docs/${slug}/`);

export const escapeHtml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** As GitHub makes them of a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
