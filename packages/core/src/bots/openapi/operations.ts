import * as Text from "../../foundation/text/index.ts";
import type { Tools } from "../tools/index.ts";
import { isMembers, listOf, type Members, membersOf, textOf } from "./document.ts";
import { BadReference, resolved } from "./references.ts";
import { type Budget, newBudget, SchemaWriter } from "./schema.ts";

/** Of one document; what is beyond is not listed. */
export const operationsMax = 1_000;
/** Of one operation. */
const parametersMax = 60;
/** Characters of a schema: the model is told of it with every request. */
const schemaMax = 12_000;

const methods = ["get", "head", "post", "put", "patch", "delete"] as const;
type Method = (typeof methods)[number];

/** Those that do no more when they are repeated (RFC 9110, 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(["get", "head", "put", "delete"]);

/** Where a member of the input goes, and how it is written there. */
export type Parameter = Tools.SettingOf<"http">["operations"][number]["parameters"][number];

/** One operation as a tool could call it. */
export interface Operation {
  /** `POST /pets/{id}`: names it within its document. */
  key: string;
  name: string;
  method: Method;
  path: string;
  description: string;
  parameters: Parameter[];
  inputSchema: Members;
  isSafeToRepeat: boolean;
  /** Why it cannot be called. */
  refusal: string | null;
}

/** Every operation of a document, in its order. */
export function listOperations(root: Members): Operation[] {
  const operations: Operation[] = [];
  const names = new Set<string>();
  const budget = newBudget();
  for (const [path, item] of Object.entries(membersOf(root["paths"]))) {
    const shared = quietly(() => membersOf(resolved(root, item)), {});
    for (const method of methods) {
      if (!isMembers(shared[method])) continue;
      if (operations.length >= operationsMax) return operations;
      const operation = read(root, { path, method, shared, own: shared[method], budget });
      operations.push({ ...operation, name: unique(operation.name, names) });
    }
  }
  return operations;
}

interface Place {
  path: string;
  method: Method;
  shared: Members;
  own: Members;
  budget: Budget;
}

function read(root: Members, place: Place): Operation {
  const { path, method, own } = place;
  const key = `${method.toUpperCase()} ${path}`;
  const said = [textOf(own["summary"]), textOf(own["description"])].filter((text) => text.trim());
  const bare = {
    key,
    name: nameOf(textOf(own["operationId"]) || `${method}_${path}`),
    method,
    path,
    description: Text.shorten(said.join("\n") || key, 1_000),
    isSafeToRepeat: idempotent.has(method),
  };
  try {
    return { ...bare, ...inputOf(root, place), refusal: refusalOf(path) };
  } catch (error) {
    if (!(error instanceof BadReference || error instanceof Unsupported)) throw error;
    const inputSchema = { type: "object", properties: {} };
    return { ...bare, parameters: [], inputSchema, refusal: error.message };
  }
}

/** What a tool cannot send. */
class Unsupported extends Error {
  override name = "Unsupported";
}

const refusalOf = (path: string): string | null =>
  path.startsWith("/") && !/[?#\\\s]/.test(path)
    ? null
    : "Its path does not begin with a slash, or is none.";

interface Input {
  parameters: Parameter[];
  inputSchema: Members;
}

function inputOf(root: Members, { path, method, shared, own, budget }: Place): Input {
  if (budget.nodes <= 0) throw new Unsupported("The document describes too much. Cut it down.");
  const writer = new SchemaWriter(root, budget);
  const all = [...parametersOf(root, shared, own)];
  const parameters: Parameter[] = [];
  const properties: [string, Members][] = [];
  const taken = new Set<string>();
  for (const given of all) {
    const parameter = parameterOf(given, taken);
    if (!parameter) continue;
    parameters.push(parameter);
    const schema = writer.write(schemaOf(given) ?? {});
    const description = textOf(given["description"]);
    properties.push([
      parameter.member,
      { ...schema, ...(description && { description: Text.shorten(description, 400) }) },
    ]);
  }
  if (method !== "get" && method !== "head") {
    const body = bodyOf(root, own, writer, taken);
    if (body) {
      parameters.push(body.parameter);
      properties.push([body.parameter.member, body.schema]);
    }
  }
  requirePathParameters(path, parameters);
  const required = parameters.filter((one) => one.required).map(({ member }) => member);
  const inputSchema = {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
  return { parameters, inputSchema: bounded(inputSchema) };
}

/** An operation's own take the place of its path's of the same name and place. */
function parametersOf(root: Members, shared: Members, own: Members): Iterable<Members> {
  const all = new Map<string, Members>();
  for (const given of [...listOf(shared["parameters"]), ...listOf(own["parameters"])]) {
    const parameter = membersOf(resolved(root, given));
    all.set(JSON.stringify([parameter["in"], parameter["name"]]), parameter);
    if (all.size > parametersMax) {
      throw new Unsupported(`It has more than ${parametersMax} parameters.`);
    }
  }
  return all.values();
}

const contentSchema = (given: Members): unknown =>
  Object.values(membersOf(given["content"])).map((media) => membersOf(media)["schema"])[0];
const schemaOf = (given: Members): unknown => given["schema"] ?? contentSchema(given);

/** Headers that are said otherwise (OpenAPI 3.1, 4.8.12.2). */
const otherwise = ["accept", "content-type", "authorization"];

function parameterOf(given: Members, taken: Set<string>): Parameter | undefined {
  const name = textOf(given["name"]);
  const place = given["in"];
  const isRequired = given["required"] === true;
  if (place === "header" && otherwise.includes(name.toLowerCase())) return undefined;
  if (place !== "path" && place !== "query" && place !== "header") {
    // Nobody has a cookie here.
    if (isRequired)
      throw new Unsupported(`It needs a parameter in ${Text.cut(textOf(place), 20)}.`);
    return undefined;
  }
  if (name === "") throw new Unsupported("It has a parameter without a name.");
  if (place === "header" && !/^[!#$%&'*+.^`|~\w-]+$/.test(name)) {
    throw new Unsupported("It has a header whose name is none.");
  }
  const style = styleOf(given, place);
  const explode = typeof given["explode"] === "boolean" ? given["explode"] : style === "form";
  const required = isRequired || place === "path";
  return { member: memberOf(name, taken), name, in: place, style, explode, required };
}

const queryStyles = ["form", "spaceDelimited", "pipeDelimited", "deepObject"] as const;

function styleOf(given: Members, place: "path" | "query" | "header"): Parameter["style"] {
  if (given["content"] !== undefined) return "json";
  const said = given["style"] === undefined ? undefined : textOf(given["style"]);
  if (place === "query") return queryStyles.find((one) => one === (said ?? "form")) ?? "form";
  if (said === undefined || said === "simple") return "simple";
  throw new Unsupported(`It has a parameter of the style ${Text.cut(said, 20)}.`);
}

function requirePathParameters(path: string, parameters: readonly Parameter[]): void {
  const named = parameters.filter((one) => one.in === "path").map(({ name }) => name);
  for (const [, name = ""] of path.matchAll(/\{([^{}]*)\}/g)) {
    if (!named.includes(name))
      throw new Unsupported(`Its path names {${Text.cut(name, 40)}}, which is not described.`);
  }
}

function bodyOf(root: Members, own: Members, writer: SchemaWriter, taken: Set<string>) {
  if (own["requestBody"] === undefined) return undefined;
  const body = membersOf(resolved(root, own["requestBody"]));
  const types = Object.entries(membersOf(body["content"]));
  const json = types.find(([type]) => isJson(type));
  const form = types.find(([type]) => bareType(type) === "application/x-www-form-urlencoded");
  const [type, media] = json ?? form ?? [];
  if (type === undefined) {
    if (body["required"] !== true) return undefined;
    const kinds =
      types
        .map(([name]) => Text.cut(name, 60))
        .slice(0, 3)
        .join(", ") || "nothing";
    throw new Unsupported(`Its body is ${kinds}; tools send JSON or a form.`);
  }
  const parameter: Parameter = {
    member: memberOf("body", taken),
    name: "body",
    in: "body",
    style: json ? "json" : "urlencoded",
    explode: true,
    required: body["required"] === true,
  };
  return { parameter, schema: writer.write(membersOf(media)["schema"] ?? {}) };
}

const bareType = (type: string): string => type.split(";")[0]?.trim().toLowerCase() ?? "";
export const isJson = (type: string): boolean =>
  /^application\/([\w.+-]+\+)?json$/.test(bareType(type)) || bareType(type) === "*/*";

function bounded(schema: Members): Members {
  if (JSON.stringify(schema).length <= schemaMax) return schema;
  throw new Unsupported("What it takes is too long to tell a model of.");
}

/** Models take so much for the name of a member. */
function memberOf(name: string, taken: Set<string>): string {
  return unique(Text.cut(name.replaceAll(/[^a-zA-Z0-9_.-]+/g, "_"), 60) || "value", taken);
}

/** What Converse and OpenAI take for a tool's name. */
export function nameOf(text: string): string {
  const clean = text
    .replaceAll(/[^a-zA-Z0-9-]+/g, "_")
    .replace(/^_/, "")
    .replace(/_$/, "");
  return Text.cut(clean, 60) || "call";
}

function unique(name: string, taken: Set<string>): string {
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name}_${n}`;
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    return candidate;
  }
}

function quietly<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof BadReference) return otherwise;
    throw error;
  }
}
