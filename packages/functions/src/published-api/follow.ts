import { Conversation } from "@outlet/core/conversations/conversation";
import { type Address, Run } from "@outlet/core/conversations/run";
import { notFound } from "./conversations.ts";
import type { PublishedApiDeps } from "./deps.ts";
import type { Ended } from "./openai/answer.ts";
import type { Told } from "./told.ts";

/** Loads what was said in a run that has ended. */
export async function endedOf(
  deps: Pick<PublishedApiDeps, "objects">,
  run: Run.State,
): Promise<Ended> {
  const { answer, usedChunks } = await Run.loadAnswer(deps, run);
  return { run, answer: answer ?? [], usedChunks };
}

/**
 * What a run tells from its beginning to its end, and `undefined` whenever nothing has come for a
 * while: time for a sign of life.
 * @throws TimeIsUp where it takes longer than a reader can be held.
 */
export async function* follow(
  deps: PublishedApiDeps,
  sent: Followed,
): AsyncGenerator<Told | undefined> {
  const until = deps.clock.now() + deps.policy.holdMaxMs;
  for (;;) {
    const leftMs = until - deps.clock.now();
    if (leftMs <= 0) throw new TimeIsUp();
    const ms = Math.min(leftMs, deps.policy.beatMs);
    const run = await Conversation.waitFor(deps, sent.address, sent.runId, ms);
    if (!run) throw gone(sent);
    if (Run.isTerminal(run.status)) {
      yield { kind: "ended", ended: await endedOf(deps, run) };
      return;
    }
    yield undefined;
  }
}

/** The gateway is about to end the answer: it is broken off, so that nobody takes it for whole. */
class TimeIsUp extends Error {
  override name = "TimeIsUp";
}

/** A run that its caller waits for. */
export interface Followed {
  address: Address;
  runId: string;
}

export const gone = ({ runId }: Followed) => notFound(`Run ${runId} has been deleted.`);
