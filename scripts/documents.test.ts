/** What the documents point at is there: files, headings, commands, options, JSON. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { usage } from "../packages/local/src/runtime/options.ts";
import { anchorOf } from "../web/docs-site/page.ts";
import { copy } from "../web/src/page-parts/docs/copy.ts";
import { sections } from "../web/src/page-parts/docs/troubleshooting.ts";
import { trackedFiles } from "./tree.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const documents = trackedFiles().filter(
  (path) => path.endsWith(".md") && !path.startsWith(".github/"),
);
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
const webScripts = (JSON.parse(read("web/package.json")) as { scripts: object }).scripts;

/** The text without its programs: a `#` there is no heading, and a bracket no link. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, "");

function headingsOf(path: string): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...prose(read(path)).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = ""]) => {
      const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
      const anchor = anchorOf(plain);
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      return before === 0 ? anchor : `${anchor}-${before}`;
    }),
  );
}

function problemOf(from: string, href: string): string[] {
  if (/^(https?:|mailto:)/.test(href)) return [];
  const [path = "", anchor] = href.split("#", 2);
  const target = path === "" ? from : normalize(join(dirname(from), path));
  if (!existsSync(join(root, target))) return [`${from}: ${href} is no file`];
  if (anchor === undefined) return [];
  const page = statSync(join(root, target)).isDirectory() ? join(target, "README.md") : target;
  return headingsOf(page).has(anchor) ? [] : [`${from}: ${href} is no heading`];
}

describe("the documents", () => {
  test("link to files and headings that are there", () => {
    const broken = documents.flatMap((from) =>
      [...prose(read(from)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, href = ""]) =>
        problemOf(from, href),
      ),
    );
    expect(documents.length).toBeGreaterThan(20);
    expect(broken).toEqual([]);
  });

  test("name commands that there are", () => {
    const unknown = documents.flatMap((from) =>
      [...read(from).matchAll(/npm run ([a-z][\w:-]*)( -w web)?/g)].flatMap(
        ([command, name = "", inWeb]) =>
          Object.hasOwn(inWeb ? webScripts : scripts, name) ? [] : [`${from}: ${command}`],
      ),
    );
    expect(unknown).toEqual([]);
  });

  test("name options that npm start takes", () => {
    const unknown = documents.flatMap((from) =>
      [...read(from).matchAll(/npm start -- ([^\n`]*)/g)].flatMap(([, given = ""]) =>
        [...given.matchAll(/--[a-z][a-z-]*/g)].flatMap(([option]) =>
          usage.includes(`${option} `) || option === "--help" ? [] : [`${from}: ${option}`],
        ),
      ),
    );
    expect(unknown).toEqual([]);
  });

  test("show JSON that can be read, where none of it is left out", () => {
    const broken = documents.flatMap((from) =>
      [...read(from).matchAll(/^```json\n([\s\S]*?)^```/gm)].flatMap(([, code = ""]) => {
        if (code.includes("…") || code.includes("//")) return [];
        // Several documents, one a line, or one document.
        const parts = isJson(code) ? [code] : code.trim().split("\n");
        return parts.every(isJson) ? [] : [`${from}: ${code}`];
      }),
    );
    expect(broken).toEqual([]);
  });
});

test("the console leads to pages of the documentation that there are", () => {
  const made = ["examples", "reference/published-api", "reference/control-api"];
  const missing = Object.keys(copy.titles).filter(
    (slug) => !made.includes(slug) && !existsSync(join(root, "docs", `${slug}.md`)),
  );
  expect(missing).toEqual([]);
});

test("the console leads from a status to what is written of it", () => {
  const there = headingsOf("docs/troubleshooting.md");
  const missing = Object.values(sections).filter((anchor = "") => !there.has(anchor));
  expect(missing).toEqual([]);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
