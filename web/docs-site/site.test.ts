import { readdirSync, readFileSync } from "node:fs";
import { Problem } from "@outlet/core/foundation/problem";
import MiniSearch from "minisearch";
import { beforeAll, describe, expect, test } from "vitest";
import { makeSite, type Site } from "./build.ts";
import { contents } from "./contents.ts";
import { renderMarkdown } from "./markdown.ts";
import { type Found, searchOptions } from "./search-options.ts";

const docsDir = new URL("../../docs/", import.meta.url);

let site: Site;
beforeAll(async () => {
  site = await makeSite();
});

const textOf = (path: string): string => {
  const content = site.files.get(path);
  if (content === undefined) throw new Error(`The site has no ${path}.`);
  return typeof content === "string" ? content : Buffer.from(content).toString();
};
const htmlFiles = () => [...site.files.keys()].filter((path) => path.endsWith(".html"));

/** Pages of the console that the documentation leads to. */
const ofConsole = ["/", "/icon.svg"];

function problemOf(href: string, from: string): string | undefined {
  const [path = "", anchor] = href.split("#", 2);
  const file = path === "" ? from : path.replace(/^\//, "").replace(/\/$/, "/index.html");
  if (ofConsole.includes(path)) return undefined;
  if (!site.files.has(file)) return `${from}: ${href} leads to no file`;
  if (anchor !== undefined && !textOf(file).includes(`id="${anchor}"`)) {
    return `${from}: ${href} leads to no heading`;
  }
  return undefined;
}

describe("the documentation", () => {
  test("leads nowhere that is not there: neither to a page nor to a heading", () => {
    const broken = htmlFiles().flatMap((from) =>
      [...textOf(from).matchAll(/(?:href|src|data-search-index)="([^"]+)"/g)]
        .map(([, href = ""]) => href.replaceAll("&amp;", "&"))
        .filter((href) => !/^(https?|mailto):/.test(href))
        .flatMap((href) => problemOf(href, from) ?? []),
    );
    expect([...new Set(broken)]).toEqual([]);
  });

  test("has a page for every guide and for every error code", () => {
    const guides = readdirSync(docsDir, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => name.replace(/\.md$/, "").replace(/(^|\/)README$/, ""));
    const slugs = [...guides, ...Object.keys(Problem.codes).map((code) => `errors/${code}`)];
    for (const slug of slugs) {
      expect(site.files.has(`docs/${slug ? `${slug}/` : ""}index.html`), slug).toBe(true);
    }
  });

  test("says of every error code what it means and what to do", () => {
    for (const code of Object.keys(Problem.codes)) {
      const html = textOf(`docs/errors/${code}/index.html`);
      expect(html).toMatch(/What it means[\s\S]*<p>\S/);
      expect(html).toMatch(/What to do[\s\S]*<p>\S/);
      expect(html, "an example of its body").toContain("requestId");
    }
  });

  test("links each code from the list of them", () => {
    for (const code of Object.keys(Problem.codes)) {
      expect(textOf("docs/errors/index.html")).toContain(`href="/docs/errors/${code}/"`);
    }
  });

  test("has every route of both APIs, as they describe themselves", () => {
    for (const api of ["published-api", "control-api"]) {
      const { paths } = JSON.parse(textOf(`docs/${api}.openapi.json`)) as {
        paths: Record<string, Record<string, unknown>>;
      };
      const html = textOf(`docs/reference/${api}/index.html`);
      const routes = Object.entries(paths).flatMap(([path, item]) =>
        Object.keys(item).map((method) => `<code>${method.toUpperCase()} ${path}</code>`),
      );
      expect(routes.length).toBeGreaterThan(10);
      expect(routes.filter((route) => !html.includes(route))).toEqual([]);
    }
  });

  test("runs no script and no style that stands in a page", () => {
    for (const path of htmlFiles()) {
      expect(textOf(path), path).not.toMatch(
        /<style|<script(?! (type="module" )?src=)|\sstyle="|\son\w+="/,
      );
    }
  });

  test("names no guide in its contents twice", () => {
    const names = contents.flatMap(({ guides }) => guides);
    expect(names).toEqual([...new Set(names)]);
  });

  test("tells models of every page, and all of it in one file", () => {
    const listed = textOf("docs/llms.txt");
    for (const { slug, markdown } of site.pages) {
      expect(listed).toContain(
        markdown === undefined ? `/docs/${slug}/` : `/docs/${slug || "index"}.md`,
      );
    }
    expect(textOf("docs/llms-full.txt")).toContain(
      readFileSync(new URL("keys.md", docsDir), "utf8"),
    );
  });
});

describe("the search", () => {
  const search = (words: string) => {
    const path = [...site.files.keys()].find((name) => name.includes("docs-search"));
    const index = MiniSearch.loadJSON<Found>(textOf(path ?? ""), searchOptions);
    return index.search(words).map(({ id }) => String(id));
  };

  test.each([
    ["idempotency", "idempotency"],
    ["conversation_busy", "/docs/errors/conversation_busy/"],
    ["rotate", "/docs/keys/"],
    ["previous response", "previous_response"],
  ])("%s is found", (words, expected) => {
    expect(search(words).slice(0, 8).join(" ")).toContain(expected);
  });

  test("a word that was mistyped, and one that is nowhere", () => {
    expect(search("idempotancy").length).toBeGreaterThan(0);
    expect(search("xylophone")).toEqual([]);
  });
});

describe("a guide", () => {
  const render = (text: string) => renderMarkdown(text, (href) => href);

  test("has the anchors that GitHub gives its headings", () => {
    const { html } = render("# T\n\n## What a `key` may do?\n\n## Twice\n\n## Twice\n");
    expect([...html.matchAll(/id="([^"]+)"/g)].map(([, id]) => id)).toEqual([
      "what-a-key-may-do",
      "twice",
      "twice-1",
    ]);
  });

  test("cannot break out of its code and its words", () => {
    const { html, title } = render("# A <b>\n\n```\n</code><script>\n```\n\n`<i>`\n");
    expect(html).not.toContain("<script>");
    expect(html).not.toContain("<i>");
    expect(title).toContain("A");
  });
});
