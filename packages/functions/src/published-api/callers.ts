import type { AuthorizerContext } from "./identity.ts";
import { type Address, Run } from "@outlet/core/conversations/run";
import { Conversation } from "@outlet/core/conversations/conversation";
import { Problem } from "@outlet/core/foundation/problem";
import type { PublishedApiDeps } from "./deps.ts";

type Client = Pick<AuthorizerContext, "botId" | "clientId" | "keyId">;

/**
 * Accepts a message of the OpenAI or MCP face, once where its client says how to tell that it came
 * before.
 * @param idempotency the value of `Idempotency-Key`.
 */
export async function accept(
  deps: PublishedApiDeps,
  client: Client,
  to: { address: Address; ids: Conversation.Accepted; route: string; body: string },
  idempotency: string | undefined,
  check: () => Promise<Conversation.Message>,
): Promise<Sent> {
  const { address, ids, route, body } = to;
  if (idempotency === undefined) {
    await Conversation.accept(deps, address, await check(), ids);
    return { address, runId: ids.runId, replayed: false };
  }
  const once = { keyId: client.keyId, route, value: idempotency, body, ids };
  const sent = await Conversation.acceptOnce(deps, once, address, check);
  return { address: sent.address, runId: sent.runId, replayed: sent.replayed !== null };
}

export interface Sent {
  address: Address;
  runId: string;
  /** Whether the same request had come before. */
  replayed: boolean;
}

/** @throws ProblemError `not_found` where it has been deleted since. */
export async function stateOf(
  deps: PublishedApiDeps,
  { address, runId }: Sent,
): Promise<Run.State> {
  const run = await Run.peek(deps.table, address, runId);
  if (!run) throw gone(runId);
  return run;
}

export const gone = (runId: string): Problem.ProblemError =>
  new Problem.ProblemError("not_found", `Run ${runId} has been deleted.`);
