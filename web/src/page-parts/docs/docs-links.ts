import type { copy } from "./copy.ts";

/** Pages of the documentation that the console leads to, by their addresses below `/docs/`. */
export type DocsSlug = keyof typeof copy.titles;

export const docsUrl = (slug: DocsSlug | ""): string => (slug === "" ? "/docs/" : `/docs/${slug}/`);

const ofBotPages = new Map(
  Object.entries<DocsSlug>({
    "": "knowledge",
    tools: "tools",
    publish: "publishing",
    keys: "keys",
    connect: "published-api",
    metrics: "metrics",
    requests: "monitoring",
    reference: "reference/published-api",
  }),
);

/** What is written of the page that one looks at; the documentation's first page where nothing is. */
export function docsOf(pathname: string): string {
  const [, botPage] = /^\/bots\/[^/]+\/?([^/]*)/.exec(pathname) ?? [];
  if (botPage !== undefined) return docsUrl(ofBotPages.get(botPage) ?? "");
  if (pathname === "/") return docsUrl("concepts");
  if (pathname.startsWith("/admin")) return docsUrl("operations");
  return docsUrl("");
}
