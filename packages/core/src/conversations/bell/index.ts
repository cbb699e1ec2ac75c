/**
 * Doorbells: queue messages that ask for a reader of one conversation. They name it and carry nothing
 * that could be lost: whoever comes looks at the mailbox.
 */
export * as Bell from "./index.ts";

import * as v from "valibot";
import type { Log, Queue } from "../../ports/index.ts";
import { type Address, pick } from "../run/address.ts";

const Body = v.object({
  botId: v.string(),
  clientId: v.string(),
  conversationId: v.string(),
});

/**
 * What a queue carries. ASCII alone, for queues refuse some characters that an id may have: SQS those
 * of no XML document, others whatever lies beyond the basic plane.
 */
export const toBody = (address: Address): string =>
  JSON.stringify(pick(address)).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/**
 * The conversation that a doorbell names.
 * @throws ValiError or SyntaxError where the message is not a doorbell.
 */
export const parse = (body: string): Address => v.parse(Body, JSON.parse(body));

/** Whose turn a doorbell takes: one bot's flood does not delay another's single run. */
export const groupOf = (address: Address): string => address.botId;

/** Action Ring: asks for a reader. @throws StoreUnavailable */
export async function ring(queue: Queue, address: Address, delaySeconds = 0): Promise<void> {
  await queue.send(toBody(address), { group: groupOf(address), delaySeconds });
}

/** Rings; where the queue cannot be rung nothing is lost, for the sweeper rings again. */
export async function ringOrWarn(
  { runQueue, log }: { runQueue: Queue; log: Log },
  address: Address,
  options: { delaySeconds?: number; runId?: string } = {},
): Promise<void> {
  const { delaySeconds, runId } = options;
  try {
    await ring(runQueue, address, delaySeconds);
  } catch (cause) {
    log.warn("bell not sent; the sweeper will ring", { botId: address.botId, runId, cause });
  }
}
