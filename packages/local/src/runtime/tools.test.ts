import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEverything } from "@outlet/functions/tools/everything-server.test-support";
import { type Client, type Outlet, startOutlet } from "./runtime-fixture.ts";

const secret = "s3cr3t-of-the-shop";
const document = `
openapi: 3.1.0
info: { title: Shop, version: "1" }
paths:
  /orders/{id}:
    get:
      operationId: readOrder
      summary: The state of an order
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
        - { name: lang, in: query, schema: { type: string } }
        - { name: constructor, in: query, schema: { type: string } }
        - { name: prototype, in: query, schema: { type: string } }
`;

const asked: string[] = [];
const shop = createServer((req, res) => {
  if (req.url === "/openapi.yaml") return res.end(document);
  asked.push(`${req.url} ${req.headers.authorization}`);
  res.writeHead(200, { "content-type": "application/json" });
  return res.end(JSON.stringify({ order: { state: "sent" }, you: req.headers.authorization }));
});
let everything: Awaited<ReturnType<typeof startEverything>>;
let outlet: Outlet;
let owner: Client;
let base: string;
let tools: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  const { port } = shop.address() as AddressInfo;
  base = `http://127.0.0.1:${port}`;
  everything = await startEverything({ require: { authorization: `Bearer ${secret}` } });
  const own = await freePort();
  const reach = `127.0.0.1:${port},127.0.0.1:${own},${everything.address}`;
  outlet = await startOutlet(["--port", String(own), "--reach", reach]);
  owner = await outlet.as("owner");
  const { json } = await owner("POST", "/bots", { title: "Shop", instruction: "Answer." });
  tools = `/bots/${json.botId}/tools`;
});
afterAll(async () => {
  await outlet?.stop();
  everything?.close();
  shop.close();
});

/** Names that objects know are names as any other. */
const fixed = { lang: "en", constructor: "ferrari" };
const http = (over: object = {}) => ({
  kind: "http",
  title: "Shop",
  baseUrl: base,
  documentUrl: `${base}/openapi.yaml`,
  credential: { kind: "bearer", value: secret },
  operations: [{ key: "GET /orders/{id}", fixed, responsePath: "order.state" }],
  ...over,
});
const mcp = (over: object = {}) => ({
  kind: "mcp",
  title: "Everything",
  url: everything.url,
  headers: [{ name: "Authorization", value: `Bearer ${secret}` }],
  tools: [{ remoteName: "echo" }],
  ...over,
});
const codeOf = ({ status, json }: Awaited<ReturnType<Client>>) => [
  status,
  json?.error?.code,
  json?.error?.param,
];

describe("a tool of an OpenAPI document", () => {
  test("is previewed, added, tried and read, and its secret is nowhere to be read", async () => {
    const preview = await owner("POST", `${tools}/openapi`, {
      documentUrl: `${base}/openapi.yaml`,
    });
    expect(preview.json).toMatchObject({
      title: "Shop",
      servers: [base],
      operations: [{ key: "GET /orders/{id}", isSafeToRepeat: true }],
    });
    const made = await owner("POST", tools, { setting: http() });
    expect(made.status).toBe(201);
    // What is fixed is nothing to ask for.
    expect(made.json.setting.operations[0]).toMatchObject({
      fixed,
      inputSchema: { properties: { id: { type: "string" } }, required: ["id"] },
    });
    const { properties } = made.json.setting.operations[0].inputSchema;
    expect(Object.keys(properties)).toEqual(["id", "prototype"]);
    const path = `${tools}/${made.json.toolId}`;
    const tried = await owner("POST", `${path}/test`, {
      name: "readOrder",
      input: { id: "7", lang: "de", constructor: "mclaren", prototype: "x" },
    });
    expect(tried.json).toMatchObject({
      status: 200,
      outcome: "ok",
      content: '"sent"',
      request: { method: "GET", url: `${base}/orders/7?lang=en&constructor=ferrari&prototype=x` },
    });
    expect(asked).toEqual([`/orders/7?lang=en&constructor=ferrari&prototype=x Bearer ${secret}`]);
    const all = await owner("PUT", path, {
      setting: http({
        documentUrl: undefined,
        credential: { kind: "bearer" },
        operations: [{ key: "GET /orders/{id}" }],
      }),
    });
    expect(all.status).toBe(200);
    const whole = await owner("POST", `${path}/test`, { name: "readOrder", input: { id: "7" } });
    expect(whole.json.content).toContain('"you":"Bearer [secret]"');
    const audit = await (await outlet.as("admin"))("GET", "/admin/audit");
    const texts = [made, tried, all, whole, audit, await owner("GET", tools)].map(({ json }) =>
      JSON.stringify(json),
    );
    expect(texts.join()).not.toContain(secret);
    expect(texts.join()).toContain("tool.test");
    expect(filesWith(outlet.dataDir, secret)).toEqual([]);
  });

  test("needs its secret again where it goes elsewhere", async () => {
    const { json } = await owner("GET", tools);
    const path = `${tools}/${json.tools[0].toolId}`;
    const moved = http({ baseUrl: "https://elsewhere.example", credential: { kind: "bearer" } });
    expect(codeOf(await owner("PUT", path, { setting: moved }))).toEqual([
      422,
      "invalid_request",
      "setting.credential.value",
    ]);
    const plain = http({ baseUrl: "http://elsewhere.example" });
    expect(codeOf(await owner("PUT", path, { setting: plain }))).toEqual([
      422,
      "invalid_request",
      "setting.baseUrl",
    ]);
  });

  test("gets a new secret that is used from the next call on", async () => {
    const { json } = await owner("GET", tools);
    const path = `${tools}/${json.tools[0].toolId}`;
    expect((await owner("PUT", `${path}/secret`, { value: "another-one" })).status).toBe(204);
    await owner("POST", `${path}/test`, { name: "readOrder", input: { id: "8" } });
    expect(asked.at(-1)).toBe("/orders/8 Bearer another-one");
    expect(codeOf(await owner("PUT", `${path}/secret`, { value: "a\nb" }))).toEqual([
      422,
      "invalid_request",
      "value",
    ]);
  });

  test.each([
    ["a document that is none", { documentUrl: undefined, document: "x" }, "document"],
    ["no document", { documentUrl: undefined }, "setting.document"],
    ["a private address", { documentUrl: "http://169.254.169.254/" }, "documentUrl"],
    ["an unknown operation", { operations: [{ key: "GET /x" }] }, "setting.operations[0].key"],
    [
      "an unknown parameter",
      { operations: [{ key: "GET /orders/{id}", fixed: { no: 1 } }] },
      "setting.operations[0].fixed.no",
    ],
    ["a name that is taken", { title: "Again" }, "setting.operations[0].name"],
  ])("is refused with %s", async (_what, over, param) => {
    expect(codeOf(await owner("POST", tools, { setting: http(over) }))).toEqual([
      422,
      "invalid_request",
      param,
    ]);
  });
});

describe("a tool", () => {
  const bot = (botId: string, name = "ask_other") => ({
    kind: "bot",
    botId,
    name,
    description: "Knows more.",
  });
  const refused = async (setting: object, path = tools) => {
    const reply = await owner("POST", path, { setting });
    return [...codeOf(reply).slice(0, 1), reply.json.error.param];
  };

  test("has names of its own: what has one already is refused, and where it stands is said", async () => {
    const { json } = await owner("POST", "/bots", { title: "Names", instruction: "Answer." });
    const path = `/bots/${json.botId}/tools`;
    const key = "GET /orders/{id}";
    const named = (...names: string[]) =>
      http({ operations: names.map((name) => ({ key, name })) });
    const remote = (...names: string[]) =>
      mcp({ tools: names.map((name) => ({ remoteName: "echo", name })) });
    expect(await refused(named("a", "a"), path)).toEqual([422, "setting.operations[1].name"]);
    expect(await refused(remote("b", "c", "b"), path)).toEqual([422, "setting.tools[2].name"]);
    expect((await owner("POST", path, { setting: named("calculate", "d") })).status).toBe(201);
    expect(await refused(remote("e", "d"), path)).toEqual([422, "setting.tools[1].name"]);
    const other = await owner("POST", "/bots", { title: "Other", instruction: "Answer." });
    expect(await refused(bot(other.json.botId, "d"), path)).toEqual([422, "setting.name"]);
    const calculator = await owner("POST", path, { setting: { kind: "calculator" } });
    expect(codeOf(calculator)).toEqual([422, "invalid_request", "setting.kind"]);
    expect(calculator.json.error.message).toContain("Give that one another name first.");
    // Its own names are no others': it is saved as it is.
    const [{ toolId }] = (await owner("GET", path)).json.tools;
    const again = await owner("PUT", `${path}/${toolId}`, { setting: named("d", "calculate") });
    expect(again.status).toBe(200);
  });

  test("asks no bot that its owner does not see, nor its own", async () => {
    const user = await outlet.as("user");
    const { json } = await user("POST", "/bots", { title: "Private", instruction: "Answer." });
    const own = tools.split("/")[2] ?? "";
    for (const botId of [json.botId, "nowhere", own]) {
      expect(await refused(bot(botId)), botId).toEqual([422, "setting.botId"]);
    }
    await user("PUT", `/bots/${json.botId}/sharing`, { scope: "all" });
    const made = await owner("POST", tools, { setting: bot(json.botId) });
    expect(made.status).toBe(201);
    expect((await owner("DELETE", `${tools}/${made.json.toolId}`)).status).toBe(204);
  });
});

describe("a tool of an MCP server", () => {
  test("is previewed, added, tried; paused where it changes, and approved as it was seen", async () => {
    const headers = mcp().headers;
    const preview = await owner("POST", `${tools}/mcp`, { url: everything.url, headers });
    expect(preview.json.tools.map((tool: { remoteName: string }) => tool.remoteName)).toContain(
      "echo",
    );
    const made = await owner("POST", tools, { setting: mcp() });
    expect(made.status).toBe(201);
    const path = `${tools}/${made.json.toolId}`;
    const tried = await owner("POST", `${path}/test`, { name: "echo", input: { message: "hi" } });
    expect(tried.json).toMatchObject({ outcome: "ok", content: "Echo: hi" });
    everything.state.change = (text) => text.replaceAll("Echoes back", "Sends on");
    const paused = await owner("POST", `${path}/refresh`);
    const [echo] = paused.json.setting.tools;
    expect(echo.pause).toMatchObject({
      cause: "changed",
      definition: { description: "Sends on the input string" },
    });
    const approve = (digest: string) =>
      owner("POST", `${path}/approve`, { remoteName: "echo", digest });
    expect(codeOf(await approve("another"))).toEqual([409, "conflict", null]);
    const approved = await approve(echo.pause.definition.digest);
    expect(approved.json.setting.tools).toMatchObject([
      { description: "Sends on the input string", pause: null },
    ]);
    everything.state.change = (text) => text;
  });

  test("says what is wrong: no such tool, a server that is private or refuses", async () => {
    const added = (over: object) => owner("POST", tools, { setting: mcp(over) });
    const named = { name: "echo_2" };
    expect(codeOf(await added({ tools: [{ remoteName: "no", ...named }] }))).toEqual([
      422,
      "invalid_request",
      "setting.tools[0].remoteName",
    ]);
    expect(codeOf(await added({ url: "http://127.0.0.1:1/mcp" }))).toEqual([
      422,
      "invalid_request",
      "url",
    ]);
    expect(codeOf(await added({ headers: [] }))).toEqual([422, "invalid_request", "url"]);
  });

  test("of a published bot of this installation is called, in the newest revision", async () => {
    const { endpoint, apiKey } = await outlet.publish({ throttle: null, quota: null });
    const headers = [{ name: "x-api-key", value: apiKey }];
    const url = `${endpoint}/mcp`;
    const preview = await owner("POST", `${tools}/mcp`, { url, headers });
    expect(preview.json.tools).toMatchObject([{ remoteName: "ask", isSafeToRepeat: true }]);
    const setting = mcp({ url, headers, title: "Bot", tools: [{ remoteName: "ask" }] });
    const made = await owner("POST", tools, { setting });
    const path = `${tools}/${made.json.toolId}/test`;
    const tried = await owner("POST", path, { name: "ask", input: { question: "Hello" } });
    expect(tried.json).toMatchObject({ outcome: "ok", content: expect.stringMatching(/\S/) });
  });

  test("is called by the model beside a service, and calls stand in the run without a secret", async () => {
    const { endpoint, apiKey, botId } = await outlet.publish({ throttle: null, quota: null });
    const own = `/bots/${botId}/tools`;
    const added = await Promise.all([
      owner("POST", own, { setting: http() }),
      owner("POST", own, { setting: mcp() }),
    ]);
    const allowed = added.map(({ json }) => json.toolId);
    // The endpoint and the key stay: the next request has the tools.
    const edited = await owner("PATCH", `/bots/${botId}`, { tools: { allowed } });
    expect(edited.status).toBe(200);
    const body = 'call readOrder {"id": "7"} then call echo {"message": "hello"}';
    const sent = await fetch(`${endpoint}/conversation`, {
      method: "POST",
      headers: { "x-api-key": apiKey, "content-type": "application/json", prefer: "wait=20" },
      body: JSON.stringify({ message: { content: [{ contentType: "text", body }] } }),
    });
    const answer = await sent.text();
    expect(sent.status).toBe(200);
    expect(answer).toContain("sent");
    expect(answer).toContain("Echo: hello");
    expect(answer).not.toContain(secret);
    const { json } = await owner("GET", `/bots/${botId}/publication/runs`);
    const run = await owner("GET", `/bots/${botId}/publication/runs/${json.runs[0].runId}`);
    expect(run.json.calls).toMatchObject([
      { name: "readOrder", outcome: "succeeded", output: '"sent"' },
      { name: "echo", outcome: "succeeded", output: "Echo: hello" },
    ]);
    expect(JSON.stringify(run.json)).not.toContain(secret);
  });

  test("is not called by a published bot while it is paused, and is again once it is approved", async () => {
    const bot = await outlet.publish({ throttle: null, quota: null });
    const own = `/bots/${bot.botId}/tools`;
    const { json } = await owner("POST", own, { setting: mcp() });
    await owner("PATCH", `/bots/${bot.botId}`, { tools: { allowed: [json.toolId] } });
    const answered = async () => {
      const { reply } = await bot.ask('call echo {"message": "hello"}');
      return JSON.stringify(reply.json.message);
    };
    expect(await answered()).toContain("Echo: hello");
    everything.state.change = (text) => text.replaceAll("Echoes back", "Sends on");
    const paused = await owner("POST", `${own}/${json.toolId}/refresh`);
    const [{ pause }] = paused.json.setting.tools;
    expect(await answered()).not.toContain("Echo: hello");
    const approval = { remoteName: "echo", digest: pause.definition.digest };
    await owner("POST", `${own}/${json.toolId}/approve`, approval);
    expect(await answered()).toContain("Echo: hello");
    everything.state.change = (text) => text;
  });

  test("goes with its secrets", async () => {
    const { json } = await owner("GET", tools);
    for (const { toolId } of json.tools)
      expect((await owner("DELETE", `${tools}/${toolId}`)).status).toBe(204);
    expect((await owner("GET", tools)).json.tools).toEqual([]);
  });
});

/** For a runtime that has to know before it starts where it will be. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Files of a folder that hold a text as it is. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter(
      (path) =>
        statSync(path, { throwIfNoEntry: false })?.isFile() && readFileSync(path).includes(text),
    );
}
