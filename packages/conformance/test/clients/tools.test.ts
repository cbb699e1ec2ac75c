import { createServer, type Server } from "node:http";
import { startEverything, listen } from "@outlet/functions/tools/everything-server.test-support";
import {
  counts,
  done,
  says,
  startModelServer,
  stream,
} from "@outlet/local/bedrock/openai/model-server.test-support";
import {
  eventually,
  type Outlet,
  type PublishedBot,
  startOutlet,
} from "@outlet/local/runtime/runtime-fixture";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import OpenAI from "openai";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEvents } from "../../src/cuts/sse.ts";

/**
 * One question that takes all three: the knowledge says which order it is, the service what became of
 * it, and the MCP server passes that on.
 */
const question =
  'What became of the order of Kim? call search_knowledge {"query": "order of Kim"} then call readOrder {"number": "4711"} then call echo {"message": "order 4711 is sent"}';
const handbook = "The order of Kim has the number 4711. Orders are kept in the shop.";

const document = (base: string) => `
openapi: 3.0.3
info: { title: Shop, version: "1" }
servers: [{ url: "${base}/v1" }]
paths:
  /orders/{number}:
    get:
      operationId: readOrder
      summary: The state of an order
      parameters:
        - { name: number, in: path, required: true, schema: { type: string } }
      responses: { "200": { description: The order } }
`;

/** A service with orders, as its document describes it. */
function createShop(asked: string[]): Server {
  const orders = new Map([["4711", { state: "sent" }]]);
  return createServer((req, res) => {
    const base = `http://${req.headers.host}`;
    if (req.url === "/openapi.yaml") return res.end(document(base));
    asked.push(`${req.method} ${req.url}`);
    const order = orders.get(/^\/v1\/orders\/(\d+)$/.exec(req.url ?? "")?.[1] ?? "");
    const body = JSON.stringify(order ?? { error: "no such order" });
    return res.writeHead(order ? 200 : 404, { "content-type": "application/json" }).end(body);
  });
}

const Asked = v.object({
  tools: v.array(v.object({ function: v.object({ name: v.string() }) })),
  messages: v.array(v.object({ role: v.string(), content: v.nullable(v.string()) })),
});

/** A model that goes on by what it was told: each input comes from the result before it. */
function decide(body: unknown): string {
  const { messages, tools } = v.parse(Asked, body);
  expect(tools.map((tool) => tool.function.name)).toEqual([
    "search_knowledge",
    "readOrder",
    "echo",
  ]);
  const told = messages.flatMap(({ role, content }) => (role === "tool" ? [content ?? ""] : []));
  const [passage = "", order = ""] = told;
  const number = /number (\d+)/.exec(passage)?.[1];
  const state = /"state":"(\w+)"/.exec(order)?.[1];
  switch (told.length) {
    case 0:
      return calls("search_knowledge", { query: "order of Kim" });
    case 1:
      return calls("readOrder", { number });
    case 2:
      return calls("echo", { message: `order ${number} is ${state}` });
    default:
      return says(`I have passed it on: ${told[2]}.`, "stop");
  }
}

const calls = (name: string, input: object): string =>
  says(
    { tool_calls: [{ index: 0, id: "c", function: { name, arguments: JSON.stringify(input) } }] },
    "tool_calls",
  );

const Told = v.looseObject({
  name: v.string(),
  status: v.string(),
  output: v.optional(v.string()),
});

let everything: Awaited<ReturnType<typeof startEverything>>;
let model: Awaited<ReturnType<typeof startModelServer>>;
let shopUrl: string;
const asked: string[] = [];
const shop = createShop(asked);

beforeAll(async () => {
  shopUrl = `http://127.0.0.1:${await listen(shop)}`;
  everything = await startEverything();
  model = await startModelServer();
  model.replyWith((res, request) =>
    stream(says("Well. "), decide(request.body), counts, done)(res, request),
  );
});
afterAll(async () => {
  shop.close();
  everything.close();
  await model.stop();
});

/** A published bot with knowledge and three tools, in an Outlet that may reach this machine. */
async function publishBot(outlet: Outlet): Promise<PublishedBot> {
  const bot = await outlet.publish({ throttle: null, quota: null }, { showSources: true });
  const owner = await outlet.as("owner");
  const path = `/bots/${bot.botId}`;
  await owner("POST", `${path}/knowledge`, { name: "handbook.md", text: handbook });
  const synced = await eventually(
    () => owner("GET", `${path}/knowledge`),
    ({ json }) => json.syncStatus === "SUCCEEDED",
  );
  expect(synced.json.syncStatus).toBe("SUCCEEDED");
  const settings = [
    { kind: "knowledge" },
    {
      kind: "http",
      title: "Shop",
      baseUrl: `${shopUrl}/v1`,
      documentUrl: `${shopUrl}/openapi.yaml`,
      operations: [{ key: "GET /orders/{number}" }],
    },
    { kind: "mcp", title: "All", url: everything.url, tools: [{ remoteName: "echo" }] },
  ];
  const allowed: string[] = [];
  for (const setting of settings) {
    const made = await owner("POST", `${path}/tools`, { setting });
    expect(made.status, made.text).toBe(201);
    allowed.push(made.json.toolId);
  }
  expect((await owner("PATCH", path, { tools: { allowed } })).status).toBe(200);
  return bot;
}

const backends: ["demo" | "openai", (baseUrl: string) => string[]][] = [
  ["demo", () => ["--models", "demo=demo@1/2"]],
  [
    "openai",
    (baseUrl) => [
      ...["--model-backend", "openai", "--openai-base-url", baseUrl],
      ...["--models", "local=local@1/2"],
    ],
  ],
];

describe.each(backends)(
  "a question that takes knowledge, a service and a server, by %s",
  (kind, args) => {
    let outlet: Outlet;
    let bot: PublishedBot;
    /** Runs that have been looked at. */
    const known = new Set<string>();

    beforeAll(async () => {
      const reach = `${new URL(shopUrl).host},${everything.address}`;
      outlet = await startOutlet(["--reach", reach, ...args(model.baseUrl)]);
      bot = await publishBot(outlet);
    });
    afterAll(() => outlet?.stop());

    /** What the owner reads of the newest run, and that nothing of it is free. */
    async function runOf() {
      const owner = await outlet.as("owner");
      const path = `/bots/${bot.botId}/publication`;
      const { json } = await owner("GET", `${path}/runs`);
      const [newest] = json.runs.filter((run: { runId: string }) => !known.has(run.runId));
      known.add(newest.runId);
      const run = await owner("GET", `${path}/runs/${newest.runId}`);
      const log = await owner("GET", `${path}/runs/${newest.runId}/events`);
      return { run: run.json, events: log.json.events };
    }

    /** Every step stands in the run and in its log, and its cost in the ledger. */
    async function expectSteps(via: string, said: string): Promise<void> {
      expect(asked.splice(0)).toEqual(["GET /v1/orders/4711"]);
      expect(said).toContain("Echo: order 4711 is sent");
      const { run, events } = await runOf();
      expect(run).toMatchObject({ status: "completed", via, unknownCalls: 0 });
      expect(run.calls).toMatchObject([
        { round: 0, name: "search_knowledge", outcome: "succeeded" },
        { round: 1, name: "readOrder", outcome: "succeeded", output: '{"state":"sent"}' },
        { round: 2, name: "echo", outcome: "succeeded", output: "Echo: order 4711 is sent" },
      ]);
      expect(run.calls[0].output).toContain("number 4711");
      expect(run.usedChunks).toMatchObject([{ source: "handbook.md" }]);
      const told = events.filter((event: { kind: string }) => event.kind === "tool");
      expect(told.map((event: v.InferOutput<typeof Told>) => [event.name, event.status])).toEqual(
        ["search_knowledge", "readOrder", "echo"].flatMap((name) => [
          [name, "running"],
          [name, "succeeded"],
        ]),
      );
      // Four calls of the model, at $1 and $2 a million tokens.
      const { inputTokens, outputTokens } = run;
      if (kind === "openai") expect([inputTokens, outputTokens]).toEqual([40, 12]);
      expect(run.costMicroUsd).toBe(inputTokens + 2 * outputTokens);
      expect(run.costMicroUsd).toBeGreaterThan(0);
      paid.push(run.costMicroUsd);
      const owner = await outlet.as("owner");
      const usage = await owner("GET", `/bots/${bot.botId}/publication/usage?by=key`);
      const sum = paid.reduce((total, one) => total + one, 0);
      expect(usage.json.total).toMatchObject({ runs: paid.length, costMicroUsd: sum });
      expect(usage.json.groups).toMatchObject([{ group: bot.keyId, costMicroUsd: sum }]);
    }
    const paid: number[] = [];

    test("streams by the native face", async () => {
      const message = { content: [{ contentType: "text", body: question }] };
      const accept = { accept: "text/event-stream" };
      const { text } = await bot.call("POST", "/conversation", { message }, accept);
      const events = parseEvents(text);
      const told = events.flatMap(({ event, data }) =>
        event === "tool" ? [v.parse(Told, data)] : [],
      );
      expect(told.map(({ name, status }) => `${name} ${status}`)).toEqual([
        "search_knowledge running",
        "search_knowledge succeeded",
        "readOrder running",
        "readOrder succeeded",
        "echo running",
        "echo succeeded",
      ]);
      expect(told[3]?.output).toBe('{"state":"sent"}');
      const said = events.flatMap(({ event, data }) => (event === "text" ? [data["text"]] : []));
      expect(said.length).toBeGreaterThan(1);
      await expectSteps("native", said.join(""));
    });

    test("streams by /v1/responses, to OpenAI's own client", async () => {
      const client = new OpenAI({ baseURL: `${bot.endpoint}/v1`, apiKey: bot.apiKey });
      const answer = client.responses.stream({ model: "bot", input: question });
      const seen: string[] = [];
      answer.on("event", ({ type }) => seen.push(type));
      const response = await answer.finalResponse();
      expect(seen.filter((type) => type === "response.mcp_call.completed")).toHaveLength(3);
      const items = response.output.flatMap((item) =>
        item.type === "mcp_call" ? [[item.name, item.status, item.output]] : [],
      );
      expect(items).toEqual([
        ["search_knowledge", "completed", expect.stringContaining("number 4711")],
        ["readOrder", "completed", '{"state":"sent"}'],
        ["echo", "completed", "Echo: order 4711 is sent"],
      ]);
      await expectSteps("responses", response.output_text);
    });

    test("streams by /mcp, to the reference client", async () => {
      const client = new Client({ name: "test", version: "1" });
      const headers = { authorization: `Bearer ${bot.apiKey}` };
      const url = new URL(`${bot.endpoint}/mcp`);
      await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
      const heard: string[] = [];
      const result = await client.callTool(
        { name: "ask", arguments: { question } },
        CallToolResultSchema,
        { onprogress: ({ message = "" }) => void heard.push(message) },
      );
      await client.close();
      for (const name of ["search_knowledge", "readOrder", "echo"]) {
        const told = heard.filter((message) => message.startsWith(`The tool ${name}:`));
        expect(told.map((message) => /: (\w+)/.exec(message)?.[1])).toEqual([
          "running",
          "succeeded",
        ]);
      }
      const { answer } = v.parse(v.looseObject({ answer: v.string() }), result.structuredContent);
      await expectSteps("mcp", answer);
    });
  },
);
