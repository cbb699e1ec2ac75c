import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { codeBlock } from "./markdown.ts";
import { anchorOf, type DocsPage, escapeHtml, type Section } from "./page.ts";

const languages: Record<string, string> = {
  ".sh": "bash",
  ".py": "python",
  ".mjs": "javascript",
  ".js": "javascript",
  ".json": "json",
  ".html": "xml",
  ".yml": "yaml",
};

export const exampleNames = (examplesDir: string): string[] =>
  readdirSync(examplesDir)
    .filter((name) => extname(name) in languages)
    .toSorted();

/** Every file of `examples/`, as the suite runs it. */
export function examplesPage(examplesDir: string): DocsPage {
  const title = "Examples";
  const summary =
    "Whole programs to begin with. The project's own tests run each of them against a published bot.";
  const sections: Section[] = [{ anchor: "", heading: title, level: 1, text: summary }];
  let html = `<h1>${title}</h1>\n<p>${summary} Put the endpoint of your bot in place of <code>https://ENDPOINT</code> and a key into the variable <code>OUTLET_KEY</code>.</p>\n`;
  for (const name of exampleNames(examplesDir)) {
    const code = readFileSync(join(examplesDir, name), "utf8");
    const anchor = anchorOf(name);
    sections.push({ anchor, heading: name, level: 2, text: code.slice(0, 2_000) });
    html += `<h2 id="${anchor}">${escapeHtml(name)}</h2>\n${codeBlock(code, languages[extname(name)] ?? "")}`;
  }
  return { slug: "examples", title, summary, group: "Call it", html, sections };
}
