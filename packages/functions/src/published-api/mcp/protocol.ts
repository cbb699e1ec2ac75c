/**
 * MCP over streamable HTTP without sessions, in both of its revisions: what is asked, and what is
 * wrong with how it was asked.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports and
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/transports
 */
import * as v from "valibot";
import * as Members from "@outlet/core/foundation/members";
import * as Text from "@outlet/core/foundation/text";

/** The newest first: it is offered to clients that ask for one that nobody knows. */
export const legacyVersions = ["2025-11-25", "2025-06-18", "2025-03-26"] as const;
export const modernVersions = ["2026-07-28"] as const;

const versionKey = "io.modelcontextprotocol/protocolVersion";
const capabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
export const serverInfoKey = "io.modelcontextprotocol/serverInfo";

export const codes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  headerMismatch: -32020,
  unsupportedVersion: -32022,
} as const;

type Id = string | number;
type Era = "legacy" | "modern";

export interface Call {
  kind: "call";
  id: Id;
  method: string;
  params: Record<string, unknown>;
  era: Era;
}

export interface Refusal {
  kind: "refusal";
  status: 200 | 400 | 404;
  body: object;
}

export type Read = Call | Refusal | { kind: "notification" };

export function errorBody(id: Id | null, code: number, message: string, data?: object): object {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data && { data }) } };
}

export const resultBody = (id: Id, result: object): object => ({ jsonrpc: "2.0", id, result });

const refuse = (
  status: Refusal["status"],
  id: Id | null,
  code: number,
  message: string,
  data?: object,
): Refusal => ({ kind: "refusal", status, body: errorBody(id, code, message, data) });

export const unknownMethod = ({ id, method, era }: Call): Refusal =>
  refuse(
    era === "modern" ? 404 : 200,
    id,
    codes.methodNotFound,
    `There is no method ${Text.cut(method, 100)} here.`,
  );

const Message = v.object({
  jsonrpc: v.literal("2.0"),
  id: v.optional(v.union([v.string(), v.number()])),
  method: v.optional(v.string()),
  params: v.optional(Members.of(v.string(), v.unknown()), {}),
});

/**
 * Reads one message.
 * @param header of the request, by its lower-case name.
 */
export function readMessage(body: string, header: (name: string) => string | undefined): Read {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return refuse(400, null, codes.parseError, "The body must be one JSON document.");
  }
  const parsed = v.safeParse(Message, json);
  if (!parsed.success) {
    return refuse(400, null, codes.invalidRequest, "The body must be one JSON-RPC 2.0 message.");
  }
  const { id, method, params } = parsed.output;
  // What a client answers concerns nobody: nothing is ever asked of it.
  if (method === undefined && id !== undefined) return { kind: "notification" };
  if (method === undefined) {
    return refuse(400, null, codes.invalidRequest, "The message names no method.");
  }
  if (id === undefined) return { kind: "notification" };
  const meta = metaOf(params);
  const era = eraOf(method, meta, header("mcp-protocol-version"));
  const call: Call = { kind: "call", id, method, params, era };
  return (era === "modern" ? modernFault(call, meta, header) : legacyFault(call, header)) ?? call;
}

const Meta = Members.of(v.string(), v.unknown());
export const metaOf = (params: Record<string, unknown>): Record<string, unknown> =>
  v.is(Meta, params._meta) ? params._meta : {};

function eraOf(method: string, meta: Record<string, unknown>, version: string | undefined): Era {
  const isModern =
    meta[versionKey] !== undefined ||
    method === "server/discover" ||
    (version !== undefined && version >= "2026");
  return isModern ? "modern" : "legacy";
}

function legacyFault(
  { id, method }: Call,
  header: (name: string) => string | undefined,
): Refusal | undefined {
  const version = header("mcp-protocol-version");
  // The first message may name what is to be agreed on only.
  const known: readonly string[] = legacyVersions;
  if (version === undefined || method === "initialize" || known.includes(version)) return undefined;
  const message = `MCP-Protocol-Version must be one of ${[...legacyVersions, ...modernVersions].join(", ")}.`;
  return refuse(400, id, codes.invalidRequest, message);
}

/** In the order that the specification gives them. */
function modernFault(
  { id, method, params }: Call,
  meta: Record<string, unknown>,
  header: (name: string) => string | undefined,
): Refusal | undefined {
  const fault = (code: number, message: string, data?: object) =>
    refuse(400, id, code, message, data);
  const asked = meta[versionKey];
  if (typeof asked !== "string") {
    return fault(codes.invalidParams, `params._meta must have ${versionKey}.`);
  }
  if (header("mcp-protocol-version") !== asked) {
    return fault(
      codes.headerMismatch,
      `The header MCP-Protocol-Version must be ${Text.cut(asked, 40)}.`,
    );
  }
  const known: readonly string[] = modernVersions;
  if (!known.includes(asked)) {
    const data = { supported: modernVersions, requested: asked };
    return fault(
      codes.unsupportedVersion,
      "This version of the protocol is not spoken here.",
      data,
    );
  }
  const capabilities = meta[capabilitiesKey];
  if (typeof capabilities !== "object" || capabilities === null) {
    return fault(codes.invalidParams, `params._meta must have ${capabilitiesKey}.`);
  }
  if (header("mcp-method") !== method) {
    return fault(codes.headerMismatch, "The header Mcp-Method must be the message's method.");
  }
  if (method !== "tools/call") return undefined;
  return decoded(header("mcp-name")) === params.name
    ? undefined
    : fault(codes.headerMismatch, "The header Mcp-Name must be the tool's name.");
}

/** `=?base64?…?=` holds what no header can. */
function decoded(value: string | undefined): string | undefined {
  const encoded = /^=\?base64\?([A-Za-z0-9+/=]*)\?=$/.exec(value ?? "")?.[1];
  return encoded === undefined ? value : Buffer.from(encoded, "base64").toString("utf8");
}
