import * as EventLog from "@outlet/core/conversations/event-log";
import type { Run } from "@outlet/core/conversations/run";
import * as Problem from "@outlet/core/foundation/problem";
import { StoreUnavailable } from "@outlet/core/ports";
import type { Context } from "hono";
import { pingLine } from "../../http/event-stream.ts";
import type { PublishedApiDeps } from "../deps.ts";
import { goneSignal } from "../gone.ts";
import type { PublishedEnv } from "../identity.ts";
import { acceptedView, usageView } from "./views.ts";

type Ctx = Context<PublishedEnv>;

/**
 * Whether a caller would have events at once: `Accept: text/event-stream` (RFC 9110 §12.5.1). It has
 * to be named, for clients that take anything get JSON as ever.
 */
export const wantsEvents = (accept: string | undefined): boolean =>
  (accept ?? "")
    .split(",")
    .some((range) => /^\s*text\/event-stream\s*(;(?!\s*q=0(\.0*)?\s*(;|$)).*)?$/i.test(range));

/**
 * `Last-Event-ID`: the number of the last event that the caller has.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
 */
export function lastEventId(header: string | undefined): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new Problem.ProblemError("invalid_request", {
    message: "Last-Event-ID must be the id of an event of this run, a whole number.",
    param: "Last-Event-ID",
  });
}

/** Whether there is nothing more to come: 204 tells an EventSource to connect no more. */
export async function isReadUp(
  deps: PublishedApiDeps,
  run: Run.State,
  after: number,
): Promise<boolean> {
  const { signal } = new AbortController();
  const events = EventLog.follow(deps, run, { after, signal, idleMs: deps.policy.beatMs });
  const first = await events.next();
  await events.return("gone");
  return first.done === true && first.value === "ended";
}

/**
 * The events of a run as server-sent events, `id` their number. A reader that goes away, or is cut off
 * when the gateway's time is over, goes on where it was.
 * @param opening sent before all others, without a number of its own.
 */
export function streamEvents(
  c: Ctx,
  deps: PublishedApiDeps,
  run: Run.State,
  { after, opening = pingLine }: { after?: number | undefined; opening?: string },
): Response {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, goneSignal(c)]);
  const frames = framesOf(deps, run, { after, signal });
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(opening)),
    async pull(controller) {
      const next = await frames.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    cancel: () => gone.abort(),
  });
  c.header("Content-Type", "text/event-stream; charset=utf-8");
  c.header("Cache-Control", "no-cache, no-transform");
  // Proxies buffer what they are not told to pass on.
  c.header("X-Accel-Buffering", "no");
  return c.body(body);
}

async function* framesOf(
  deps: PublishedApiDeps,
  run: Run.State,
  { after, signal }: { after: number | undefined; signal: AbortSignal },
): AsyncGenerator<string> {
  const { beatMs, holdMaxMs, silenceMaxMs } = deps.policy;
  const until = deps.clock.now() + holdMaxMs;
  let silentSince = deps.clock.now();
  let last = after;
  const events = EventLog.follow(deps, run, { after, signal, idleMs: beatMs });
  try {
    let next = await events.next();
    for (; !next.done; next = await events.next()) {
      const event = next.value;
      const now = deps.clock.now();
      if (event.kind === "idle") yield pingLine;
      else {
        yield frameOf(run, event);
        last = event.seq;
        silentSince = now;
      }
      // Behind the end nothing is left to go on with.
      if (event.kind === "end") continue;
      if (now >= until) return yield cut("time_limit", last);
      // Behind the gateway nobody knows whether the reader is still there.
      if (now - silentSince >= silenceMaxMs) return yield cut("silence", last);
    }
    if (next.value === "gone" && !signal.aborted) yield removed(run);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    deps.log.warn("a stream was cut: a store is out of reach", { runId: run.runId, cause: error });
    yield cut("unavailable", last);
  } finally {
    await events.return("gone");
  }
}

export const frame = (event: string, data: object, id?: number): string =>
  `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

function frameOf(run: Run.State, event: EventLog.Event): string {
  const { seq, kind, ...data } = event;
  if (event.kind !== "end") return frame(kind, data, seq);
  const { status, model, usage, incompleteReason, error } = event;
  const state = {
    ...acceptedView({ ...run, status }),
    model,
    usage: usage && usageView(usage),
    incompleteDetails: incompleteReason && { reason: incompleteReason },
    error,
  };
  return frame("state", state, seq);
}

const removed = ({ conversationId, runId }: Run.State): string =>
  frame("removed", {
    conversationId,
    messageId: runId,
    message: "The conversation has been deleted. Forget what was said.",
  });

/** Why a stream ends before its run does. Nothing is lost: the reader asks for the rest. */
const reasons = {
  time_limit: "A connection may last no longer.",
  silence: "Nothing has come for a while.",
  unavailable: "A store behind this API is out of reach.",
};

const cut = (reason: keyof typeof reasons, last: number | undefined): string => {
  const next =
    last === undefined ? "Ask for the events again." : `Go on with Last-Event-ID: ${last}.`;
  return frame("cut", {
    reason,
    lastEventId: last === undefined ? null : String(last),
    message: `${reasons[reason]} ${next}`,
  });
};
