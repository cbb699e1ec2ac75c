import * as Conversation from "@outlet/core/conversations/conversation";
import * as EventLog from "@outlet/core/conversations/event-log";
import * as Run from "@outlet/core/conversations/run";
import { textOf } from "@outlet/core/conversations/run";
import { type Context, Hono } from "hono";
import { addressOf, findRun, noConversation, noMessage } from "../conversations.ts";
import type { PublishedApiDeps } from "../deps.ts";
import type { PublishedEnv } from "../identity.ts";
import { idempotencyKey, preferredWait, queriedWait } from "../prefer.ts";
import { respondJson } from "../../http/whole.ts";
import { parseBody, toMessage } from "./message.ts";
import { send } from "../send.ts";
import { frame, isReadUp, lastEventId, streamEvents, wantsEvents } from "./stream.ts";
import { acceptedView, answerView, conversationView, pendingView, retryAfter } from "./views.ts";

/** The native face: what clients of bedrock-chat's published APIs know, and what we add to it. */
export function nativeRoutes(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>({ strict: false });

  app.get("/health", (c) => respondJson(c, { status: "ok" }));

  app.post("/conversation", async (c) => {
    const key = idempotencyKey(c.req.header("idempotency-key"));
    const wait = c.get("mayNotWait") ? undefined : preferredWait(c.req.header("prefer"));
    const body = await c.req.text();
    const request = parseBody(body);
    const client = c.get("client");
    const address = addressOf(client, request.conversationId || deps.ids.ulid());
    const once = key
      ? { keyId: client.keyId, route: "POST /conversation", value: key, body }
      : undefined;
    const requestId = c.get("requestId");
    const followed = wantsEvents(c.req.header("accept"));
    const check = async () => ({
      ...(await toMessage(deps, client, address, request)),
      requestId,
      followed,
    });
    const sent = await send(deps, client, address, check, { once });
    if (sent.replayed) c.header("Idempotent-Replayed", "true");
    if (followed) return streamSent(c, deps, sent);
    if (wait) noteWait(c, wait);
    const run = wait
      ? await Conversation.waitFor(deps, sent.address, sent.runId, wait * 1000)
      : sent.replayed;
    if (wait && run && Run.isTerminal(run.status))
      return respondJson(c, await answerView(deps, run));
    const { conversationId } = sent.address;
    const status = run?.status ?? "queued";
    return respondJson(c, acceptedView({ conversationId, runId: sent.runId, status }));
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
    const asked = queriedWait(c.req.query("wait")) ?? preferredWait(c.req.header("prefer"));
    const wait = c.get("mayNotWait") ? undefined : asked;
    const address = addressOf(c.get("client"), c.req.param("conversationId"));
    const found = await findRun(deps, address, c.req.param("messageId"));
    const waits = wait !== undefined && !Run.isTerminal(found.status);
    if (waits) noteWait(c, wait);
    const run = waits ? await Conversation.waitFor(deps, address, found.runId, wait * 1000) : found;
    if (!run) throw noMessage(address, found.runId);
    if (!Run.isTerminal(run.status)) {
      c.header("Retry-After", String(retryAfter(deps.clock, run)));
      return respondJson(c, pendingView(run), 202);
    }
    if (run.status === "completed" || run.status === "incomplete") {
      return respondJson(c, await answerView(deps, run));
    }
    const { answer } = await Run.loadAnswer(deps, run);
    throw Run.problemOf(run, textOf(answer ?? [])) ?? new Error(`A run that is ${run.status}`);
  });

  app.get("/conversation/:conversationId/:messageId/events", async (c) => {
    const after = lastEventId(c.req.header("last-event-id"));
    const address = addressOf(c.get("client"), c.req.param("conversationId"));
    const run = await findRun(deps, address, c.req.param("messageId"));
    const mayBeReadUp = after !== undefined && Run.isTerminal(run.status);
    if (mayBeReadUp && (await isReadUp(deps, run, after))) return c.body(null, 204);
    return streamEvents(c, deps, run, { after });
  });

  app.post("/conversation/:conversationId/:messageId/cancel", async (c) => {
    const address = addressOf(c.get("client"), c.req.param("conversationId"));
    const run = await findRun(deps, address, c.req.param("messageId"));
    const after = await Conversation.cancel(deps, run);
    // It waited: nobody else tells its readers before its turn comes.
    if (Run.isTerminal(after.status)) await EventLog.close(deps, after);
    const cancelRequested = after.cancelRequestedAt !== null;
    return c.json({ ...acceptedView(after), cancelRequested });
  });

  return app;
}

/** A message whose sender would have its events at once: who it is comes first. */
async function streamSent(
  c: Context<PublishedEnv>,
  deps: PublishedApiDeps,
  { address, runId, replayed }: Conversation.Sent,
): Promise<Response> {
  const run = replayed ?? (await findRun(deps, address, runId));
  const events = `conversation/${encodeURIComponent(address.conversationId)}/${runId}/events`;
  c.header("Content-Location", events);
  return streamEvents(c, deps, run, { opening: frame("accepted", acceptedView(run)) });
}

/** Says that a preference was heeded, where the wait is one (RFC 7240 §3). */
function noteWait(c: Context, seconds: number): void {
  if (preferredWait(c.req.header("prefer")) === seconds) {
    c.header("Preference-Applied", `wait=${seconds}`);
  }
}
