import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { contents, elsewhere } from "./contents.ts";
import { renderMarkdown } from "./markdown.ts";
import { anchorOf, type DocsPage, urlOf } from "./page.ts";

/**
 * Every Markdown file in a folder and those below it is a page.
 * @param examples names of the files that the page of examples shows.
 */
export function readGuides(docsDir: string, examples: readonly string[]): DocsPage[] {
  const names = readdirSync(docsDir, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => name.replaceAll("\\", "/").replace(/\.md$/, ""));
  return inOrder(names).map(({ name, group }) => {
    const markdown = readFileSync(join(docsDir, `${name}.md`), "utf8");
    const resolve = (href: string) => resolveLink(href, name, { docsDir, names, examples });
    return { slug: slugOf(name), group, markdown, ...renderMarkdown(markdown, resolve) };
  });
}

function inOrder(names: string[]): { name: string; group: string }[] {
  const placed = contents.flatMap(({ group, guides }) =>
    guides.filter((name) => names.includes(name)).map((name) => ({ name, group })),
  );
  const rest = names.filter((name) => !placed.some((one) => one.name === name)).toSorted();
  return [...placed, ...rest.map((name) => ({ name, group: elsewhere }))];
}

/** `run-protocol/README` → `run-protocol` */
const slugOf = (name: string): string => name.replace(/(^|\/)README$/, "");

/**
 * @returns nothing where it leads to a file of the repository that the site does not show.
 * @throws Error where it names no file: on GitHub or here it would lead nowhere.
 */
function resolveLink(
  href: string,
  from: string,
  known: { docsDir: string; names: string[]; examples: readonly string[] },
): string | undefined {
  if (/^(https?:|mailto:|#)/.test(href)) return href;
  const [path = "", anchor] = href.split("#", 2);
  const target = normalize(join(dirname(from), path)).replaceAll("\\", "/");
  if (target === "../examples") return urlOf("examples");
  const example = /^\.\.\/examples\/([\w./-]+)$/.exec(target)?.[1];
  if (example !== undefined && known.examples.includes(example)) {
    return `${urlOf("examples")}#${anchorOf(example)}`;
  }
  const name = target.endsWith(".md") ? target.slice(0, -".md".length) : join(target, "README");
  if (known.names.includes(name)) {
    return urlOf(slugOf(name)) + (anchor === undefined ? "" : `#${anchor}`);
  }
  if (target.startsWith("../") && existsSync(join(known.docsDir, target))) return undefined;
  throw new Error(`docs/${from}.md links to ${href}, which is no page of the documentation.`);
}
