import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseSync } from "vite";

/** Attributes of elements and members of objects whose text somebody reads. */
const spoken =
  /^(label|title|name|text|summary|detail|description|hint|placeholder|alt|aria-label|error|message|empty|heading|caption|verb)$/;
const prose = /\p{L}[\p{L}’']*[,;:.…]? \p{L}/u;
/** Class lists, paths and code have spaces too. */
const machine = /^[a-z0-9_:.#[\]()="'-]+( [a-z0-9_:.#[\]()="'-]+)*$/;

/** What the console says, whichever file says it: every text once, in order. */
export async function collectCopy(root: string): Promise<Record<string, unknown>> {
  const source = join(root, "web/src");
  const found = new Set<string>();
  for (const file of await readdir(source, { recursive: true })) {
    if (!/\.tsx?$/.test(file) || /\.(test|d)\.tsx?$/.test(file)) continue;
    const text = await readFile(join(source, file), "utf8");
    const isCopy = /(^|-|\.)copy(-|\.)/.test(basename(file)) && file.endsWith(".ts");
    collect(parseSync(file, text).program, { text, isCopy, found });
  }
  return { console: [...found].toSorted() };
}

interface Search {
  text: string;
  /** Whether the file holds nothing else. */
  isCopy: boolean;
  found: Set<string>;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [name: string]: unknown;
}

function collect(node: unknown, search: Search, key = ""): void {
  if (Array.isArray(node)) {
    for (const one of node) collect(one, search, key);
    return;
  }
  if (!isNode(node)) return;
  if (/^(Import|ExportAll|TS)/.test(node.type) && !/^TS(As|Satisfies|NonNull)/.test(node.type)) {
    return;
  }
  const said = textOf(node);
  if (said !== undefined) add(said, node.type === "JSXText" || spoken.test(key), search);
  const below = keyOf(node) ?? (isPassedOn(node) ? key : "");
  for (const [name, value] of Object.entries(node)) {
    if (name !== "key" || node["computed"] === true) collect(value, search, below);
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** A text as written, `…` for what is filled in. */
function textOf(node: Node): string | undefined {
  if (node.type === "JSXText" || node.type === "Literal") {
    const { value } = node as { value?: unknown };
    return typeof value === "string" ? value : undefined;
  }
  if (node.type !== "TemplateLiteral") return undefined;
  const { quasis } = node as unknown as { quasis: { value: { cooked: string } }[] };
  return quasis.map(({ value }) => value.cooked).join("${…}");
}

function keyOf(node: Node): string | undefined {
  const named = node.type === "JSXAttribute" ? node["name"] : node["key"];
  if (node.type !== "JSXAttribute" && node.type !== "Property") return undefined;
  if (!isNode(named)) return "";
  const name = named["name"] ?? named["value"];
  return typeof name === "string" ? name : "";
}

/** What an attribute's or a member's value may be wrapped in. */
const isPassedOn = (node: Node): boolean =>
  /^(JSXExpressionContainer|ConditionalExpression|LogicalExpression|ArrowFunctionExpression|ParenthesizedExpression)$/.test(
    node.type,
  );

function add(said: string, isSpoken: boolean, { isCopy, found }: Search): void {
  const text = said.replaceAll(/\s+/g, " ").trim();
  if (!/\p{L}/u.test(text)) return;
  if (isCopy || isSpoken || (prose.test(text) && !machine.test(text))) found.add(text);
}
