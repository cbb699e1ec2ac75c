import * as Layout from "../../store/layout/index.ts";
import type { Limit } from "./limit.ts";

/** Whose budget: told to whoever has used it up. */
export type Kind = "key" | "bot" | "owner";

export interface Payer {
  kind: Kind;
  /** By {@link Layout.budgetOf}. */
  account: string;
  limit: Limit;
}

/** Whose budgets a message with this key is paid from; the key's first, as it is refused most. */
export function payersOf(
  publication: {
    botId: string;
    ownerId: string;
    budget: Limit | null;
    ownerBudget: Limit | null;
  },
  key: { keyId: string; budget: Limit | null },
): Payer[] {
  const { botId, ownerId } = publication;
  const payer = (kind: Payer["kind"], account: string, limit: Limit | null): Payer[] =>
    limit === null ? [] : [{ kind, account, limit }];
  return [
    ...payer("key", Layout.budgetOf.key(botId, key.keyId), key.budget),
    ...payer("bot", Layout.budgetOf.bot(botId), publication.budget),
    ...payer("owner", Layout.budgetOf.owner(ownerId), publication.ownerBudget),
  ];
}
