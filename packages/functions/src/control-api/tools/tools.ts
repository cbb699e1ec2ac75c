import * as Bot from "@outlet/core/bots/bot";
import * as Tools from "@outlet/core/bots/tools";
import type { Caller } from "@outlet/core/foundation/caller";
import * as Problem from "@outlet/core/foundation/problem";
import * as Text from "@outlet/core/foundation/text";
import * as Publication from "@outlet/core/publishing/publication";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { audited, tell } from "../audited.ts";
import { reading } from "../audited-reads.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { body } from "../input.ts";
import { answers } from "../openapi.ts";
import { isMcp, refresh } from "../../tools/remote.ts";
import { ServerFailed } from "../../tools/mcp-session.ts";
import { approve, put, remove, writeSecret } from "./acts.ts";
import { Approve, PreviewMcp, PreviewOpenApi, Put, Try, WriteSecret } from "./input.ts";
import { hostOf, look, readDocument } from "./settings.ts";
import { SecretPlan } from "./secrets.ts";
import { tryTool } from "./try.ts";
import { documentView, exchangeView, remoteView, toolView } from "./views.ts";

/** A bot whose tools may be changed: a published one calls them at the next question. */
async function changeable(deps: ControlApiDeps, caller: Caller.Info, botId: string) {
  const bot = await Bot.ownedBy(deps.table, caller, botId);
  await Publication.requireChangeable(deps, caller, bot);
  return bot;
}

/** @throws ProblemError `not_found` */
async function toolOf(deps: ControlApiDeps, botId: string, toolId: string): Promise<Tools.Info> {
  const tool = await Tools.fromId(deps.table, botId, toolId);
  if (tool) return tool;
  const message = `The bot has no tool ${Text.cut(toolId, 40)}.`;
  throw new Problem.ProblemError("not_found", message);
}

export const toolRoutes = (deps: ControlApiDeps) =>
  new Hono<ControlEnv>()
    .get(
      "/bots/:botId/tools",
      describeRoute({ summary: "List a bot's tools, allowed or not", tags: ["tools"] }),
      reading(deps, "tool.read"),
      async (c) => {
        const bot = await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        const tools = await Tools.list(deps.table, bot.botId);
        return c.json({ use: bot.tools, tools: tools.map(toolView) });
      },
    )
    .post(
      "/bots/:botId/tools",
      describeRoute({
        summary: "Add a tool; the model is offered it once the bot allows it (tools.allowed)",
        tags: ["tools"],
        responses: answers(201),
      }),
      audited(deps, "tool.add", "tool"),
      body(Put),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const tool = await put(deps, c.get("caller"), bot.botId, c.req.valid("json"), undefined);
        tell(c, { targetId: tool.toolId });
        return c.json(toolView(tool), 201);
      },
    )
    .post(
      "/bots/:botId/tools/openapi",
      describeRoute({
        summary: "Which operations an OpenAPI document has; nothing is stored",
        tags: ["tools"],
      }),
      body(PreviewOpenApi),
      async (c) => {
        await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        return c.json(documentView(await readDocument(deps, c.req.valid("json"))));
      },
    )
    .post(
      "/bots/:botId/tools/mcp",
      describeRoute({
        summary: "Which tools an MCP server has; nothing is stored",
        tags: ["tools"],
      }),
      body(PreviewMcp),
      async (c) => {
        const bot = await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        const { url, hosts = [hostOf(url)], headers, toolId } = c.req.valid("json");
        const present = toolId === undefined ? undefined : await toolOf(deps, bot.botId, toolId);
        const plan = new SecretPlan(deps, bot.botId);
        const kept = present && isMcp(present) ? present.setting : undefined;
        const values = await plan.values(plan.headers({ headers, url }, kept));
        const tools = await look(deps, { url, hosts, headers: values });
        return c.json({ tools: tools.map(remoteView) });
      },
    )
    .get(
      "/bots/:botId/tools/:toolId",
      describeRoute({ summary: "A tool of a bot; never its secrets", tags: ["tools"] }),
      reading(deps, "tool.read"),
      async (c) => {
        const bot = await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        return c.json(toolView(await toolOf(deps, bot.botId, c.req.param("toolId"))));
      },
    )
    .put(
      "/bots/:botId/tools/:toolId",
      describeRoute({
        summary: "Put another setting in a tool's place; secrets that are not sent stay",
        tags: ["tools"],
      }),
      audited(deps, "tool.edit", "tool"),
      body(Put),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const present = await toolOf(deps, bot.botId, c.req.param("toolId"));
        const { botId } = bot;
        const tool = await put(deps, c.get("caller"), botId, c.req.valid("json"), present);
        return c.json(toolView(tool));
      },
    )
    .delete(
      "/bots/:botId/tools/:toolId",
      describeRoute({
        summary: "Remove a tool and its secrets",
        tags: ["tools"],
        responses: answers(204),
      }),
      audited(deps, "tool.remove", "tool"),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        await remove(deps, await toolOf(deps, bot.botId, c.req.param("toolId")));
        return c.body(null, 204);
      },
    )
    .put(
      "/bots/:botId/tools/:toolId/secret",
      describeRoute({
        summary: "Write a tool's credential, or a header of its MCP server; nobody reads it back",
        tags: ["tools"],
        responses: answers(204),
      }),
      audited(deps, "tool.secret", "tool"),
      body(WriteSecret),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const tool = await toolOf(deps, bot.botId, c.req.param("toolId"));
        await writeSecret(deps, tool, c.req.valid("json"));
        return c.body(null, 204);
      },
    )
    .post(
      "/bots/:botId/tools/:toolId/refresh",
      describeRoute({
        summary: "Compare an MCP server's tools with those approved; what has changed is paused",
        tags: ["tools"],
      }),
      audited(deps, "tool.refresh", "tool"),
      async (c) => {
        const bot = await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        const tool = await toolOf(deps, bot.botId, c.req.param("toolId"));
        if (!isMcp(tool)) throw notRemote();
        try {
          return c.json(toolView(await refresh(deps, tool, AbortSignal.timeout(20_000))));
        } catch (error) {
          if (!(error instanceof ServerFailed)) throw error;
          const detail = { message: error.message, param: "url" };
          throw new Problem.ProblemError("invalid_request", detail, { cause: error });
        }
      },
    )
    .post(
      "/bots/:botId/tools/:toolId/approve",
      describeRoute({
        summary: "Take the changed definition of a paused tool; the model is offered it again",
        tags: ["tools"],
      }),
      audited(deps, "tool.approve", "tool"),
      body(Approve),
      async (c) => {
        const bot = await changeable(deps, c.get("caller"), c.req.param("botId"));
        const tool = await toolOf(deps, bot.botId, c.req.param("toolId"));
        if (!isMcp(tool)) throw notRemote();
        return c.json(toolView(await approve(deps, tool, c.req.valid("json"))));
      },
    )
    .post(
      "/bots/:botId/tools/:toolId/test",
      describeRoute({
        summary: "Call a tool with an input, for real; request and answer come back, no secrets",
        tags: ["tools"],
      }),
      audited(deps, "tool.test", "tool"),
      body(Try),
      async (c) => {
        const bot = await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        const tool = await toolOf(deps, bot.botId, c.req.param("toolId"));
        const begun = deps.clock.now();
        const exchange = await tryTool(deps, tool, c.req.valid("json"));
        return c.json(exchangeView(exchange, deps.clock.now() - begun));
      },
    );

const notRemote = () =>
  new Problem.ProblemError("invalid_request", {
    message: "Only tools of MCP servers are compared and approved.",
    param: "toolId",
  });
