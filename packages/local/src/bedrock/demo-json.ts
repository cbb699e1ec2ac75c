/** As much of JSON Schema as the demo model answers by. */
interface Schema {
  type?: unknown;
  enum?: unknown[];
  const?: unknown;
  anyOf?: unknown[];
  oneOf?: unknown[];
  $ref?: unknown;
  properties?: Record<string, unknown>;
  items?: unknown;
  minItems?: unknown;
  minimum?: unknown;
}

const depthMax = 20;

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The demo model's answer as JSON of a schema: its text wherever text is asked for, and the smallest
 * of everything else.
 */
export function composeJson(text: string, root: unknown): string {
  return JSON.stringify(fill(root, 0));

  function fill(schema: unknown, depth: number): unknown {
    if (!isSchema(schema) || depth > depthMax) return null;
    if (typeof schema.$ref === "string") return fill(lookUp(schema.$ref), depth + 1);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return schema.enum[0];
    const choice = (schema.anyOf ?? schema.oneOf)?.[0];
    if (choice !== undefined) return fill(choice, depth + 1);
    const [type] = Array.isArray(schema.type) ? schema.type : [schema.type];
    if (type === "object" || schema.properties) return fillObject(schema, depth);
    if (type === "array") {
      const length = Math.min(10, Number(schema.minItems ?? 1));
      return Array.from({ length }, () => fill(schema.items, depth + 1));
    }
    if (type === "number" || type === "integer") return Number(schema.minimum ?? 0);
    if (type === "boolean") return false;
    return type === "null" ? null : text;
  }

  function fillObject({ properties }: Schema, depth: number): object {
    if (!properties) return { answer: text };
    return Object.fromEntries(
      Object.entries(properties).map(([name, inner]) => [name, fill(inner, depth + 1)]),
    );
  }

  /** `#/$defs/Name` */
  function lookUp(pointer: string): unknown {
    let found: unknown = root;
    for (const part of pointer.replace(/^#\/?/, "").split("/")) {
      if (part === "") continue;
      found = isSchema(found) ? (found as Record<string, unknown>)[part] : undefined;
    }
    return found;
  }
}
