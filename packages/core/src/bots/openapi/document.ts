import * as Problem from "../../foundation/problem/index.ts";

/** Of a document as it is sent, in UTF-16 code units. YAML takes far longer to read than JSON. */
export const jsonMax = 4_000_000;
export const yamlMax = 1_000_000;
/** How deep YAML may nest: its parser takes a piece of the stack for each level. */
const yamlDepthMax = 200;

/** An object of JSON, whatever it holds. */
export type Members = Record<string, unknown>;

export const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * Reads an OpenAPI document of version 3.0 or 3.1 from JSON or YAML.
 * @throws ProblemError `invalid_request`, naming what is wrong with it.
 */
export async function readDocument(text: string): Promise<Members> {
  const bare = text.replace(/^\uFEFF/, "").trim();
  const root = bare.startsWith("{") ? readJson(bare) : await readYaml(bare);
  if (!isMembers(root)) throw unusable("It is not an OpenAPI document: it holds no object.");
  requireVersion(root);
  if (!isMembers(root["paths"])) throw unusable("It describes no paths.");
  return root;
}

const unusable = (message: string, options?: ErrorOptions) =>
  new Problem.ProblemError("invalid_request", { message, param: "document" }, options);

function requireVersion(root: Members): void {
  const version = textOf(root["openapi"]);
  if (/^3\.[01]\.\d/.test(version)) return;
  if (root["swagger"] !== undefined) {
    throw unusable(
      "It is of Swagger 2.0. Convert it to OpenAPI 3, as its editors do, and try again.",
    );
  }
  throw unusable('It must be OpenAPI 3.0 or 3.1: its member "openapi" has to say so.');
}

function readJson(text: string): unknown {
  if (text.length > jsonMax) throw tooLarge(jsonMax);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unusable("It begins as JSON does and is none. Check it with a JSON linter.", { cause });
  }
}

async function readYaml(text: string): Promise<unknown> {
  if (text.length > yamlMax) throw tooLarge(yamlMax);
  if (nests(text, yamlDepthMax)) throw unusable(`It nests deeper than ${yamlDepthMax} levels.`);
  // Only who imports a document needs it.
  const { parse } = await import("yaml");
  try {
    // Looking for repeated keys takes time by the square of their number.
    return parse(text, {
      schema: "core",
      uniqueKeys: false,
      maxAliasCount: 100,
      prettyErrors: false,
      logLevel: "error",
    });
  } catch (cause) {
    throw unusable("It is neither JSON nor YAML that can be read. Check it with a linter.", {
      cause,
    });
  }
}

const tooLarge = (max: number) =>
  unusable(
    `It is longer than ${max} characters. Cut it down to the operations that the bot needs.`,
  );

/** Whether brackets open, lines are indented, or signs of collections follow one another so often. */
function nests(text: string, max: number): boolean {
  let brackets = 0;
  let [indent, signs, isIndent] = [0, 0, true];
  for (let at = 0; at < text.length; at++) {
    const one = text[at] ?? "";
    if (one === "[" || one === "{") brackets += 1;
    else if (one === "]" || one === "}") brackets = Math.max(0, brackets - 1);
    if (one === "\n") [indent, signs, isIndent] = [0, 0, true];
    else if (isIndent && one === " ") indent += 1;
    else if (isIndent && "-?:".includes(one)) signs += 1;
    else isIndent = false;
    if (brackets > max || signs > max || indent > max * 2) return true;
  }
  return false;
}
