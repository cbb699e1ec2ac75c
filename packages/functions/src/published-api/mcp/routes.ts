import type { Bot } from "@outlet/core/bots/bot";
import * as Conversation from "@outlet/core/conversations/conversation";
import * as Problem from "@outlet/core/foundation/problem";
import { originMatches } from "@outlet/core/publishing/publication";
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { originsOf } from "../cors.ts";
import type { PublishedApiDeps } from "../deps.ts";
import { botOf } from "../bot.ts";
import type { Followed } from "../follow.ts";
import type { PublishedEnv } from "../identity.ts";
import { answerStream, answerWhole } from "../openai/answering.ts";
import { send as accept } from "../send.ts";
import { progressOf } from "./progress.ts";
import {
  type Call,
  codes,
  errorBody,
  legacyVersions,
  metaOf,
  modernVersions,
  readMessage,
  resultBody,
  serverInfoKey,
  unknownMethod,
} from "./protocol.ts";
import { Arguments, describeTool, failedResult, resultOf, toolName } from "./tool.ts";
import * as Text from "@outlet/core/foundation/text";

type McpContext = Context<PublishedEnv>;

/** The published bot as an MCP server: `POST /mcp`, stateless, with one tool. */
export function mcpRoutes(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>();
  app.post("/mcp", async (c) => {
    refuseForeignOrigin(c);
    const message = readMessage(await c.req.text(), (name) => c.req.header(name));
    if (message.kind === "notification") return c.body(null, 202);
    if (message.kind === "refusal") return c.json(message.body, message.status);
    return answer(c, deps, message);
  });
  return app;
}

/** A page elsewhere must not make a browser speak to a server that it can reach: DNS rebinding. */
function refuseForeignOrigin(c: McpContext): void {
  const origin = c.req.header("origin");
  if (origin === undefined) return;
  if (originMatches(origin, originsOf(c.env.event?.requestContext?.authorizer))) return;
  throw new Problem.ProblemError("forbidden", "This origin may not call the bot.");
}

async function answer(c: McpContext, deps: PublishedApiDeps, call: Call): Promise<Response> {
  const { id, method, era, params } = call;
  const modern = era === "modern";
  switch (method) {
    case "initialize":
      if (modern) break;
      return c.json(resultBody(id, initialize(await bot(c, deps), params)));
    case "ping":
      if (modern) break;
      return c.json(resultBody(id, {}));
    case "server/discover":
      return c.json(resultBody(id, discover(await bot(c, deps))));
    case "tools/list": {
      const info = await bot(c, deps);
      const list = { tools: [describeTool(info)] };
      return c.json(resultBody(id, modern ? { ...list, ...cacheable, ...complete(info) } : list));
    }
    case "tools/call":
      return ask(c, deps, call);
  }
  const refusal = unknownMethod(call);
  return c.json(refusal.body, refusal.status);
}

const bot = (c: McpContext, deps: PublishedApiDeps): Promise<Bot.Info> =>
  botOf(deps, c.get("client").botId);

const serverInfo = ({ title }: Bot.Info) => ({ name: "outlet", title, version: "0.1.0" });
const instructions = ({ title, description }: Bot.Info): string =>
  `The tool ${toolName} asks the bot "${title}".${description ? ` ${description}` : ""}`;
const capabilities = { tools: {} };
const cacheable = { ttlMs: 60_000, cacheScope: "private" };
const complete = (info: Bot.Info) => ({
  resultType: "complete",
  _meta: { [serverInfoKey]: serverInfo(info) },
});

function initialize(info: Bot.Info, params: Record<string, unknown>) {
  const asked = legacyVersions.find((version) => version === params.protocolVersion);
  return {
    protocolVersion: asked ?? legacyVersions[0],
    capabilities,
    serverInfo: serverInfo(info),
    instructions: instructions(info),
  };
}

const discover = (info: Bot.Info) => ({
  ...complete(info),
  supportedVersions: modernVersions,
  capabilities,
  instructions: instructions(info),
  ...cacheable,
});

async function ask(c: McpContext, deps: PublishedApiDeps, call: Call): Promise<Response> {
  const { id, params, era } = call;
  if (params.name !== toolName) {
    const message = `There is no tool of that name here. There is: ${toolName}.`;
    return c.json(errorBody(id, codes.invalidParams, message));
  }
  const info = await bot(c, deps);
  const wrap = (result: object) =>
    resultBody(id, era === "modern" ? { ...result, ...complete(info) } : result);
  const token = metaOf(params).progressToken;
  const followed = typeof token === "string" || typeof token === "number";
  let sent: Followed;
  try {
    sent = await send(c, deps, params.arguments, followed);
  } catch (error) {
    // A spent budget is told to the client and not to its model, which would only ask again.
    if (!(error instanceof Problem.ProblemError) || error.status >= 500) throw error;
    if (error.code === "budget_exceeded") throw error;
    return c.json(wrap(failedResult(error.message)));
  }
  const render = (ended: Parameters<typeof resultOf>[0]) => wrap(resultOf(ended));
  if (followed) {
    return answerStream(c, deps, sent, progressOf(token, sent.address.conversationId, render));
  }
  return answerWhole(c, deps, sent, { render, renderFailure: render, failures: [] });
}

async function send(
  c: McpContext,
  deps: PublishedApiDeps,
  args: unknown,
  followed: boolean,
): Promise<Followed> {
  const parsed = v.safeParse(Arguments, args ?? {});
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const key = issue.path?.[0]?.key;
    const name = typeof key === "string" ? Text.cut(key, 100) : "arguments";
    const message = `${name}: ${issue.message}. Give question, and conversation_id to go on.`;
    throw new Problem.ProblemError("invalid_request", message);
  }
  const { question, conversation_id } = parsed.output;
  const client = c.get("client");
  const { botId, clientId, keyId } = client;
  const conversationId = conversation_id ?? deps.ids.ulid();
  const address = { botId, clientId, conversationId };
  if (conversation_id !== undefined) {
    const head = await Conversation.Mailbox.read(deps.table, address);
    if (head?.createdAt === undefined) {
      const message = `There is no conversation ${conversation_id}. Leave conversation_id out to begin one.`;
      throw new Problem.ProblemError("not_found", message);
    }
  }
  return accept(deps, client, address, async () => ({
    content: [{ contentType: "text", body: question }],
    requestedModel: null,
    keyId,
    continues: false,
    reasoning: false,
    retentionDays: Number(client.retentionDays),
    requestId: c.get("requestId"),
    deltas: client.streaming !== "end",
    followed,
    asked: { ...nothing, model: botId },
  }));
}

const nothing = {
  face: "mcp" as const,
  sampling: { maxTokens: null, temperature: null, topP: null, stopSequences: [] },
  previous: null,
  background: false,
  kept: true,
  metadata: {},
  endUser: null,
  utility: false,
};
