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
async function run(command: string, args: string[], program: string): Promise<string> {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OUTLET_KEY: world.bot.apiKey },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  child.stdin.end(program);
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  return output;
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
