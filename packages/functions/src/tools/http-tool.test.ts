import type { LookupAddress } from "node:dns";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { OpenApi } from "@outlet/core/bots/openapi";
import type { Tools } from "@outlet/core/bots/tools";
import { type SecretStore, silentLog, systemClock } from "@outlet/core/ports";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createGuardedHttp, type GuardedHttpOptions } from "../outbound/guarded-http.ts";
import { privateAnswers, privateUrls } from "../outbound/private-addresses.test-support.ts";
import { listen } from "./everything-server.test-support.ts";
import { callOperation } from "./http-tool.ts";
import { listRemote, ServerFailed } from "./mcp-session.ts";
import { createRemoteTools, type HttpTool } from "./remote.ts";

interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A service that says again all it is told, as some do. */
const seen: Seen[] = [];
let redirectTo = "";
const service = createServer((req, res) => {
  const parts: Buffer[] = [];
  req.on("data", (part: Buffer) => parts.push(part));
  req.on("end", () => {
    const request = {
      method: req.method ?? "",
      url: req.url ?? "",
      headers: req.headers,
      body: Buffer.concat(parts).toString(),
    };
    seen.push(request);
    if (redirectTo) return void res.writeHead(302, { location: redirectTo }).end();
    const status = req.url?.startsWith("/v1/broken") ? 500 : 200;
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ request }));
  });
});
let port = 0;
beforeAll(async () => {
  port = await listen(service);
});
afterAll(() => {
  service.close();
});
beforeEach(() => {
  seen.length = 0;
  redirectTo = "";
});

const document = {
  openapi: "3.1.0",
  paths: {
    "/pets/{id}": {
      get: {
        operationId: "getPet",
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      },
    },
    "/pets": {
      post: {
        operationId: "addPet",
        requestBody: { content: { "application/json": { schema: { type: "object" } } } },
      },
    },
    "/broken": { get: { operationId: "broken" } },
  },
};

const secret = 'pa$$ w"ord/é+1'.normalize();
const secrets: SecretStore = {
  put: async () => {},
  get: async (_botId, secretId) => (secretId === "s" ? secret.replace("é", "e") : undefined),
  remove: async () => {},
  removeAll: async () => {},
};
const plain = secret.replace("é", "e");

async function toolOf(
  credential: Tools.Credential | null,
  baseUrl = `http://127.0.0.1:${port}/v1`,
): Promise<HttpTool> {
  const { operations } = await OpenApi.parse(JSON.stringify(document), null);
  return {
    botId: "b",
    toolId: "t",
    limits: { timeMs: 5_000, sizeMax: 32_000, callsMax: 10 },
    createdAt: 1,
    updatedAt: 1,
    setting: {
      kind: "http",
      title: "Pets",
      baseUrl,
      hosts: ["127.0.0.1"],
      credential,
      operations: operations.map(({ refusal: _, inputSchema, ...one }) => ({
        ...one,
        inputSchema: JSON.stringify(inputSchema),
        fixed: {},
        responsePath: null,
      })),
    },
  };
}

async function call(
  tool: HttpTool,
  name: string,
  input: object,
  options: GuardedHttpOptions = { allow: [`127.0.0.1:${port}`] },
) {
  const operation = tool.setting.operations.find((one) => one.name === name);
  if (!operation) throw new Error(`There is no ${name}`);
  const deps = { http: createGuardedHttp(options), secrets };
  const request = { input: { ...input }, idempotencyKey: "run-1-0" };
  return callOperation(deps, tool, operation, request, AbortSignal.timeout(10_000));
}

describe("an operation of a real service", () => {
  test("is called as its document says, and answers", async () => {
    const { outcome, status } = await call(await toolOf(null), "getPet", { id: "a b" });
    expect(status).toBe(200);
    expect(seen).toMatchObject([{ method: "GET", url: "/v1/pets/a%20b" }]);
    expect(outcome).toMatchObject({
      outcome: "ok",
      content: expect.stringContaining('"url":"/v1/pets/a%20b"'),
    });
  });

  test("that does more when it is repeated is named by a key, and others are not", async () => {
    const tool = await toolOf(null);
    await call(tool, "addPet", { body: { name: "Rex" } });
    await call(tool, "getPet", { id: "1" });
    expect(seen.map(({ headers }) => headers["idempotency-key"])).toEqual(["run-1-0", undefined]);
    expect(seen[0]).toMatchObject({
      method: "POST",
      body: '{"name":"Rex"}',
      headers: { "content-type": "application/json" },
    });
  });

  const credentials: [Tools.Credential, (seen: Seen) => unknown, string][] = [
    [{ kind: "bearer", secretId: "s" }, ({ headers }) => headers.authorization, `Bearer ${plain}`],
    [{ kind: "header", name: "X-Key", secretId: "s" }, ({ headers }) => headers["x-key"], plain],
    [
      { kind: "query", name: "key", secretId: "s" },
      ({ url }) => new URL(url, "http://x").searchParams.get("key"),
      plain,
    ],
    [
      { kind: "basic", username: "me", secretId: "s" },
      ({ headers }) => headers.authorization,
      `Basic ${Buffer.from(`me:${plain}`).toString("base64")}`,
    ],
  ];
  test.each(credentials)(
    "says who calls by $kind, and nobody reads it back",
    async (credential, where, value) => {
      const exchange = await call(await toolOf(credential), "getPet", { id: "1" });
      expect(where(seen[0] as Seen)).toBe(value);
      const shown = JSON.stringify(exchange);
      const forms = [
        plain,
        JSON.stringify(plain).slice(1, -1),
        encodeURIComponent(plain),
        Buffer.from(plain).toString("base64"),
        value.split(" ").at(-1) ?? "",
      ];
      for (const form of forms) expect(shown).not.toContain(form);
      expect(shown).toContain("[secret]");
    },
  );

  test("keeps its credential from where it is redirected to, and from failures that quote it", async () => {
    const failure = await call(await toolOf({ kind: "bearer", secretId: "s" }), "broken", {});
    expect(failure.outcome).toMatchObject({
      outcome: "error",
      reason: expect.stringMatching(/^The service answered 500: .*\[secret\]/),
    });
    expect(JSON.stringify(failure)).not.toContain("ord/e");
    const other = createServer((req, res) => res.end(JSON.stringify(req.headers)));
    const otherPort = await listen(other);
    redirectTo = `http://127.0.0.1:${otherPort}/`;
    const allow = [`127.0.0.1:${port}`, `127.0.0.1:${otherPort}`];
    const { outcome } = await call(
      await toolOf({ kind: "header", name: "x-key", secretId: "s" }),
      "getPet",
      { id: "1" },
      { allow },
    );
    expect(outcome).toMatchObject({ outcome: "ok", content: expect.not.stringContaining("x-key") });
    other.close();
  });

  test("without its credential sends nothing", async () => {
    const { outcome } = await call(await toolOf({ kind: "bearer", secretId: "gone" }), "getPet", {
      id: "1",
    });
    expect(outcome).toMatchObject({
      outcome: "error",
      reason: expect.stringMatching(/credential is missing/),
    });
    expect(seen).toEqual([]);
  });
});

test("the model is told nothing of what is fixed, and offered the rest", async () => {
  const tool = await toolOf(null);
  const [get, post] = tool.setting.operations;
  if (get) get.fixed = { id: '"1"' };
  if (post) post.fixed = { "body.name": '"Rex"' };
  const deps = { http: createGuardedHttp(), secrets, clock: systemClock, log: silentLog };
  const opened = await createRemoteTools({ ...deps, table: {} as never }).open(
    tool,
    AbortSignal.timeout(10_000),
  );
  expect(opened.map(({ definition }) => definition.inputSchema)).toEqual([
    { type: "object", properties: {}, required: [] },
    { type: "object", properties: { body: { type: "object", properties: {} } } },
    { type: "object", properties: {} },
  ]);
});

describe("a private address", () => {
  /** Whatever the setting of a tool says, every host is on its list here: only the guard is left. */
  async function reach(baseUrl: string, options: GuardedHttpOptions) {
    const tool = await toolOf({ kind: "bearer", secretId: "s" }, baseUrl);
    const hosts = [URL.parse(baseUrl)?.hostname.replace(/^\[|\]$/g, "") ?? "x"];
    const http = createGuardedHttp({ ports: [port], ...options });
    const [operation] = tool.setting.operations;
    if (!operation) throw new Error("There is no operation");
    const open = { ...tool, setting: { ...tool.setting, hosts } };
    const asked = { input: { id: "1" }, idempotencyKey: "k" };
    const called = URL.canParse(baseUrl)
      ? callOperation({ http, secrets }, open, operation, asked, AbortSignal.timeout(5_000)).then(
          ({ outcome }) => outcome.outcome,
        )
      : "error";
    const listed = URL.canParse(baseUrl)
      ? listRemote(
          http,
          { url: baseUrl, hosts, headers: {} },
          { timeMs: 5_000, signal: AbortSignal.timeout(5_000) },
        ).catch((error: unknown) => error)
      : new ServerFailed("It is no address.");
    return Promise.all([called, listed]);
  }

  test("is reached by no tool, whatever it is called", async () => {
    const urls = privateUrls(port);
    expect(urls.length).toBeGreaterThan(150);
    for (const url of urls) {
      const [called, listed] = await reach(url, {});
      expect(called, url).toBe("error");
      expect(listed, url).toBeInstanceOf(ServerFailed);
    }
    expect(seen).toEqual([]);
  });

  test("is reached by no name that leads to it, nor one whose answer changes", async () => {
    const url = `http://name.example:${port}/`;
    for (const answer of privateAnswers) {
      const [called, listed] = await reach(url, { resolve: async () => answer });
      expect([called, listed], JSON.stringify(answer)).toEqual(["error", expect.any(ServerFailed)]);
    }
    let asked = 0;
    const pub: LookupAddress = { address: "127.0.0.2", family: 4 };
    const resolve = async () => [asked++ % 2 === 0 ? pub : { address: "127.0.0.1", family: 4 }];
    await reach(url, { resolve, allow: [`127.0.0.2:${port}`] });
    expect(seen).toEqual([]);
  });

  test("is reached by no redirect, for no tool", async () => {
    const hop = createServer((_req, res) =>
      res.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end(),
    );
    const hopPort = await listen(hop);
    const [called, listed] = await reach(`http://127.0.0.1:${hopPort}`, {
      allow: [`127.0.0.1:${hopPort}`],
    });
    expect([called, listed]).toEqual(["error", expect.any(ServerFailed)]);
    expect(seen).toEqual([]);
    hop.close();
  });

  test("is reached by who is let in, which is how the suite knows that it would be", async () => {
    await reach(`http://127.0.0.1:${port}`, { allow: [`127.0.0.1:${port}`] });
    expect(seen.length).toBeGreaterThan(0);
  });

  test("is not reached by a tool whose list of hosts does not name it", async () => {
    const tool = await toolOf(null);
    tool.setting.hosts = ["api.example.com"];
    const { outcome } = await call(tool, "getPet", { id: "1" });
    expect(outcome).toMatchObject({
      outcome: "error",
      reason: expect.stringMatching(/not on the list of hosts/),
    });
    expect(seen).toEqual([]);
  });
});
