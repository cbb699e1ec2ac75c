import * as Conversation from "@outlet/core/conversations/conversation";
import type { Address, Run } from "@outlet/core/conversations/run";
import * as Problem from "@outlet/core/foundation/problem";
import type { Clock, Table } from "@outlet/core/ports";
import type { AuthorizerContext } from "./identity.ts";
import * as Text from "@outlet/core/foundation/text";

/**
 * A conversation of the calling client: another client's is simply not there.
 * @throws ProblemError `not_found` for an id that no conversation can have.
 */
export function addressOf(client: AuthorizerContext, conversationId: string): Address {
  const { botId, clientId } = client;
  const address = { botId, clientId, conversationId };
  // 128 characters of any kind, as they are taken with a message.
  if (conversationId.length > 256) throw noConversation(address);
  return address;
}

/** @throws ProblemError `not_found` */
export async function findRun(
  deps: { table: Table; clock: Clock },
  address: Address,
  messageId: string,
): Promise<Run.State> {
  const run = await Conversation.findRun(deps, address, messageId);
  if (!run) throw noMessage(address, messageId);
  return run;
}

export const notFound = (message: string): Problem.ProblemError =>
  new Problem.ProblemError("not_found", message);

export const noConversation = ({ conversationId }: Address): Problem.ProblemError =>
  notFound(`No conversation found with id: ${Text.cut(conversationId, 128)}`);

export const noMessage = ({ conversationId }: Address, messageId: string): Problem.ProblemError =>
  notFound(
    `Message ${Text.cut(messageId, 128)} not found in conversation ${Text.cut(conversationId, 128)}`,
  );
