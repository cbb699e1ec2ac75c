import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:http";
import { buffer } from "node:stream/consumers";

/** Which of the bot's stacks a request goes to; they differ in their limits alone. */
export type Stack = "plain" | "throttled" | "counted" | "unknown";

export interface Row {
  name: string;
  stack?: Stack;
  method?: string;
  path?: string | ((seen: Seen) => string);
  /** Sent as it is, several of one name too. */
  headers?: [name: string, value: string][];
  /** Whose: `good` where absent. */
  key?: "good" | "none" | "bad" | "foreign" | "unplanned";
  body?: string | Buffer;
  /** Sent so often; the last answer counts. 1 where absent. */
  times?: number;
  /** Under another stage's name. */
  stage?: string;
  while?: "paused";
}

/** Ids that a side has answered with. */
export interface Seen {
  conversationId: string;
  messageId: string;
}

const message = (body: string) =>
  JSON.stringify({ message: { content: [{ contentType: "text", body }] } });
const json: [string, string] = ["content-type", "application/json"];
const shop: [string, string] = ["origin", "https://shop.example"];
const post = { method: "POST", path: "/conversation", headers: [json] };
const preflight = { method: "OPTIONS", path: "/conversation", key: "none" as const };
const asks: [string, string][] = [
  ["access-control-request-method", "POST"],
  ["access-control-request-headers", "content-type,x-api-key"],
];

/** Sent to both gateways, in this order. */
export const rows: Row[] = [
  { name: "health", path: "/health" },
  { name: "message", ...post, body: message("Hello?") },
  { name: "poll", path: (s) => `/conversation/${s.conversationId}/${s.messageId}` },
  { name: "conversation", path: (s) => `/conversation/${s.conversationId}` },
  { name: "unknown conversation", path: "/conversation/nowhere" },
  { name: "no key", path: "/health", key: "none" },
  { name: "bad key", path: "/health", key: "bad" },
  { name: "foreign key", path: "/health", key: "foreign" },
  { name: "key in no plan", path: "/health", key: "unplanned" },
  { name: "no key, from a browser", path: "/health", key: "none", headers: [shop] },
  { name: "unknown path", path: "/nowhere" },
  { name: "root path", path: "/" },
  { name: "stage alone", path: "" },
  { name: "unknown stage", path: "/health", stage: "other" },
  { name: "unknown API", path: "/health", stack: "unknown" },
  { name: "wrong method", method: "PUT", path: "/conversation", headers: [json], body: "{}" },
  { name: "method of no route", method: "TRACE", path: "/health" },
  { name: "preflight", ...preflight, headers: [shop, ...asks] },
  {
    name: "preflight of a stranger",
    ...preflight,
    headers: [["origin", "https://evil.example"], ...asks],
  },
  { name: "from an allowed origin", path: "/health", headers: [shop] },
  { name: "from another origin", path: "/health", headers: [["origin", "https://evil.example"]] },
  { name: "HEAD", method: "HEAD", path: "/health" },
  { name: "HEAD of nothing", method: "HEAD", path: "/nowhere" },
  { name: "broken JSON", ...post, body: '{"message":' },
  { name: "empty body", ...post, body: "" },
  { name: "no content type", method: "POST", path: "/conversation", body: message("Typeless") },
  { name: "unknown field", ...post, body: '{"massage":{}}' },
  { name: "body that is no UTF-8", ...post, body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) },
  { name: "large message", ...post, body: message("x".repeat(1_000_000)) },
  { name: "over 10 MB", ...post, body: Buffer.alloc(10 * 1024 * 1024 + 1, 0x20) },
  { name: "encoded space", path: "/conversation/a%20b" },
  { name: "encoded slash", path: "/conversation/a%2Fb" },
  { name: "twice encoded slash", path: "/conversation/a%252Fb" },
  { name: "encoded letters", path: "/conversation/%C3%A9" },
  { name: "double slash", path: "//health" },
  { name: "slash at the end", path: "/health/" },
  {
    name: "several values of a header",
    path: "/health",
    headers: [
      ["x-many", "one"],
      ["x-many", "two"],
    ],
  },
  { name: "several values in the query", path: "/health?a=1&a=2&b=&c&d=%20%2B+x" },
  { name: "forwarded by somebody", path: "/health", headers: [["x-forwarded-for", "192.0.2.7"]] },
  {
    name: "idempotent message",
    ...post,
    headers: [json, ["idempotency-key", "again-and-again"]],
    body: message("Once"),
    times: 2,
  },
  { name: "throttled", stack: "throttled", path: "/health", times: 4 },
  { name: "over quota", stack: "counted", path: "/health", times: 3 },
  { name: "paused", path: "/health", while: "paused" },
  { name: "paused preflight", ...preflight, headers: [shop, ...asks], while: "paused" },
];

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** On the wire as written: no client tidies the path or joins headers. */
export async function send(
  url: string,
  { method = "GET", headers = [], body }: Row,
): Promise<Answer> {
  const { hostname, port, origin } = new URL(url);
  const path = url.slice(origin.length);
  const length: [string, string][] =
    body === undefined ? [] : [["content-length", String(Buffer.byteLength(body))]];
  const all = [["host", `${hostname}:${port}`], ...headers, ...length].flat();
  return new Promise((resolve, reject) => {
    const req = request({ hostname, port, path, method, agent: false, headers: all }, (res) => {
      buffer(res).then(
        (bytes) =>
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body: bytes.toString() }),
        reject,
      );
    });
    req.on("error", reject);
    req.end(body);
  });
}
