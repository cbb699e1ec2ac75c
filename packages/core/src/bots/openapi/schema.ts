import * as Text from "../../foundation/text/index.ts";
import { isMembers, listOf, type Members, membersOf, textOf } from "./document.ts";
import { BadReference, refOf, resolved } from "./references.ts";

/** Of one operation's input: schemas within schemas, deep and in all. Beyond them anything goes. */
const depthMax = 8;
const nodesMax = 400;
/** Of a whole document. */
const documentNodesMax = 30_000;
/** Texts of a schema are told to the model with every request. */
const descriptionMax = 400;
const enumMax = 100;

/** Members that say as much to a model as to a validator, and hold no schemas. */
const plain = [
  "type",
  "format",
  "const",
  "default",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
] as const;
const combined = ["allOf", "anyOf", "oneOf"] as const;

/** What is left of a document for its schemas. */
export interface Budget {
  nodes: number;
}
export const newBudget = (): Budget => ({ nodes: documentNodesMax });

/**
 * Schemas of one operation without references, as JSON Schema that models are told of. Circles and
 * what is too much end as `{}`: anything.
 */
export class SchemaWriter {
  readonly #root: Members;
  readonly #budget: Budget;
  #nodes = 0;
  constructor(root: Members, budget: Budget) {
    this.#root = root;
    this.#budget = budget;
  }

  /** @throws BadReference where the schema itself refers to what is not there. */
  write(schema: unknown): Members {
    return this.#write(schema, new Set(), 0);
  }

  #write(schema: unknown, on: ReadonlySet<unknown>, depth: number): Members {
    const found = resolved(this.#root, schema);
    if (!isMembers(found) || on.has(found)) return {};
    this.#nodes += 1;
    this.#budget.nodes -= 1;
    if (depth > depthMax || this.#nodes > nodesMax || this.#budget.nodes < 0) return {};
    const within = new Set(on).add(found);
    const inner = (of: unknown) => this.#inner(of, within, depth + 1);
    const written: [string, unknown][] = [];
    for (const name of plain) if (isPlain(found[name])) written.push([name, found[name]]);
    const description = textOf(found["description"]) || textOf(membersOf(schema)["description"]);
    if (description) written.push(["description", Text.shorten(description, descriptionMax)]);
    const choices = listOf(found["enum"]).filter((_, i) => i < enumMax);
    if (choices.length > 0) written.push(["enum", choices]);
    written.push(...this.#properties(found, inner));
    if (found["items"] !== undefined) written.push(["items", inner(found["items"])]);
    for (const name of combined) {
      const all = listOf(found[name]);
      const parts = all.slice(0, 20);
      if (parts.length > 0) written.push([name, parts.map(inner)]);
    }
    return nullable(found, Object.fromEntries(written));
  }

  /** What is wrong within a schema takes away that part of it, not the operation. */
  #inner(schema: unknown, on: ReadonlySet<unknown>, depth: number): Members {
    try {
      return this.#write(schema, on, depth);
    } catch (error) {
      if (error instanceof BadReference) return {};
      throw error;
    }
  }

  #properties(found: Members, inner: (of: unknown) => Members): [string, unknown][] {
    const properties = Object.entries(membersOf(found["properties"])).filter(
      ([, schema]) => !isReadOnly(this.#root, schema),
    );
    const written: [string, unknown][] = [];
    if (properties.length > 0) {
      const members = properties.slice(0, nodesMax).map(([name, of]) => [name, inner(of)] as const);
      written.push(["properties", Object.fromEntries(members)]);
      const names = new Set(properties.map(([name]) => name));
      const required = listOf(found["required"]).filter((name) => names.has(textOf(name)));
      if (required.length > 0) written.push(["required", required]);
    }
    const others = found["additionalProperties"];
    if (typeof others === "boolean") written.push(["additionalProperties", others]);
    else if (isMembers(others)) written.push(["additionalProperties", inner(others)]);
    return written;
  }
}

/** Numbers, texts, and the lists of types that JSON Schema 2020-12 has. */
const isPlain = (value: unknown): boolean =>
  ["number", "boolean"].includes(typeof value) ||
  (typeof value === "string" && value.length <= 200) ||
  (Array.isArray(value) && value.length <= 10 && value.every((one) => typeof one === "string"));

/** What only answers hold is not asked for. */
function isReadOnly(root: Members, schema: unknown): boolean {
  if (isMembers(schema) && schema["readOnly"] === true) return true;
  if (refOf(schema) === undefined) return false;
  try {
    return membersOf(resolved(root, schema))["readOnly"] === true;
  } catch (error) {
    if (error instanceof BadReference) return false;
    throw error;
  }
}

/** OpenAPI 3.0 writes `nullable` where JSON Schema has a type more. */
function nullable(found: Members, written: Members): Members {
  if (found["nullable"] !== true || typeof written["type"] !== "string") return written;
  return { ...written, type: [written["type"], "null"] };
}
