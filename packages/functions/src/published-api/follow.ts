import * as EventLog from "@outlet/core/conversations/event-log";
import * as Run from "@outlet/core/conversations/run";
import type { Address } from "@outlet/core/conversations/run";
import { notFound } from "./conversations.ts";
import type { PublishedApiDeps } from "./deps.ts";
import type { Ended } from "./openai/answer.ts";
import type { Told } from "./told.ts";

/** A run that its caller waits for. */
export interface Followed {
  address: Address;
  runId: string;
}

export const gone = ({ runId }: Followed) => notFound(`Run ${runId} has been deleted.`);

/** The gateway is about to end the answer: it is broken off, so that nobody takes it for whole. */
class TimeIsUp extends Error {
  override name = "TimeIsUp";
}

/** Loads what was said in a run that has ended. */
export async function endedOf(
  deps: Pick<PublishedApiDeps, "objects">,
  run: Run.State,
): Promise<Ended> {
  const { answer, usedChunks, steps } = await Run.loadAnswer(deps, run);
  return { run, answer: answer ?? [], usedChunks, steps };
}

/** @throws ProblemError `not_found` where it has been deleted since. */
export async function stateOf(
  { table }: Pick<PublishedApiDeps, "table">,
  followed: Followed,
): Promise<Run.State> {
  const run = await Run.peek(table, followed.address, followed.runId);
  if (!run) throw gone(followed);
  return run;
}

export interface FollowOptions {
  /** Milliseconds after which a reader hears that nothing has come. */
  idleMs: number;
  /** Aborted when the reader has gone. */
  signal: AbortSignal;
  /** It waits for the end alone. */
  isPatient?: boolean;
}

/**
 * What a run tells from its beginning to its end, and `undefined` whenever nothing has come for a
 * while: time for a sign of life. The end comes last even where the owner had the run made again.
 * @throws TimeIsUp where it takes longer than a reader can be held.
 */
export async function* follow(
  deps: PublishedApiDeps,
  followed: Followed,
  { idleMs, signal, isPatient = false }: FollowOptions,
): AsyncGenerator<Told | undefined> {
  const until = deps.clock.now() + deps.policy.holdMaxMs;
  const run = await stateOf(deps, followed);
  const events = EventLog.follow(deps, run, { signal, idleMs, isPatient });
  for await (const event of events) {
    const told = toTold(event);
    if (told !== "nothing") yield told;
    // Behind the end nothing is left to wait for.
    if (event.kind !== "end" && deps.clock.now() > until) throw new TimeIsUp();
  }
  if (signal.aborted) return;
  const ended = await stateOf(deps, followed);
  if (!Run.isTerminal(ended.status)) throw gone(followed);
  yield { kind: "ended", ended: await endedOf(deps, ended) };
}

function toTold(event: EventLog.Event | EventLog.Idle): Told | undefined | "nothing" {
  switch (event.kind) {
    case "idle":
      return undefined;
    case "attempt":
      return { kind: "begun" };
    case "text":
    case "reasoning":
    case "tool":
      return event;
    case "end":
      return "nothing";
  }
}
