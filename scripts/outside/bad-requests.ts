import type { Operation } from "./documents.ts";
import type { Asked, User } from "./outlet.ts";

/** A request, and the name it goes by in what is compared. */
export interface BadRequest extends Asked {
  name: string;
  as: User | null;
  /** Whether its path names what is there. */
  isFound: boolean;
}

const json = { "content-type": "application/json" };
/** What a member or parameter may be instead of what it has to be. */
const wrongValues = ["null", "-1.5", '""', "[null]", '{"a":1}'];
const wrongQueries = ["", "nonsense", "-1", "1000000"];

/** What everybody gets wrong sooner or later, made from what the route says it takes. */
export function badRequestsOf(operation: Operation): BadRequest[] {
  const { method, path } = operation;
  const admin = path.startsWith("/admin");
  const able: User = admin ? "admin" : "owner";
  const request = (name: string, more: Partial<BadRequest> = {}): BadRequest => ({
    name: `${method} ${path} · ${name}`,
    method,
    path,
    as: able,
    isFound: true,
    ...more,
  });
  const fine = operation.members ? { headers: json, body: "{}" } : {};
  return [
    request("without a token", { as: null, ...fine }),
    request("with a wrong token", { as: null, headers: { authorization: "Bearer a.b.c" } }),
    request("by another user", { as: "user", ...fine }),
    ...(path.includes("{") ? [request("of what is not there", { isFound: false, ...fine })] : []),
    ...operation.query.flatMap((name) =>
      wrongQueries.map((value) =>
        request(`${name}=${value}`, { path: `${path}?${name}=${encodeURIComponent(value)}` }),
      ),
    ),
    ...(operation.query.length > 0 ? [request("a=b", { path: `${path}?a=b` })] : []),
    ...(operation.members ?? []).flatMap((member) =>
      wrongValues.map((value) => {
        const body = `{${JSON.stringify(member)}:${value}}`;
        return request(body, { headers: json, body });
      }),
    ),
    ...(operation.members ? wrongBodies.map(([name, more]) => request(name, more)) : []),
    // The limit is one for all routes, and 6 MB take their time.
    ...(operation.members && !path.includes("{") ? [request("too large a body", tooLarge)] : []),
  ];
}

const wrongBodies: [name: string, more: Partial<BadRequest>][] = [
  ["no body", {}],
  ["no JSON", { headers: json, body: "{" }],
  ["a list", { headers: json, body: "[]" }],
  ["an unknown member", { headers: json, body: '{"unheardOf":1}' }],
  ["a form", { headers: { "content-type": "text/plain" }, body: "{}" }],
];

const tooLarge = { headers: json, body: `{"unheardOf":"${"x".repeat(5_600_000)}"}` };

/** Methods that a path has not, and paths that are none. */
export function misses(operations: Operation[]): BadRequest[] {
  const paths = [...new Set(operations.map(({ path }) => path))];
  const known = new Set(operations.map(({ method, path }) => `${method} ${path}`));
  const wrong = paths.flatMap((path) =>
    ["GET", "POST", "PUT", "PATCH", "DELETE"]
      .filter((method) => !known.has(`${method} ${path}`))
      .map((method) => ({ method, path })),
  );
  return [...wrong, { method: "GET", path: "/nothing" }, { method: "POST", path: "/" }].map(
    (request) => ({
      ...request,
      name: `${request.method} ${request.path}`,
      as: "owner" as const,
      isFound: true,
    }),
  );
}

const text = (body: unknown) => ({ contentType: "text", body });
const message = (...content: unknown[]) => JSON.stringify({ message: { content } });
const image = { contentType: "image", mediaType: "image/png", body: "aGVsbG8=" };
const file = { contentType: "attachment", fileName: "a.pdf", body: "aGVsbG8=" };

const wrongMessages: [name: string, more: Partial<Asked>][] = [
  ["no body", {}],
  ["no JSON", { body: "{" }],
  ["a list", { body: "[]" }],
  ["no message", { body: "{}" }],
  ["an unknown member", { body: '{"conversation":"x","message":{"content":[]}}' }],
  ["an id with a control character", { body: '{"conversationId":"a\\u0000","message":{}}' }],
  ["an id that is too long", { body: `{"conversationId":"${"a".repeat(129)}","message":{}}` }],
  ["no content", { body: message() }],
  ["an empty text", { body: message(text("")) }],
  ["a text that is none", { body: message(text(1)) }],
  ["an unknown part", { body: message({ contentType: "smell", body: "x" }) }],
  ["a part of models", { body: message({ contentType: "toolUse", body: {} }) }],
  ["an image that is none", { body: message(text("x"), image) }],
  ["an unknown image", { body: message(text("x"), { ...image, mediaType: "image/bmp" }) }],
  ["no base64", { body: message(text("x"), { ...image, body: "*" }) }],
  ["a file that is none", { body: message(text("x"), file) }],
  ["an unknown file", { body: message(text("x"), { ...file, fileName: "a.exe" }) }],
  ["a file without a text", { body: message(file) }],
  ["21 images", { body: message(text("x"), ...Array.from({ length: 21 }, () => image)) }],
  ["6 files", { body: message(text("x"), ...Array.from({ length: 6 }, () => file)) }],
  [
    "an unknown model",
    { body: '{"message":{"content":[{"contentType":"text","body":"x"}],"model":"none"}}' },
  ],
  [
    "reasoning",
    { body: '{"enableReasoning":true,"message":{"content":[{"contentType":"text","body":"x"}]}}' },
  ],
  [
    "nothing to go on with",
    { body: '{"conversationId":"new","continueGenerate":true,"message":{"content":[]}}' },
  ],
  ["a preference", { body: "{}", headers: { prefer: "wait=soon" } }],
  ["an empty idempotency key", { body: message(text("x")), headers: { "idempotency-key": "" } }],
  [
    "a long idempotency key",
    { body: message(text("x")), headers: { "idempotency-key": "a".repeat(256) } },
  ],
];

/** What a published API refuses of a caller with a key. */
export const publishedRequests: (Asked & { name: string })[] = [
  ...wrongMessages.map(([name, more]) => ({
    name: `POST /conversation · ${name}`,
    method: "POST",
    path: "/conversation",
    ...more,
    headers: { ...json, ...more.headers },
  })),
  ...[
    "GET /",
    "GET /nothing",
    "PUT /conversation",
    "GET /conversation",
    "POST /health",
    "GET /conversation/none",
    "DELETE /conversation/none",
    "GET /conversation/told/none",
    `GET /conversation/${"a".repeat(300)}/${"b".repeat(300)}`,
    "GET /conversation/none/{runId}",
    "GET /conversation/told/{runId}?wait=0",
    "GET /conversation/told/{runId}?wait=26",
    "GET /conversation/told/{runId}?wait=soon",
    "PATCH /conversation/told/{runId}",
    "POST /conversation/told/none/cancel",
    "GET /conversation/told/{runId}/cancel",
    "GET /conversation/%E0%A4%A",
  ].map((name) => {
    const [method = "", path = ""] = name.split(" ");
    return { name, method, path };
  }),
];
