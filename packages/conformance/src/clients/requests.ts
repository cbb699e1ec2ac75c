import { gzipSync } from "node:zlib";

/** One request, to be sent by every kind of client, and the answer that each must get. */
export interface ClientRequest {
  name: string;
  method: string;
  /** Below the endpoint of a published bot. */
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Not every client can say it. */
  only?: "raw" | "not browsers";
  right: { status: number; code?: string };
}

/** What a client was answered: what does not change from one time to the next. */
export interface ClientAnswer {
  status: number;
  type: string;
  /** Of the error, where it is one. */
  code: string | null;
}

const json = { "content-type": "application/json" };
const message = JSON.stringify({
  message: { content: [{ contentType: "text", body: "Grüße 👍🏽" }] },
});
const utf8 = (text: string) => new Uint8Array(Buffer.from(text));
const post = (name: string, over: Partial<ClientRequest>, status: number, code?: string) => ({
  name,
  method: "POST",
  path: "/conversation",
  headers: json,
  body: utf8(message),
  right: { status, ...(code === undefined ? {} : { code }) },
  ...over,
});
const get = (name: string, path: string, status: number, code?: string): ClientRequest => ({
  name,
  method: "GET",
  path,
  right: { status, ...(code === undefined ? {} : { code }) },
});

export const clientRequests: ClientRequest[] = [
  get("a question", "/health", 200),
  get("a trailing slash", "/health/", 200),
  get("two slashes", "//health", 200),
  { ...get("HEAD", "/health", 200), method: "HEAD" },
  {
    ...get("a body where none belongs", "/health", 200),
    headers: json,
    body: utf8("{}"),
    only: "not browsers",
  },
  {
    ...get("HEAD with a body", "/health", 200),
    method: "HEAD",
    headers: json,
    body: utf8("{}"),
    only: "raw",
  },
  get("a route that is not there", "/nothing", 404, "route_not_found"),
  { ...get("a method that is not there", "/health", 405, "method_not_allowed"), method: "PUT" },
  get("an id longer than any", `/conversation/${"a".repeat(3_000)}`, 404, "not_found"),
  get("a long id of wide characters", `/conversation/${"%E6%BC%A2".repeat(700)}`, 404, "not_found"),
  get("a long message id", `/conversation/x/${"a".repeat(3_000)}`, 404, "not_found"),
  {
    ...get("a long id to delete", `/conversation/${"a".repeat(3_000)}`, 404, "not_found"),
    method: "DELETE",
  },
  get("an id that is no UTF-8", "/conversation/%E6%BC", 404, "not_found"),
  post("a message", {}, 200),
  post("a message without a type", { headers: {}, only: "raw" }, 200),
  post("a byte order mark", { body: utf8(`\ufeff${message}`) }, 200),
  post("a half surrogate pair", { body: utf8(message.replace("Gr", "\\ud83d")) }, 200),
  post("Latin-1", { body: new Uint8Array(Buffer.from('"Köln"', "latin1")) }, 422, "invalid_json"),
  post(
    "Latin-1, declared",
    {
      headers: { "content-type": "application/json; charset=ISO-8859-1" },
      body: new Uint8Array(Buffer.from('"Köln"', "latin1")),
    },
    415,
    "unsupported_media_type",
  ),
  post(
    "a compressed body",
    { headers: { ...json, "content-encoding": "gzip" }, body: new Uint8Array(gzipSync(message)) },
    415,
    "unsupported_media_type",
  ),
  post("no JSON", { body: utf8("{'message': 1}") }, 422, "invalid_json"),
  post("nothing", { body: utf8("") }, 422, "invalid_json"),
  post("a field too many", { body: utf8('{"messages":[]}') }, 422, "invalid_request"),
];

export function answerOf(status: number, type: string | null, text: string): ClientAnswer {
  const isJson = type?.includes("json") === true && text !== "";
  const { error } = (isJson ? JSON.parse(text) : {}) as { error?: { code?: string } | null };
  return { status, type: type ?? "", code: error?.code ?? null };
}
