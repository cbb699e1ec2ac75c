import type { Address } from "../run/index.ts";
import { type Accepted, type AcceptDeps, accept, type Message } from "./accept.ts";
import { acceptOnce, type Request, type Sent } from "./idempotency.ts";

/**
 * Accepts a message, once where its request says how it is told by. All faces of the published API
 * send by this, and then wait for the answer by `waitFor` or follow its events.
 * @param check makes the message, or throws where it cannot be accepted; not asked for a replay.
 * @param options.once absent where a second request is a second message.
 * @param options.ids made by `newIds`, where the conversation is named after its message.
 * @throws ProblemError `conversation_busy`, `not_found`, `idempotency_key_reuse`, `conflict`, and
 *   what `check` throws; StoreUnavailable where nothing was accepted.
 *
 * @example
 * const sent = await Conversation.send(deps, address, check, { once });
 * const run = await Conversation.waitFor(deps, sent.address, sent.runId, 10_000);
 */
export async function send(
  deps: AcceptDeps,
  address: Address,
  check: () => Promise<Message>,
  { once, ids }: { once?: Request | undefined; ids?: Accepted } = {},
): Promise<Sent> {
  if (once) return acceptOnce(deps, { ...once, ...(ids && { ids }) }, address, check);
  const { runId } = await accept(deps, address, await check(), ids);
  return { address, runId, replayed: null };
}
