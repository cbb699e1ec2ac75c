import { createMCPClient } from "@ai-sdk/mcp";
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorld, type World } from "../../src/clients/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const url = () => new URL(`${world.bot.endpoint}/mcp`);
const headers = () => ({ authorization: `Bearer ${world.bot.apiKey}` });
const echo = (text: string, before = 0) =>
  `You said "${text}" after ${before} messages with 0 images.`;

describe("the SDK of the older revision", () => {
  const connect = async () => {
    const client = new Client({ name: "test", version: "1" });
    await client.connect(
      new StreamableHTTPClientTransport(url(), { requestInit: { headers: headers() } }),
    );
    return client;
  };

  test("lists the one tool, described by what is public of the bot", async () => {
    const client = await connect();
    expect(client.getServerVersion()).toMatchObject({ title: "Echo" });
    const { tools } = await client.listTools();
    expect(tools.map(({ name, title }) => [name, title])).toEqual([["ask", "Ask Echo"]]);
    expect(JSON.stringify(tools)).not.toContain("CANARY");
    await client.ping();
    await client.close();
  });

  test("asks, and goes on with the conversation", async () => {
    const client = await connect();
    const first = await client.callTool({ name: "ask", arguments: { question: "One" } });
    expect(first).toMatchObject({
      isError: false,
      content: [{ type: "text", text: echo("One") }],
      structuredContent: { answer: echo("One"), citations: [] },
    });
    const { conversation_id } = first.structuredContent as { conversation_id: string };
    const second = await client.callTool({
      name: "ask",
      arguments: { question: "Two", conversation_id },
    });
    expect(second.structuredContent).toMatchObject({ answer: echo("Two", 2), conversation_id });
    await client.close();
  });

  test("hears of progress while it waits", async () => {
    const client = await connect();
    const heard: number[] = [];
    const call = client.callTool(
      { name: "ask", arguments: { question: "wait" } },
      CallToolResultSchema,
      { onprogress: ({ progress }) => void heard.push(progress) },
    );
    await world.model.release();
    expect(await call).toMatchObject({ isError: false });
    expect(heard.length).toBeGreaterThan(0);
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    await client.close();
  });

  test("is told in words what it did wrong, and what failed", async () => {
    const client = await connect();
    const wrong: [args: Record<string, unknown>, about: RegExp][] = [
      [{}, /question/],
      [{ question: " " }, /question/],
      [{ question: "Hi", more: 1 }, /more/],
      [{ question: "Hi", conversation_id: "nowhere" }, /no conversation nowhere/],
      [{ question: "fail" }, /model/],
    ];
    for (const [args, about] of wrong) {
      const result = await client.callTool({ name: "ask", arguments: args });
      expect(result).toMatchObject({
        isError: true,
        content: [{ text: expect.stringMatching(about) }],
      });
    }
    await expect(client.callTool({ name: "other", arguments: {} })).rejects.toMatchObject({
      code: -32602,
    });
    await client.close();
  });
});

test("the SDK of the newer revision asks without a session", async () => {
  const client = new ModernClient(
    { name: "test", version: "1" },
    { versionNegotiation: { mode: "auto" } },
  );
  await client.connect(new ModernTransport(url(), { requestInit: { headers: headers() } }));
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(["ask"]);
  const result = await client.callTool({ name: "ask", arguments: { question: "Hi" } });
  expect(result.structuredContent).toMatchObject({ answer: echo("Hi") });
  await client.close();
});

test("@ai-sdk/mcp finds the tool and calls it", async () => {
  const client = await createMCPClient({
    transport: { type: "http", url: url().href, headers: headers() },
  });
  const { ask } = await client.tools();
  const result = await ask?.execute(
    { question: "Hi" },
    { toolCallId: "1", messages: [], context: {} },
  );
  expect(result).toMatchObject({ structuredContent: { answer: echo("Hi") } });
  await client.close();
});

describe("the endpoint", () => {
  const post = (body: unknown, more: Record<string, string> = {}) =>
    fetch(url(), {
      method: "POST",
      headers: { ...headers(), "content-type": "application/json", ...more },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  test("has no sessions and no streams of its own", async () => {
    for (const method of ["GET", "DELETE"]) {
      const reply = await fetch(url(), { method, headers: headers() });
      expect([reply.status, reply.headers.get("allow")]).toEqual([405, "POST"]);
    }
    const initialize = await post({
      jsonrpc: "2.0",
      id: 0,
      method: "initialize",
      params: {
        protocolVersion: "2025-03-26",
        capabilities: {},
        clientInfo: { name: "t", version: "1" },
      },
    });
    expect(initialize.headers.get("mcp-session-id")).toBeNull();
    expect(await initialize.json()).toMatchObject({ result: { protocolVersion: "2025-03-26" } });
    const noted = await post({ jsonrpc: "2.0", method: "notifications/initialized" });
    expect(noted.status).toBe(202);
  });

  test("opens to no page that its owner has not named", async () => {
    const reply = await post(
      { jsonrpc: "2.0", id: 1, method: "ping" },
      { origin: "https://evil.example" },
    );
    expect(reply.status).toBe(403);
  });

  test("opens to no stranger", async () => {
    const reply = await fetch(url(), { method: "POST", body: "{}" });
    expect([reply.status, await reply.text()]).toEqual([403, '{"message":"Forbidden"}']);
  });

  const broken: [name: string, body: unknown, code: number][] = [
    ["no JSON", "{", -32700],
    ["an array", [{ jsonrpc: "2.0", id: 1, method: "ping" }], -32600],
    ["no JSON-RPC", { id: 1, method: "ping" }, -32600],
    ["an id that is none", { jsonrpc: "2.0", id: {}, method: "ping" }, -32600],
    ["no method", { jsonrpc: "2.0" }, -32600],
  ];
  for (const [name, body, code] of broken) {
    test(`refuses ${name}`, async () => {
      const reply = await post(body);
      expect(reply.status).toBe(400);
      expect(await reply.json()).toMatchObject({ error: { code } });
    });
  }
});
