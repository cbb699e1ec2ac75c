import { Layout } from "../../store/layout/index.ts";
import type { Payer } from "./index.ts";
import type { Limit } from "./limit.ts";

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
