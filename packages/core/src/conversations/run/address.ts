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

/** The partition of a conversation. Ids are percent-encoded: no id can run into its neighbour. */
export const encode = ({ botId, clientId, conversationId }: Address): string =>
  `CONV#${[botId, clientId, conversationId].map(encodeURIComponent).join("#")}`;
