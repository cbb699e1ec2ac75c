import { Bot } from "@outlet/core/bot";
import { Conversation } from "@outlet/core/conversation";
import type { ModelCatalog } from "@outlet/core/model-catalog";
import type { Clock, Log, ObjectStore, Queue, Table } from "@outlet/core/ports";
import { Problem } from "@outlet/core/problem";
import { type Address, Run } from "@outlet/core/run";
import type { Id } from "@outlet/core/id";
import { Hono } from "hono";
import * as v from "valibot";
import { methodsOf } from "../http/methods.ts";
import {
  createErrorHandler,
  createNotFoundHandler,
  invalidJson,
  invalidRequest,
} from "../http/problems.ts";
import { requestId } from "../http/request-id.ts";
import { cors } from "./cors.ts";
import { type AuthorizerContext, identity, type PublishedEnv } from "./identity.ts";
import { camelizeKeys, MessageRequest } from "./schemas.ts";
import { answerView, conversationView, pendingView } from "./views.ts";

export interface PublishedApiDeps {
  table: Table;
  objects: ObjectStore;
  runQueue: Queue;
  clock: Clock;
  ids: Id.Ids;
  catalog: ModelCatalog.Catalog;
  log: Log;
  policy: { openMax: number; retentionDays: number };
}

/** The API that every published bot has, behind the gateway and its authorizer. */
export function createPublishedApi(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>();
  app.onError(createErrorHandler(deps.log));
  app.notFound(createNotFoundHandler(methodsOf(app)));
  app.use(requestId(gatewayRequestId), cors(deps.table), identity());

  app.get("/health", (c) => c.json({ status: "ok" }));

  app.post("/conversation", async (c) => {
    const request = await parseBody(c.req.raw);
    const client = c.get("client");
    const conversationId = request.conversationId || deps.ids.ulid();
    const requestedModel = await allowedModel(deps, client.botId, request.message.model);
    const { runId } = await Conversation.accept(deps, addressOf(client, conversationId), {
      content: request.message.content,
      requestedModel,
      keyId: client.keyId,
    });
    return c.json({ conversationId, messageId: runId, status: "queued" });
  });

  app.get("/conversation/:conversationId", async (c) => {
    const address = addressOf(c.get("client"), c.req.param("conversationId"));
    const tree = await Conversation.read(deps, address);
    if (!tree) throw noConversation(address);
    return c.json(conversationView(tree));
  });

  app.get("/conversation/:conversationId/:messageId", async (c) => {
    const address = addressOf(c.get("client"), c.req.param("conversationId"));
    const messageId = c.req.param("messageId");
    const run = await Conversation.findRun(deps, address, messageId);
    if (!run) throw noMessage(address, messageId);
    if (!Run.isTerminal(run.status)) {
      c.header("Retry-After", "1");
      return c.json(pendingView(run), 202);
    }
    const problem = Run.problemOf(run);
    if (problem) throw problem;
    return c.json(answerView(run));
  });

  return app;
}

const gatewayRequestId = (env: unknown): string | undefined =>
  (env as Partial<PublishedEnv["Bindings"]> | undefined)?.event?.requestContext?.requestId;

/** The content type is not looked at: clients of the prior art send all kinds. */
async function parseBody(req: Request): Promise<MessageRequest> {
  const text = await req.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalidJson();
  }
  const parsed = v.safeParse(MessageRequest, camelizeKeys(json));
  if (!parsed.success) throw invalidRequest(parsed.issues);
  return parsed.output;
}

/** The owner decides which models a caller may ask for; by default only the bot's own. */
async function allowedModel(
  deps: Pick<PublishedApiDeps, "table" | "catalog">,
  botId: string,
  asked: string | null,
): Promise<string | null> {
  if (!asked) return null;
  const bot = await Bot.fromId(deps.table, botId);
  const names = bot ? [bot.model, ...bot.callerModels] : [];
  const found = deps.catalog.find(asked);
  if (found && names.includes(found.name)) return found.name;
  throw new Problem.ProblemError("model_not_allowed", {
    message: `Model "${asked.slice(0, 100)}" is not allowed for this bot. Allowed: ${names.join(", ")}.`,
    param: "message.model",
  });
}

const addressOf = (client: AuthorizerContext, conversationId: string): Address => ({
  botId: client.botId,
  clientId: client.clientId,
  conversationId,
});

const noConversation = ({ conversationId }: Address) =>
  new Problem.ProblemError(
    "not_found",
    `No conversation found with id: ${conversationId.slice(0, 128)}`,
  );

const noMessage = ({ conversationId }: Address, messageId: string) =>
  new Problem.ProblemError(
    "not_found",
    `Message ${messageId.slice(0, 128)} not found in conversation ${conversationId.slice(0, 128)}`,
  );
