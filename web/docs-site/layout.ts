import { Text } from "@outlet/core/foundation/text";
import { contents, elsewhere } from "./contents.ts";
import { type DocsPage, escapeHtml, urlOf } from "./page.ts";

/** Where the browser finds what all pages share. */
export interface Assets {
  script: string;
  theme: string;
  style: string;
  searchIndex: string;
}

/** A whole page. It holds no script and no style of its own: the console's policy allows none. */
export function layout(page: DocsPage, pages: readonly DocsPage[], assets: Assets): string {
  const title = page.slug === "" ? "Outlet documentation" : `${page.title} · Outlet`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(Text.shorten(page.summary, 160))}">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<script src="${assets.theme}"></script>
<link rel="stylesheet" href="${assets.style}">
${page.markdown === undefined ? "" : `<link rel="alternate" type="text/markdown" href="${markdownUrl(page)}">`}
<script type="module" src="${assets.script}"></script>
</head>
<body data-search-index="${assets.searchIndex}">
<a class="skip" href="#main">Skip to the text</a>
<header class="bar">
<a class="brand" href="/">Outlet</a>
<a class="home" href="/docs/">Documentation</a>
<form class="search" role="search" action="/docs/">
<label class="visually-hidden" for="search">Search the documentation</label>
<input id="search" name="q" type="search" placeholder="Search" autocomplete="off" aria-controls="found" aria-keyshortcuts="/">
</form>
<a class="to-menu" href="#menu">All pages</a>
</header>
<div class="columns">
<main id="main" tabindex="-1">
<div id="found" class="found" hidden></div>
<article>
${page.html}</article>
${footer(page)}</main>
<nav id="menu" class="menu" aria-label="Documentation">
${menu(page, pages)}</nav>
</div>
</body>
</html>
`;
}

export const markdownUrl = ({ slug }: DocsPage): string => `/docs/${slug || "index"}.md`;

const footer = (page: DocsPage): string =>
  page.markdown === undefined
    ? ""
    : `<footer class="foot"><a href="${markdownUrl(page)}">This page as Markdown</a></footer>\n`;

function menu(page: DocsPage, pages: readonly DocsPage[]): string {
  const names = [...contents.map(({ group }) => group), elsewhere, "Reference"];
  return names
    .map((group) => {
      const inIt = pages.filter((one) => one.group === group && !one.hidden);
      if (inIt.length === 0) return "";
      const items = inIt.map((one) => menuItem(one, one.slug === page.slug)).join("\n");
      return `<h2>${group}</h2>\n<ul>\n${items}\n</ul>\n`;
    })
    .join("");
}

function menuItem(page: DocsPage, isCurrent: boolean): string {
  const current = isCurrent ? ' aria-current="page"' : "";
  return `<li><a href="${urlOf(page.slug)}"${current}>${escapeHtml(page.title)}</a>${isCurrent ? headings(page) : ""}</li>`;
}

function headings(page: DocsPage): string {
  const inIt = page.sections.filter(({ level }) => level === 2);
  if (inIt.length < 2) return "";
  const items = inIt.map(
    ({ anchor, heading }) => `<li><a href="#${anchor}">${escapeHtml(heading)}</a></li>`,
  );
  return `\n<ul class="headings">\n${items.join("\n")}\n</ul>`;
}
