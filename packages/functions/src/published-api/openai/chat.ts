import * as Conversation from "@outlet/core/conversations/conversation";
import { responseAddress, type Run } from "@outlet/core/conversations/run";
import * as Problem from "@outlet/core/foundation/problem";
import { Hono } from "hono";
import type { PublishedApiDeps } from "../deps.ts";
import { stateOf } from "../follow.ts";
import type { PublishedEnv } from "../identity.ts";
import { idempotencyKey } from "../prefer.ts";
import { send } from "../send.ts";
import { type Ended, errorOf } from "./answer.ts";
import { answerStream, answerWhole, type Teller } from "./answering.ts";
import { ChatChunks } from "./chat-chunks.ts";
import { chatObject } from "./chat-object.ts";
import { onceOf, toMessage } from "./message.ts";
import { parseChat } from "./request.ts";
import { dataFrame, doneFrame } from "./sse.ts";

/** https://platform.openai.com/docs/api-reference/chat/create */
export function chatRoutes(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>();

  app.post("/chat/completions", async (c) => {
    const client = c.get("client");
    const key = idempotencyKey(c.req.header("idempotency-key"));
    const body = await c.req.text();
    const asking = parseChat(body);
    const ids = Conversation.newIds(deps);
    const once = onceOf(client, "POST /v1/chat/completions", key, body);
    const address = responseAddress(client, ids.runId);
    const requestId = c.get("requestId");
    const check = async () => ({ ...(await toMessage(deps, client, asking)), requestId });
    const sent = await send(deps, client, address, check, { once, ids });
    if (sent.replayed) c.header("Idempotent-Replayed", "true");
    if (asking.stream) {
      const { includeUsage } = asking;
      return answerStream(c, deps, sent, createTeller(await stateOf(deps, sent), includeUsage));
    }
    return answerWhole(c, deps, sent, {
      render: chatObject,
      renderFailure,
      failures: ["failed", "cancelled"],
    });
  });

  // Nothing is stored that could be listed; a 405 would say that the path is wrong only in its method.
  app.get("/chat/completions", () => {
    throw new Problem.ProblemError(
      "route_not_found",
      "Chats are not stored: there is nothing to list.",
    );
  });

  return app;
}

const renderFailure = ({ run }: Ended): object => ({ error: errorOf(run) });

function createTeller(run: Run.State, includeUsage: boolean): Teller {
  const chunks = new ChatChunks(run, { includeUsage });
  function* frames(some: Iterable<object>) {
    for (const chunk of some) yield dataFrame(chunk);
  }
  return {
    begin: () => frames(chunks.begin()),
    push: (told) => (chunks.broken ? [] : frames(chunks.push(told))),
    end: () => (chunks.broken ? [] : [doneFrame]),
  };
}
