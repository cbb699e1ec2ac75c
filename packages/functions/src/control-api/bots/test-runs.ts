import * as Bot from "@outlet/core/bots/bot";
import * as Person from "@outlet/core/bots/person";
import * as TestRun from "@outlet/core/bots/test-run";
import * as TestChat from "@outlet/core/conversations/test-chat";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { eventStream } from "../../http/event-stream.ts";
import { audited } from "../audited.ts";
import type { ControlApiDeps, ControlEnv } from "../deps.ts";
import { body } from "../input.ts";
import { testRunView } from "../views.ts";

export const testRunRoutes = (deps: ControlApiDeps) =>
  new Hono<ControlEnv>()
    .get(
      "/bots/:botId/test",
      describeRoute({ summary: "How the last test run went", tags: ["test"] }),
      async (c) => {
        const bot = await Bot.ownedBy(deps.table, c.get("caller"), c.req.param("botId"));
        const test = await TestRun.fromBot(deps.table, bot.botId);
        return c.json({ test: test ? testRunView(test) : null });
      },
    )
    .post(
      "/bots/:botId/test",
      describeRoute({
        summary: "Ask the bot as it is now; events: sources, text, then done or failed",
        tags: ["test"],
      }),
      audited(deps, "bot.test", "runs"),
      body(TestChat.Create),
      async (c) => {
        const caller = c.get("caller");
        const bot = await Bot.ownedBy(deps.table, caller, c.req.param("botId"));
        const input = c.req.valid("json");
        await Person.beginWithin(deps, "testsPerDay", caller.userId, deps.limits.caps.testsPerDay);
        const requestId = c.get("requestId");
        const gone = new AbortController();
        return eventStream(
          c,
          async (stream) => {
            stream.onAbort(() => gone.abort());
            for await (const event of TestChat.run(deps, caller, bot, input, gone.signal)) {
              await stream.writeSSE({ event: event.type, data: JSON.stringify(event) });
            }
          },
          async (cause, stream) => {
            // The status is sent already: the failure can only be an event.
            deps.log.error("test run broke off", { requestId, botId: bot.botId, cause });
            const message = `Something went wrong here. Report the request id ${requestId}.`;
            const event = { type: "failed", code: "internal_error", message, retryable: true };
            await stream.writeSSE({ event: "failed", data: JSON.stringify(event) });
          },
        );
      },
    );
