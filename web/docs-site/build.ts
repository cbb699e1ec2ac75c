/**
 * The documentation as a static site: `docs/`, the list of problems, the descriptions of both APIs
 * and `examples/` become pages under `/docs/`, with an index to search them by.
 *
 * No site generator: the whole of VitePress (a second Vite, Vue, a highlighter of 200 languages) would
 * be a hundred times the weight of this, and its pages run inline scripts, which the console's policy
 * does not allow. `marked` reads Markdown, `highlight.js` colours, MiniSearch searches.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { Text } from "@outlet/core/foundation/text";
import MiniSearch from "minisearch";
import { describeApis } from "./api-reference.ts";
import { errorPages, linkCodes, statusIndex } from "./errors.ts";
import { exampleNames, examplesPage } from "./examples.ts";
import { readGuides } from "./guides.ts";
import { type Assets, layout, markdownUrl } from "./layout.ts";
import { forModels, forModelsInFull } from "./llms.ts";
import { type DocsPage, urlOf } from "./page.ts";
import { type Found, searchOptions } from "./search-options.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examplesDir = join(root, "examples");
const docsDir = join(root, "docs");
const client = fileURLToPath(new URL("client/", import.meta.url));

/** Below this, all of it is named by its content and kept by browsers for ever. */
const assetsDir = "assets";

export interface Site {
  pages: DocsPage[];
  /** Path below the console's root → content. */
  files: Map<string, string | Uint8Array>;
}

/** @throws Error where a guide links to what is not there, or a code has no words. */
export async function makeSite(): Promise<Site> {
  const { pages, apis } = await collectPages();
  const files = new Map<string, string | Uint8Array>();
  const assets = await bundleClient(files);
  const searchIndex = hashed("docs-search", "json", indexOf(pages), files);
  for (const page of pages) {
    const path = urlOf(page.slug).slice(1);
    files.set(`${path}index.html`, layout(page, pages, { ...assets, searchIndex }));
    if (page.markdown !== undefined) files.set(markdownUrl(page).slice(1), page.markdown);
  }
  for (const { fileName, document } of apis) {
    files.set(`docs/${fileName}`, JSON.stringify(document, null, 2));
  }
  files.set("docs/llms.txt", forModels(pages));
  files.set("docs/llms-full.txt", forModelsInFull(pages));
  return { pages, files };
}

async function collectPages() {
  const examples = exampleNames(examplesDir);
  const guides = readGuides(docsDir, examples);
  const errors = errorPages(readFileSync(join(docsDir, "errors.md"), "utf8"), (href) =>
    href.replace(/^([\w-]+)\.md/, "/docs/$1/"),
  );
  const apis = await describeApis();
  const written = guides.map((page) => ({
    ...page,
    html: linkCodes(
      page.slug === "troubleshooting"
        ? page.html.replace("<!-- codes by status -->", statusIndex())
        : page.html,
    ),
  }));
  const pages = [...written, ...errors, examplesPage(examplesDir), ...apis.map(({ page }) => page)];
  return { pages, apis };
}

async function bundleClient(files: Site["files"]): Promise<Omit<Assets, "searchIndex">> {
  const made = await build({
    entryPoints: { docs: join(client, "docs.ts"), "docs-theme": join(client, "theme.ts") },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: ["chrome123", "firefox120", "safari17.5"],
    outdir: join(root, assetsDir),
    entryNames: "[name]-[hash]",
    absWorkingDir: root,
    logLevel: "silent",
  });
  const pathOf = (pattern: RegExp): string => {
    const file = made.outputFiles.find(({ path }) => pattern.test(path));
    if (!file) throw new Error(`The documentation's own files lack ${pattern}.`);
    const name = `${assetsDir}/${file.path.replaceAll("\\", "/").split("/").at(-1)}`;
    files.set(name, file.contents);
    return `/${name}`;
  };
  return {
    script: pathOf(/docs-[A-Z0-9]+\.js$/),
    theme: pathOf(/docs-theme-[A-Z0-9]+\.js$/),
    style: pathOf(/docs-[A-Z0-9]+\.css$/),
  };
}

function indexOf(pages: readonly DocsPage[]): string {
  const search = new MiniSearch<Found>(searchOptions);
  for (const page of pages) {
    for (const { anchor, heading, text } of page.sections) {
      const id = urlOf(page.slug) + (anchor && `#${anchor}`);
      const excerpt = Text.shorten(text, 180);
      search.add({ id, page: page.title, heading: heading || page.title, text, excerpt });
    }
  }
  return JSON.stringify(search);
}

function hashed(name: string, ending: string, text: string, files: Site["files"]): string {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const path = `${assetsDir}/${name}-${hash}.${ending}`;
  files.set(path, text);
  return `/${path}`;
}

/** Writes the site beside the console in `outDir`. */
export async function buildDocs(outDir: string): Promise<void> {
  const { files } = await makeSite();
  for (const [path, content] of files) {
    const target = join(outDir, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}
