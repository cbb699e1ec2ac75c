import * as Conversation from "@outlet/core/conversations/conversation";
import * as EventLog from "@outlet/core/conversations/event-log";
import * as Run from "@outlet/core/conversations/run";
import { responseAddress } from "@outlet/core/conversations/run";
import { type Context, Hono } from "hono";
import { notFound } from "../conversations.ts";
import type { PublishedApiDeps } from "../deps.ts";
import { endedOf, type Followed, stateOf } from "../follow.ts";
import type { PublishedEnv } from "../identity.ts";
import { idempotencyKey } from "../prefer.ts";
import { send } from "../send.ts";
import type { Told } from "../told.ts";
import type { Ended } from "./answer.ts";
import { answerStream, answerWhole, removeUnkept, type Teller } from "./answering.ts";
import { invalid } from "./content.ts";
import { inputItems } from "./input-items.ts";
import { onceOf, toMessage } from "./message.ts";
import { parseResponse, runIdOfResponse } from "./request.ts";
import { ResponseEvents } from "./response-events.ts";
import { idsOf, responseObject } from "./response-object.ts";
import { doneFrame, eventFrame } from "./sse.ts";
import { findKept } from "./stored.ts";
import * as Text from "@outlet/core/foundation/text";

/** How long a cancel waits for the worker to heed it. */
const cancelWaitMs = 5_000;

/** https://platform.openai.com/docs/api-reference/responses */
export function responseRoutes(deps: PublishedApiDeps): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>();

  app.post("/responses", async (c) => {
    const client = c.get("client");
    const key = idempotencyKey(c.req.header("idempotency-key"));
    const body = await c.req.text();
    const asking = parseResponse(body);
    const ids = Conversation.newIds(deps);
    const once = onceOf(client, "POST /v1/responses", key, body);
    const address = responseAddress(client, ids.runId);
    const requestId = c.get("requestId");
    const check = async () => ({ ...(await toMessage(deps, client, asking)), requestId });
    const sent = await send(deps, client, address, check, { once, ids });
    if (sent.replayed) c.header("Idempotent-Replayed", "true");
    // Under a key the same request may come again for its answer.
    const settled = key === undefined ? removeUnkept(deps, sent) : undefined;
    if (asking.stream) {
      return answerStream(c, deps, sent, createTeller(await stateOf(deps, sent), -1), settled);
    }
    if (asking.background) return c.json(await view(deps, await stateOf(deps, sent)));
    const render = (ended: Ended) => responseObject(ended.run, ended);
    const failures = ["failed"] as const;
    return answerWhole(c, deps, sent, { render, renderFailure: render, failures, settled });
  });

  app.get("/responses/:id", async (c) => {
    const run = await kept(c, deps);
    if (c.req.query("stream") !== "true") return c.json(await view(deps, run));
    const after = startingAfter(c.req.query("starting_after"));
    return answerStream(c, deps, sentOf(run), createTeller(run, after));
  });

  app.delete("/responses/:id", async (c) => {
    const run = await kept(c, deps);
    await Conversation.Removal.remove(deps, sentOf(run).address);
    return c.json({ id: idsOf(run).response, object: "response", deleted: true });
  });

  app.post("/responses/:id/cancel", async (c) => {
    const run = await kept(c, deps);
    if (Run.isTerminal(run.status)) return c.json(await view(deps, run));
    const cancelled = await Conversation.cancel(deps, run);
    // It waited: nobody else tells its readers before its turn comes.
    if (Run.isTerminal(cancelled.status)) await EventLog.close(deps, cancelled);
    const { address, runId } = sentOf(run);
    const after = await Conversation.waitFor(deps, address, runId, cancelWaitMs);
    return c.json(await view(deps, after ?? run));
  });

  app.get("/responses/:id/input_items", async (c) => {
    const run = await kept(c, deps);
    return c.json(await inputItems(deps, await Run.load(deps, run), c.req.query()));
  });

  return app;
}

const sentOf = (run: Run.State): Followed => ({ address: run, runId: run.runId });

/** @throws ProblemError `not_found`, the same for what is not there and for what is not the caller's. */
async function kept(c: Context<PublishedEnv>, deps: PublishedApiDeps): Promise<Run.State> {
  const id = c.req.param("id") ?? "";
  const runId = runIdOfResponse(id);
  const run = runId && (await findKept(deps, c.get("client"), runId));
  if (!run) throw notFound(`Response ${Text.cut(id, 64)} not found.`);
  return run;
}

async function view(deps: PublishedApiDeps, run: Run.State) {
  return responseObject(run, Run.isTerminal(run.status) ? await endedOf(deps, run) : undefined);
}

function startingAfter(text: string | undefined): number {
  if (text === undefined) return -1;
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw invalid("starting_after", "must be the sequence_number of an event");
}

/** @param after the number of the last event that the reader has, or -1. */
function createTeller(run: Run.State, after: number): Teller {
  const events = new ResponseEvents(run);
  function* tell(some: Iterable<{ type: string; sequence_number: number }>) {
    for (const event of some) if (event.sequence_number > after) yield eventFrame(event);
  }
  return {
    begin: () => tell(events.begin()),
    push: (told: Told) => tell(events.push(told)),
    end: () => [doneFrame],
  };
}
