import { request } from "node:http";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { outletOfFile } from "./outlet-of-file.ts";
import { type PublishedBot } from "./runtime-fixture.ts";

const { outlet, owner } = await outletOfFile();
const bot = await outlet.publish({ throttle: null, quota: null });
await bot.ask("Hello", "known");
const token = await outlet.authorizationOf("admin");

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** Unlike `fetch`, sends a path exactly as it is written. */
function send(base: string, { method, path, headers, body }: Asked): Promise<[number, string]> {
  const { port, pathname } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        agent: false,
        method,
        path: pathname.replace(/\/$/, "") + path,
        headers,
      },
      (res) => {
        let text = "";
        res.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
          // An event stream of a run that is waited for says enough with its status.
          if (text.length > 4_000) res.destroy();
        });
        res.on("close", () => resolve([res.statusCode ?? 0, text.slice(0, 300)]));
      },
    );
    sent.on("error", reject).end(body);
  });
}

const long = (text: string, length: number) => text.repeat(Math.ceil(length / text.length));

/** Segments of a path as they go over the wire. */
const segment = (known: readonly string[]) =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...known), weight: 3 },
    fc.constantFrom(
      long("x", 1_200),
      long("x", 3_000),
      long("%F0%9F%98%80", 3_000),
      "%ff",
      "%00",
      "%E0%A4%A",
      "%",
      "..%2f..%2fsecret",
      "*a".repeat(37),
      "__proto__",
      "%E2%80%AE",
      "a%23b%3Fc",
    ),
    fc
      .string({ unit: "binary", maxLength: 40 })
      .map((text) => encodeURIComponent(text.toWellFormed()) || "-"),
  );

const words = ["limit", "cursor", "from", "to", "keyId", "status", "wait", "format", "q", "actor"];
const value = fc.oneof(
  fc.constantFrom(
    "%00",
    "%ff",
    "",
    "0",
    "-1",
    "1e9",
    "25",
    "2026-02-30T00:00:00Z",
    long("x", 1_900),
  ),
  fc.constantFrom("275760-09-13T00:00:00.001Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
  fc.base64String({ maxLength: 60 }).map(encodeURIComponent),
  fc.string({ maxLength: 30 }).map((text) => encodeURIComponent(text)),
);
const queryText = fc
  .array(fc.tuple(fc.constantFrom(...words), value), { maxLength: 3 })
  .map((pairs) => (pairs.length > 0 ? `?${pairs.map((pair) => pair.join("=")).join("&")}` : ""));

const nested = (depth: number, open: string, close: string) =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, "", "\u0000", "\ud800", -1, 1e308, 0.1, true, [], {}),
  fc.constantFrom<unknown>(
    "private",
    "partial",
    "all",
    "2026-11-22T10:00:00Z",
    "outlet-demo",
    "text",
  ),
  fc.constantFrom(long("x", 300), long("ß", 3_000), long("\u{1f600}", 120_000)),
  fc.string({ unit: "binary", maxLength: 50 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** JSON of the fields that a route knows, each holding anything; or what is no such thing at all. */
function bodyOf(names: readonly string[]) {
  const fields = fc.dictionary(fc.constantFrom(...names, "__proto__"), leaf, { maxKeys: 6 });
  const list = fc.array(leaf, { maxLength: 5 });
  const deep = fc.tuple(fc.constantFrom(...names), fc.oneof(fields, list, fc.array(fields)));
  const wide = fc
    .constantFrom(...names)
    .map((name) => ({ [name]: Array(100).fill(long("é", 20_000)) }));
  const objects = fc.oneof(
    fields,
    deep.map(([name, member]) => ({ [name]: member })),
    wide,
    list,
  );
  return fc.oneof(
    { arbitrary: objects.map((object) => JSON.stringify(object)), weight: 6 },
    fc.constantFrom(
      nested(50_000, "[", "]"),
      nested(20_000, '{"message":', "}"),
      `{"${names[0]}":`,
      "",
      "\u0000",
      '{"a":1,"a":2}',
      "1e999",
    ),
  );
}

const headers = fc.record(
  {
    prefer: fc.constantFrom("wait=0", "wait=99999999", "wait=\u00ff", "x".repeat(5_000)),
    "idempotency-key": fc.constantFrom("a", '"', "\u00ff", "x".repeat(256), "{}"),
    "last-event-id": fc.constantFrom("0", "-1", "9e99.1", "\u00ff", "1.1"),
    accept: fc.constantFrom("text/event-stream", "text/csv", "*/*;q=x"),
    "x-request-id": fc.constantFrom("x".repeat(3_000), "\u00ff"),
  },
  { requiredKeys: [] },
);

interface Route {
  method: string;
  path: string;
  names: string[];
}

/** @returns what was answered wrongly, each with the input that led to it, cut short. */
async function hold(base: string, route: Route, known: string[], auth: Record<string, string>) {
  const parts = route.path.split("/").slice(1);
  const path = fc.tuple(
    ...parts.map((part) => (/^[:{]/.test(part) ? segment(known) : fc.constant(part))),
  );
  const hasBody = !["GET", "HEAD", "DELETE"].includes(route.method);
  const asked = fc.record({ path, query: queryText, headers, body: bodyOf(route.names) });
  const failed: string[] = [];
  for (const one of fc.sample(asked, { numRuns: runsEach, seed })) {
    const sent: Asked = {
      method: route.method,
      path: `/${one.path.join("/")}${one.query}`,
      headers: { "content-type": "application/json", ...one.headers, ...auth },
      ...(hasBody ? { body: one.body } : {}),
    };
    const [status, text] = await send(base, sent).catch((error: Error) => [0, String(error)]);
    if (status === 0 || Number(status) >= 500) {
      failed.push(`${status} ${text} for ${JSON.stringify(sent, shortened)}`.slice(0, 900));
    }
  }
  return failed;
}

const shortened = (_name: string, member: unknown): unknown =>
  typeof member === "string" && member.length > 120 ? `${member.slice(0, 120)}…` : member;

const runsEach = 40;
const seed = 1;

interface Operation {
  requestBody?: { content: Record<string, { schema: { properties?: object } }> };
}

const wideBody = JSON.stringify(
  Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [n, n])),
);

/** @returns what takes a body apart before it knows how much there is of it. */
async function takesApart(base: string, routes: readonly Route[], auth: Record<string, string>) {
  const found: string[] = [];
  for (const { method, path } of routes.filter(({ method }) => method.startsWith("P"))) {
    // A file's bytes are no JSON.
    if (path.endsWith("/content")) continue;
    for (const body of [wideBody, nested(50_000, "[", "]")]) {
      const headers = { "content-type": "application/json", ...auth };
      const [status] = await send(base, { method, path, headers, body });
      if (status !== 413) found.push(`${method} ${path}: ${status}`);
    }
  }
  return found;
}

/** What must not be gone while others are tried comes last. */
const byHarm = (a: Route, b: Route) =>
  Number(a.method === "DELETE") - Number(b.method === "DELETE");

/** What was once answered with a 500. */
const once: [name: string, asked: (bot: PublishedBot) => Asked][] = [
  [
    "a key id of 1,200 letters",
    ({ botId }) =>
      get(`/bots/${botId}/publication/keys/${long("k", 1_200)}`, "PATCH", '{"label":"a"}'),
  ],
  [
    "a run id of 3,000 letters",
    ({ botId }) => get(`/bots/${botId}/publication/runs/${long("k", 3_000)}`),
  ],
  ["a bot id of 3,000 letters", () => get(`/bots/${long("k", 3_000)}`)],
  ["a bot id that is no UTF-8", () => get("/bots/%ff")],
  [
    "a source id of 1,200 letters",
    ({ botId }) => get(`/bots/${botId}/knowledge/${long("k", 1_200)}`, "DELETE"),
  ],
  ["a cursor of nothing", ({ botId }) => get(`/bots/${botId}/publication/keys?cursor=%00`)],
  ["a cursor of nothing in the audit log", () => get("/admin/audit?cursor=%00")],
  ["a cursor of nothing among bots", () => get("/bots?cursor=%00")],
  ["a cursor with a month", () => get("/admin/audit?cursor=2026-11.%00")],
  [
    "a cursor of nothing among runs",
    ({ botId }) => get(`/bots/${botId}/publication/runs?cursor=%00`),
  ],
  [
    "two megabytes of users",
    ({ botId }) =>
      get(
        `/bots/${botId}/sharing`,
        "PUT",
        JSON.stringify({ scope: "partial", allowedUsers: Array(100).fill(long("u", 20_000)) }),
      ),
  ],
  [
    "groups of emoji",
    ({ botId }) =>
      get(
        `/bots/${botId}/sharing`,
        "PUT",
        JSON.stringify({
          scope: "partial",
          allowedGroups: Array(100).fill(long("\u{1f600}", 9_000)),
        }),
      ),
  ],
];
const get = (path: string, method = "GET", body?: string): Asked => ({
  method,
  path,
  headers: body === undefined ? {} : { "content-type": "application/json" },
  ...(body === undefined ? {} : { body }),
});

test.each(once)("%s is the caller's mistake", async (_name, asked) => {
  const made = (await owner("POST", "/bots", { title: "Unpublished" })).json;
  const unpublished = { ...bot, botId: made.botId };
  for (const which of [bot, unpublished]) {
    const one = asked(which);
    const sent = { ...one, headers: { ...one.headers, ...token } };
    const [status, text] = await send(outlet.ready.controlApiUrl, sent);
    expect(status >= 400 && status < 500 ? "" : `${status} ${text}`).toBe("");
  }
});

describe("no input makes an error of ours", () => {
  test("of the control API", { timeout: 300_000 }, async () => {
    const document = (await outlet.anonymous("GET", "/openapi.json")).json as {
      paths: Record<string, Record<string, Operation>>;
    };
    const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { requestBody }]): Route => {
        const schema = requestBody?.content["application/json"]?.schema;
        const names = Object.keys(schema?.properties ?? {});
        const own = path.replace(/^\/api/, "");
        return { method: method.toUpperCase(), path: own, names: [...names, "title"] };
      }),
    );
    expect(routes.length).toBeGreaterThan(40);
    const known = [bot.botId, bot.keyId, "01M82S1M39YS2CZ1EZTE4VHC80"];
    const failed = await takesApart(outlet.ready.controlApiUrl, routes, token);
    for (const route of routes.toSorted(byHarm)) {
      failed.push(...(await hold(outlet.ready.controlApiUrl, route, known, token)));
    }
    expect(failed).toEqual([]);
  });

  test("of a published API", { timeout: 300_000 }, async () => {
    const own = await outlet.publish({ throttle: null, quota: null });
    await own.ask("Hello", "known");
    // Only their routes are looked at.
    const { routes } = createPublishedApi({
      policy: {},
    } as Parameters<typeof createPublishedApi>[0]);
    const listed = routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }): Route => {
        const names = ["message", "conversationId", "continueGenerate", "enableReasoning", "botId"];
        return { method, path, names };
      });
    expect(listed.length).toBeGreaterThan(5);
    const auth = { "x-api-key": own.apiKey };
    const ids = ["known", "01M82S1M39YS2CZ1EZTE4VHC80"];
    const failed = await takesApart(own.endpoint, listed, auth);
    for (const route of listed.toSorted(byHarm)) {
      failed.push(...(await hold(own.endpoint, route, ids, auth)));
    }
    expect(failed).toEqual([]);
  });
});
