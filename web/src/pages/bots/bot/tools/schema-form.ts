/** A field of a form for one member of a tool's input. */
export interface Field {
  name: string;
  kind: "text" | "number" | "choice" | "truth" | "json";
  choices: string[];
  hint: string;
  required: boolean;
}

type Schema = Record<string, unknown>;
const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A field for each member: plain ones as what they are, all others as JSON. */
export function fieldsOf(schema: Schema): Field[] {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, of]) => {
    const member = isSchema(of) ? of : {};
    const choices = Array.isArray(member.enum) ? member.enum : [];
    const isChoice = choices.length > 0 && choices.every((one) => typeof one === "string");
    return {
      name,
      kind: isChoice ? "choice" : kindOf(member.type),
      choices: isChoice ? choices.map(String) : [],
      hint: typeof member.description === "string" ? member.description : "",
      required: required.includes(name),
    };
  });
}

function kindOf(type: unknown): Field["kind"] {
  const types = (Array.isArray(type) ? type : [type]).filter((one) => one !== "null");
  if (types.length !== 1) return "json";
  switch (types[0]) {
    case "string":
      return "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "truth";
    default:
      return "json";
  }
}

/**
 * What was typed, as the input of a call; empty fields are left out.
 * @returns the names of fields that hold no JSON, where they should.
 */
export function inputOf(
  fields: readonly Field[],
  typed: ReadonlyMap<string, string>,
): { input: Record<string, unknown>; bad: string[] } {
  const members: [name: string, value: unknown][] = [];
  const bad: string[] = [];
  for (const { name, kind } of fields) {
    const text = typed.get(name) ?? "";
    if (text === "") continue;
    try {
      const isText = kind === "text" || kind === "choice";
      members.push([name, isText ? text : (JSON.parse(text) as unknown)]);
    } catch {
      bad.push(name);
    }
  }
  return { input: Object.fromEntries(members), bad };
}
