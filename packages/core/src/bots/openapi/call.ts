import type { HttpRequest } from "../../ports/index.ts";
import type { Tools } from "../tools/index.ts";
import { isMembers, type Members, membersOf } from "./document.ts";
import type { Parameter } from "./operations.ts";

type Picked = Tools.SettingOf<"http">["operations"][number];

/** An input that makes no request; said to the model, which may try another. */
export class BadInput extends Error {
  override name = "BadInput";
}

/**
 * The request that an operation's input asks for, without credentials. It stays at the service's
 * address, whatever is in the input.
 * @param baseUrl of the service, with or without a path.
 * @throws BadInput
 */
export function requestOf(baseUrl: string, operation: Picked, given: Members): HttpRequest {
  const input = withFixed(operation, given);
  const url = new URL(baseUrl);
  const base = url.pathname.replace(/\/$/, "");
  let path = operation.path;
  const query: [string, string][] = [];
  const headers: [name: string, value: string][] = [
    ["accept", "application/json, text/*;q=0.9, */*;q=0.1"],
  ];
  let body: string | undefined;
  const reserved = new Set([
    ...url.searchParams.keys(),
    ...operation.parameters.flatMap((one) => (one.in === "query" ? [one.name] : [])),
  ]);
  for (const parameter of operation.parameters) {
    const value = input.get(parameter.member);
    if (value === undefined || value === null) {
      if (parameter.required) throw new BadInput(`"${parameter.member}" is missing.`);
      continue;
    }
    if (parameter.in === "path") path = filled(path, parameter, value);
    else if (parameter.in === "query") query.push(...queryOf(parameter, value, reserved));
    else if (parameter.in === "header") headers.push([parameter.name, headerOf(parameter, value)]);
    else {
      body = bodyOf(parameter, value);
      headers.push(["content-type", contentTypes[parameter.style] ?? "application/json"]);
    }
  }
  url.pathname = base + path;
  // Not by URLSearchParams: a space is + there, which servers of paths and JSON do not take for one.
  url.search = [
    ...url.search.slice(1).split("&").filter(Boolean),
    ...query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`),
  ].join("&");
  if (url.origin !== new URL(baseUrl).origin || !url.pathname.startsWith(`${base}/`)) {
    throw new BadInput("The input leads to another address than the operation's.");
  }
  const method = methods[operation.method];
  return {
    method,
    url: url.href,
    headers: Object.fromEntries(headers),
    ...(body !== undefined && { body }),
  };
}

const contentTypes: Partial<Record<Parameter["style"], string>> = {
  json: "application/json",
  urlencoded: "application/x-www-form-urlencoded",
};

const methods = {
  get: "GET",
  head: "HEAD",
  post: "POST",
  put: "PUT",
  patch: "PATCH",
  delete: "DELETE",
} as const;

/** The owner's values stand, whatever the model says. */
function withFixed({ fixed }: Picked, given: Members): Map<string, unknown> {
  const input = new Map(Object.entries(given));
  for (const [name, json] of Object.entries(fixed)) {
    const value: unknown = JSON.parse(json);
    if (name.startsWith("body.")) {
      const body = membersOf(input.get("body"));
      input.set("body", { ...body, [name.slice("body.".length)]: value });
    } else input.set(name, value);
  }
  return input;
}

/** The input's schema without what is fixed. */
export function schemaWithout(schema: Members, fixed: readonly string[]): Members {
  const less = (of: Members, names: ReadonlySet<string>): Members => ({
    ...of,
    properties: Object.fromEntries(
      Object.entries(membersOf(of["properties"])).filter(([name]) => !names.has(name)),
    ),
    ...(Array.isArray(of["required"]) && {
      required: of["required"].filter((name) => !names.has(String(name))),
    }),
  });
  const own = new Set(fixed.filter((name) => !name.startsWith("body.")));
  const ofBody = new Set(
    fixed.filter((name) => name.startsWith("body.")).map((name) => name.slice("body.".length)),
  );
  const outer = less(schema, own);
  const properties = membersOf(outer["properties"]);
  if (ofBody.size === 0 || !isMembers(properties["body"])) return outer;
  return { ...outer, properties: { ...properties, body: less(properties["body"], ofBody) } };
}

/** Percent-encoded but for the unreserved characters (RFC 3986, 2.3). */
const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const plainOf = (value: unknown): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);

const listed = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(plainOf) : [plainOf(value)];

function filled(path: string, { name, style, member }: Parameter, value: unknown): string {
  const text = style === "json" ? JSON.stringify(value) : listed(value).map(encoded).join(",");
  const segment = style === "json" ? encoded(text) : text;
  // A dot's or an empty segment would make it another path.
  if (segment === "" || /^\.{1,2}$/.test(segment)) {
    throw new BadInput(`"${member}" must not be empty or dots.`);
  }
  return path.replaceAll(`{${name}}`, () => segment);
}

const separators: Partial<Record<Parameter["style"], string>> = {
  form: ",",
  spaceDelimited: " ",
  pipeDelimited: "|",
};

function queryOf(
  { name, style, explode, member }: Parameter,
  value: unknown,
  reserved: ReadonlySet<string>,
): [string, string][] {
  if (style === "json") return [[name, JSON.stringify(value)]];
  if (isMembers(value)) {
    const members = Object.entries(value).map(([of, one]): [string, string] => [of, plainOf(one)]);
    if (style === "deepObject") return members.map(([of, one]) => [`${name}[${of}]`, one]);
    if (!explode) return [[name, members.flat().join(",")]];
    // Members stand beside the other parameters: none may say again what the owner has set.
    const other = members.find(([of]) => reserved.has(of));
    if (!other) return members;
    throw new BadInput(`"${member}" must not have a member of the name "${other[0]}".`);
  }
  const values = listed(value);
  if (explode) return values.map((one) => [name, one]);
  return [[name, values.join(separators[style] ?? ",")]];
}

function headerOf({ member, style }: Parameter, value: unknown): string {
  const text = style === "json" ? JSON.stringify(value) : listed(value).join(",");
  // What else is no header's value (RFC 9110, 5.5) could begin another one.
  if (/^[\t\x20-\x7e]*$/.test(text)) return text;
  throw new BadInput(`"${member}" must be ASCII without line breaks.`);
}

function bodyOf({ member, style }: Parameter, value: unknown): string {
  if (style !== "urlencoded") return JSON.stringify(value);
  if (!isMembers(value)) throw new BadInput(`"${member}" must be an object.`);
  const pairs = Object.entries(value).flatMap(([name, of]) =>
    listed(of).map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
}
