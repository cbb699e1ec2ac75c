import * as Conversation from "@outlet/core/conversations/conversation";
import * as Problem from "@outlet/core/foundation/problem";
import * as Run from "@outlet/core/conversations/run";
import type { Context } from "hono";
import type { PublishedApiDeps } from "../deps.ts";
import { endedOf, type Followed, follow, gone } from "../follow.ts";
import { pingLine } from "../../http/event-stream.ts";
import { goneSignal } from "../gone.ts";
import type { PublishedEnv } from "../identity.ts";
import type { Told } from "../told.ts";
import { type Ended, saidOf } from "./answer.ts";
import { sseHeaders } from "./sse.ts";

interface Whole {
  /** The body of an answer that came. */
  render: (ended: Ended) => object;
  /** The body of one that did not, once the status has been said. */
  renderFailure: (ended: Ended) => object;
  /** The ends that are no answer. */
  failures: readonly Run.State["status"][];
  /** When the answer is made up. */
  settled?: ((ended: Ended) => Promise<void>) | undefined;
}

/**
 * A blocking call. What ends soon has the status that it deserves; what takes longer than gateways
 * and clients bear in silence is 200 from then on, kept alive by white space before the JSON.
 */
export async function answerWhole(
  c: Context<PublishedEnv>,
  deps: PublishedApiDeps,
  sent: Followed,
  whole: Whole,
): Promise<Response> {
  const { quietMaxMs } = deps.policy;
  const run = await Conversation.waitFor(deps, sent.address, sent.runId, quietMaxMs);
  if (!run) throw gone(sent);
  if (!Run.isTerminal(run.status)) {
    if (deps.stopping?.aborted) throw stopping();
    return answerLate(c, deps, sent, whole);
  }
  const ended = await endedOf(deps, run);
  await whole.settled?.(ended);
  const failed = whole.failures.includes(run.status);
  const problem = failed ? Run.problemOf(run, saidOf(ended.answer)) : undefined;
  if (problem) {
    // It was paid for: whoever sends it again pays again.
    c.header("x-should-retry", "false");
    throw problem;
  }
  return c.json(whole.render(ended));
}

const stopping = () =>
  new Problem.ProblemError("service_unavailable", {
    message: "The service is being restarted. Send the request again.",
    retryAfter: 5,
  });

function answerLate(
  c: Context<PublishedEnv>,
  deps: PublishedApiDeps,
  sent: Followed,
  { render, renderFailure, failures, settled }: Whole,
): Response {
  const reading = new AbortController();
  const signal = AbortSignal.any([reading.signal, goneSignal(c)]);
  const idleMs = deps.policy.beatMs;
  async function* text() {
    yield " ";
    for await (const told of follow(deps, sent, { signal, idleMs, isPatient: true })) {
      if (told?.kind !== "ended") {
        if (told === undefined) yield " ";
        continue;
      }
      const { ended } = told;
      await settled?.(ended);
      const failed = failures.includes(ended.run.status);
      yield JSON.stringify(failed ? renderFailure(ended) : render(ended));
    }
  }
  c.header("Content-Type", "application/json");
  return c.body(streamOf(text(), reading));
}

/** Turns what a run tells into frames. */
export interface Teller {
  begin(): Iterable<string>;
  push(told: Told): Iterable<string>;
  /** Nothing has come for a while; absent: a comment. */
  idle?: () => Iterable<string>;
  /** How long a while is; absent: as the policy has it. */
  idleMs?: number;
  /** After the last of them. */
  end(): Iterable<string>;
}

/** A stream, which a comment keeps alive; a reader that goes away cancels nothing. */
export function answerStream(
  c: Context<PublishedEnv>,
  deps: PublishedApiDeps,
  sent: Followed,
  teller: Teller,
  settled?: (ended: Ended) => Promise<void>,
): Response {
  const reading = new AbortController();
  const signal = AbortSignal.any([reading.signal, goneSignal(c)]);
  const idleMs = teller.idleMs ?? deps.policy.beatMs;
  async function* frames() {
    yield* teller.begin();
    for await (const told of follow(deps, sent, { signal, idleMs })) {
      if (told === undefined) yield* teller.idle?.() ?? [pingLine];
      else {
        yield* teller.push(told);
        if (told.kind === "ended") await settled?.(told.ended);
      }
    }
    yield* teller.end();
  }
  for (const [name, value] of Object.entries(sseHeaders)) c.header(name, value);
  return c.body(streamOf(frames(), reading));
}

/** What fails in the middle breaks the connection: a clean end would be taken for a whole answer. */
function streamOf(
  pieces: AsyncGenerator<string>,
  reading: AbortController,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      // Not by ending the generator alone, which may be waiting for what comes next.
      reading.abort();
      await pieces.return(undefined);
    },
  });
}

/** For a stored answer that its caller did not want kept. */
export const removeUnkept =
  (deps: PublishedApiDeps, { address }: Followed) =>
  async ({ run }: Ended): Promise<void> => {
    if (run.asked?.kept !== false || run.asked.face !== "responses") return;
    try {
      await Conversation.Removal.remove(deps, address);
    } catch (cause) {
      deps.log.warn("a response that was not to be kept stays for a day", {
        runId: run.runId,
        cause,
      });
    }
  };
