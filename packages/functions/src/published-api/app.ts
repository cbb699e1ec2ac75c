import { Conversation } from "@outlet/core/conversations/conversation";
import { Problem } from "@outlet/core/foundation/problem";
import { type Address, PayloadMissing, Run, textOf } from "@outlet/core/conversations/run";
import { type Context, Hono } from "hono";
import { methodsOf } from "../http/methods.ts";
import { createErrorHandler, createNotFoundHandler, respond } from "../http/problems.ts";
import { requestId } from "../http/request-id.ts";
import { cors } from "./cors.ts";
import type { PublishedApiDeps } from "./deps.ts";
import { type AuthorizerContext, identity, type PublishedEnv } from "./identity.ts";
import { parseBody, toMessage } from "./native/message.ts";
import { idempotencyKey, preferredWait, queriedWait } from "./native/prefer.ts";
import { openaiRoutes } from "./openai/routes.ts";
import {
  acceptedView,
  answerView,
  conversationView,
  pendingView,
  retryAfter,
} from "./native/views.ts";

/** The API that every published bot has, behind the gateway and its authorizer. */
export function createPublishedApi(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>();
  const onError = createErrorHandler(deps.log);
  app.onError((error, c) => {
    // Deleted or expired between two reads.
    if (error instanceof PayloadMissing) return respond(c, notFound("It has been deleted."));
    return onError(error, c);
  });
  app.notFound(createNotFoundHandler(methodsOf(app)));
  app.use(requestId(gatewayRequestId), cors(deps.table), identity());

  app.get("/health", (c) => c.json({ status: "ok" }));

  app.post("/conversation", async (c) => {
    const key = idempotencyKey(c.req.header("idempotency-key"));
    const wait = preferredWait(c.req.header("prefer"));
    const body = await c.req.text();
    const request = parseBody(body);
    const client = c.get("client");
    const address = addressOf(client, request.conversationId || deps.ids.ulid());
    const check = () => toMessage(deps, client, address, request);
    const once = key
      ? { keyId: client.keyId, route: "POST /conversation", value: key, body }
      : undefined;
    const sent = once
      ? await Conversation.acceptOnce(deps, once, address, check)
      : { address, replayed: null, ...(await Conversation.accept(deps, address, await check())) };
    if (sent.replayed) c.header("Idempotent-Replayed", "true");
    const { runId } = sent;
    const run = wait ? await waitFor(c, deps, sent.address, runId, wait) : sent.replayed;
    if (wait && run && Run.isTerminal(run.status)) return c.json(await answerView(deps, run));
    const { conversationId } = sent.address;
    return c.json(acceptedView({ conversationId, runId, status: run?.status ?? "queued" }));
  });

  app.get("/conversation/:conversationId", async (c) => {
    const address = addressOf(c.get("client"), c.req.param("conversationId"));
    const tree = await Conversation.read(deps, address);
    if (!tree) throw noConversation(address);
    return c.json(await conversationView(deps, tree));
  });

  app.delete("/conversation/:conversationId", async (c) => {
    const address = addressOf(c.get("client"), c.req.param("conversationId"));
    if (!(await Conversation.Removal.remove(deps, address))) throw noConversation(address);
    return c.body(null, 204);
  });

  app.get("/conversation/:conversationId/:messageId", async (c) => {
    const wait = queriedWait(c.req.query("wait")) ?? preferredWait(c.req.header("prefer"));
    const address = addressOf(c.get("client"), c.req.param("conversationId"));
    const found = await findRun(deps, address, c.req.param("messageId"));
    const run =
      wait && !Run.isTerminal(found.status)
        ? await waitFor(c, deps, address, found.runId, wait)
        : found;
    if (!run) throw noMessage(address, found.runId);
    if (!Run.isTerminal(run.status)) {
      c.header("Retry-After", String(retryAfter(deps.clock, run)));
      return c.json(pendingView(run), 202);
    }
    if (run.status === "completed" || run.status === "incomplete") {
      return c.json(await answerView(deps, run));
    }
    const { answer } = await Run.loadAnswer(deps, run);
    throw Run.problemOf(run, textOf(answer ?? [])) ?? new Error(`A run that is ${run.status}`);
  });

  app.post("/conversation/:conversationId/:messageId/cancel", async (c) => {
    const address = addressOf(c.get("client"), c.req.param("conversationId"));
    const run = await findRun(deps, address, c.req.param("messageId"));
    const after = Run.isTerminal(run.status) ? run : await Run.cancel(deps, run);
    const cancelRequested = after.cancelRequestedAt !== null;
    return c.json({ ...acceptedView(after), cancelRequested });
  });

  app.route("/v1", openaiRoutes(deps));
  return app;
}

const gatewayRequestId = (env: unknown): string | undefined =>
  (env as Partial<PublishedEnv["Bindings"]> | undefined)?.event?.requestContext?.requestId;

async function waitFor(
  c: Context,
  deps: PublishedApiDeps,
  address: Address,
  runId: string,
  seconds: number,
): Promise<Run.State | undefined> {
  if (preferredWait(c.req.header("prefer")) === seconds) {
    c.header("Preference-Applied", `wait=${seconds}`);
  }
  return Conversation.waitFor(deps, address, runId, seconds * 1000);
}

async function findRun(
  deps: PublishedApiDeps,
  address: Address,
  messageId: string,
): Promise<Run.State> {
  const run = await Conversation.findRun(deps, address, messageId);
  if (!run) throw noMessage(address, messageId);
  return run;
}

const addressOf = (client: AuthorizerContext, conversationId: string): Address => ({
  botId: client.botId,
  clientId: client.clientId,
  conversationId,
});

const notFound = (message: string) => new Problem.ProblemError("not_found", message);

const noConversation = ({ conversationId }: Address) =>
  notFound(`No conversation found with id: ${conversationId.slice(0, 128)}`);

const noMessage = ({ conversationId }: Address, messageId: string) =>
  notFound(
    `Message ${messageId.slice(0, 128)} not found in conversation ${conversationId.slice(0, 128)}`,
  );
