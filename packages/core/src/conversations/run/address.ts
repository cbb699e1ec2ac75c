import * as v from "valibot";

/** Whose conversation: the tenant is part of every key, so a foreign id is simply empty. */
export interface Address {
  botId: string;
  clientId: string;
  /** 1–128 printable characters of the client's choosing. */
  conversationId: string;
}

/** The three ids alone, of whatever has them: what is stored must not carry more. */
export const pick = ({ botId, clientId, conversationId }: Address): Address => ({
  botId,
  clientId,
  conversationId,
});

/** The mailbox of one response of the OpenAI face, named after its run so that no index is needed. */
export const responseAddress = (of: Omit<Address, "conversationId">, runId: string): Address => ({
  botId: of.botId,
  clientId: of.clientId,
  conversationId: `resp_${runId}`,
});

/** Whose turn a doorbell takes: one bot's flood does not delay another's single run. */
export const group = (address: Address): string => address.botId;

/**
 * A doorbell's body. ASCII alone, for queues refuse some characters that an id may have: SQS those
 * of no XML document, others whatever lies beyond the basic plane.
 */
export const toBell = (address: Address): string =>
  JSON.stringify(pick(address)).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const Bell = v.object({
  botId: v.string(),
  clientId: v.string(),
  conversationId: v.string(),
});

/**
 * The conversation that a doorbell names.
 * @throws ValiError or SyntaxError where the message is not a doorbell.
 */
export const parseBell = (body: string): Address => v.parse(Bell, JSON.parse(body));
