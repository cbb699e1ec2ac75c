import type { Page } from "playwright-core";

/** What a page consists of for whoever reads or operates it: no figures, no times, no looks. */
export type Structure = Record<string, string[]>;

/** The pages that the README's picture stands for, of the published sample bot. */
export const mainPages = (botId: string) => [
  { name: "bots", path: "", shows: "Your bots" },
  { name: "editor", path: `bots/${botId}`, shows: "README.md" },
  { name: "publish", path: `bots/${botId}/publish`, shows: "Unpublish this bot" },
  { name: "keys", path: `bots/${botId}/keys`, shows: "Sample key" },
  { name: "connect", path: `bots/${botId}/connect`, shows: "Call it from your program" },
  { name: "metrics", path: `bots/${botId}/metrics`, shows: "Requests by answer" },
  { name: "requests", path: `bots/${botId}/requests`, shows: "Publishing's own test" },
];

/** Headings, ways to other pages and columns of a page, in their order, each once. */
export const structureOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const parts = document.querySelectorAll("h1, h2, h3, nav a, th[scope=col], [role=tab]");
    const told = [...parts].map((part) => {
      const kind = part.getAttribute("role") ?? part.tagName.toLowerCase();
      return `${kind}: ${(part.textContent ?? "").replace(/\s+/g, " ").trim()}`;
    });
    return [...new Set(told)];
  });

export const structureFile = new URL("../../../docs/pictures/structure.json", import.meta.url);
