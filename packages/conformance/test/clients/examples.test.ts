import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { example } from "../../src/clients/examples.ts";
import { startWorld, type World } from "../../src/clients/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Runs a program that is given on its standard input. */
async function tryOut(command: string, args: string[], program: string, env: object) {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const said = { out: "", error: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    said.out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said.error += chunk;
  });
  child.stdin.end(program);
  const [code] = await once(child, "close");
  return { code: Number(code), ...said };
}

async function run(command: string, args: string[], program: string): Promise<string> {
  const env = { OUTLET_KEY: world.bot.apiKey };
  const { code, out, error } = await tryOut(command, args, program, env);
  expect([code, error]).toEqual([0, ""]);
  return out;
}

test("the example of curl prints a response", async () => {
  const output = await run("sh", ["-s"], await example("curl.sh", world.bot.endpoint));
  expect(JSON.parse(output)).toMatchObject({ object: "response", status: "completed" });
});

test("the example in JavaScript asks, goes on and streams", async () => {
  const program = await example("openai.mjs", world.bot.endpoint);
  const output = await run(process.execPath, ["--input-type=module", "-"], program);
  expect(output.trim().split("\n")).toEqual([
    'You said "What can you do?" after 0 messages with 0 images.',
    'You said "Tell me more." after 2 messages with 0 images.',
  ]);
});

test("the example in JavaScript without a package asks and prints the answer", async () => {
  const program = await example("javascript.mjs", world.bot.endpoint);
  const output = await run(process.execPath, ["--input-type=module", "-"], program);
  expect(output).toBe('You said "What can you do?" after 0 messages with 0 images.\n');
});

test("the example of curl for the own API prints the answer", async () => {
  const output = await run("sh", ["-s"], await example("curl-native.sh", world.bot.endpoint));
  expect(JSON.parse(output)).toMatchObject({ message: { role: "assistant" }, status: "completed" });
});

test("the example of chat completions streams the answer", async () => {
  const program = await example("chat.mjs", world.bot.endpoint);
  const output = await run(process.execPath, ["--input-type=module", "-"], program);
  expect(output).toBe('You said "What can you do?" after 0 messages with 0 images.\n');
});

const node = [process.execPath, ["--input-type=module", "-"]] as const;
const programs: [name: string, command: string, args: readonly string[]][] = [
  ["curl.sh", "sh", ["-s"]],
  ["curl-native.sh", "sh", ["-s"]],
  ["openai.mjs", ...node],
  ["chat.mjs", ...node],
  ["javascript.mjs", ...node],
];

test.each(programs)("%s says which variable is missing", async (name, command, args) => {
  const program = await example(name, world.bot.endpoint);
  const { code, error } = await tryOut(command, [...args], program, { OUTLET_KEY: "" });
  expect(code).not.toBe(0);
  expect(error).toMatch(/OUTLET_KEY.* is missing\. Create a key/);
});

test.each(programs)("%s prints an error's body and its request id", async (name, command, args) => {
  const program = await example(name, world.bot.endpoint);
  const env = { OUTLET_KEY: "outlet_wrong" };
  const { code, out, error } = await tryOut(command, [...args], program, env);
  expect(code).not.toBe(0);
  expect(out + error).toContain("Forbidden");
  expect(out + error).toMatch(/HTTP 403, request id [0-9a-f]{8}-/);
});

test("a 429 is waited for as long as it says", async () => {
  const slow = await world.outlet.publish({ throttle: { burstLimit: 1, rateLimit: 1 } });
  const call = `${slow.endpoint}/health`;
  const headers = { "x-api-key": slow.apiKey };
  const env = { OUTLET_KEY: slow.apiKey };
  for (const [name, command, args] of programs.slice(2)) {
    while ((await fetch(call, { headers })).status !== 429);
    const program = await example(name, slow.endpoint);
    const { code, error } = await tryOut(command, [...args], program, env);
    expect([name, code, error]).toEqual([name, 0, ""]);
  }
});

const Published = v.object({
  botId: v.string(),
  endpoint: v.string(),
  key: v.optional(v.string()),
});

test("the example for CI creates and publishes a bot, and brings it up to date", async () => {
  const { outlet } = world;
  const program = await example("publish-bot.mjs", "");
  const { authorization = "" } = await outlet.authorizationOf("owner");
  const env = {
    OUTLET_URL: new URL(outlet.ready.consoleUrl).origin,
    OUTLET_TOKEN: authorization.replace("Bearer ", ""),
  };
  const publish = async (more: object) => {
    const { code, out, error } = await tryOut(node[0], [...node[1]], program, { ...env, ...more });
    expect([code, error]).toEqual([0, ""]);
    return v.parse(v.pipe(v.string(), v.parseJson(), Published), out);
  };
  const first = await publish({ BOT_TITLE: "From CI" });
  const answer = await fetch(`${first.endpoint}/health`, {
    headers: { "x-api-key": first.key ?? "" },
  });
  expect(answer.status).toBe(200);
  const again = await publish({ BOT_TITLE: "From CI", BOT_KNOWLEDGE: "docs/glossary.md" });
  expect(again).toEqual({ botId: first.botId, endpoint: first.endpoint });
});

const Server = v.object({
  type: v.literal("http"),
  url: v.string(),
  headers: v.object({ Authorization: v.string() }),
});
const Configuration = v.union([
  v.pipe(
    v.object({ mcpServers: v.object({ bot: Server }) }),
    v.transform(({ mcpServers }) => mcpServers.bot),
  ),
  v.pipe(
    v.object({ servers: v.object({ bot: Server }) }),
    v.transform(({ servers }) => servers.bot),
  ),
]);

test.each(["mcp.json", "mcp-vscode.json"])(
  "the configuration %s reaches the tool",
  async (name) => {
    const text = await example(name, world.bot.endpoint);
    const { url, headers } = v.parse(Configuration, JSON.parse(text));
    const authorization = headers.Authorization.replace(/\$\{[^}]*\}/, world.bot.apiKey);
    const client = new Client({ name: "test", version: "1" });
    const requestInit = { headers: { authorization } };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    expect((await client.listTools()).tools).toHaveLength(1);
    await client.close();
  },
);
