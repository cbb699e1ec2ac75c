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
