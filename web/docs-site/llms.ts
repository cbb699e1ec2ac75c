import { markdownUrl } from "./layout.ts";
import { type DocsPage, urlOf } from "./page.ts";

/** What there is to read, for models: https://llmstxt.org/ */
export function forModels(pages: readonly DocsPage[]): string {
  const groups = Map.groupBy(pages, ({ group, hidden }) => (hidden ? "Errors" : group));
  const lists = [...groups].map(([group, inIt]) => {
    const lines = inIt.map((page) => {
      const address = page.markdown === undefined ? urlOf(page.slug) : markdownUrl(page);
      return `- [${page.title}](${address}): ${page.summary.replaceAll("\n", " ")}`;
    });
    return `## ${group}\n\n${lines.join("\n")}\n`;
  });
  return `# Outlet

> Outlet publishes a chat bot as its own HTTP API: asynchronous, with keys, limits, metrics and cost. It speaks a plain JSON API, OpenAI's Responses and Chat Completions, and MCP.

${lists.join("\n")}
## Optional

- [All guides in one file](/docs/llms-full.txt)
- [Published API, OpenAPI 3.1](/docs/published-api.openapi.json)
- [Control API, OpenAPI 3.1](/docs/control-api.openapi.json)
`;
}

/** Every guide, one after the other. */
export const forModelsInFull = (pages: readonly DocsPage[]): string =>
  pages
    .filter(({ hidden }) => !hidden)
    .flatMap(({ markdown }) => (markdown === undefined ? [] : [markdown]))
    .join("\n\n---\n\n");
