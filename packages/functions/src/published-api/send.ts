import * as Conversation from "@outlet/core/conversations/conversation";
import type { Address } from "@outlet/core/conversations/run";
import * as Budget from "@outlet/core/publishing/budget";
import * as v from "valibot";
import type * as Estimate from "./estimate.ts";
import type { PublishedApiDeps } from "./deps.ts";
import type { AuthorizerContext } from "./identity.ts";

/**
 * Accepts a message of a client, and has its budgets pay for it: the one way by which all faces send.
 * @throws ProblemError `budget_exceeded`, and what `Conversation.send` throws.
 */
export function send(
  deps: PublishedApiDeps,
  client: AuthorizerContext,
  address: Address,
  check: () => Promise<Conversation.Message>,
  options: Parameters<typeof Conversation.send>[3] = {},
): Promise<Conversation.Sent> {
  const payers = readPayers(client.budgets);
  if (payers.length === 0) return Conversation.send(deps, address, check, options);
  const paid = async () => {
    const message = await check();
    // Runs are counted without a look at what they cost.
    const byMoney = payers.some(({ limit }) => limit.spendMicroUsd !== null);
    const microUsd = byMoney ? await estimated(deps, address, message) : 0;
    return { ...message, budget: { payers, microUsd } };
  };
  return Conversation.send(deps, address, paid, options);
}

/** Seldom needed: in a chunk of its own it is loaded late. */
async function estimated(...args: Parameters<typeof Estimate.estimate>): Promise<number> {
  const { estimate } = await import("./estimate.ts");
  return estimate(...args);
}

const Payers = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(
    v.object({
      kind: v.picklist(["key", "bot", "owner"]),
      account: v.string(),
      limit: Budget.Limit,
    }),
  ),
);

/**
 * Whose budgets the calling key is paid from, as the authorizer said.
 * @throws ValiError: what cannot be read must not be taken for no limit.
 */
export const readPayers = (text: string | undefined): Budget.Payer[] =>
  text === undefined ? [] : v.parse(Payers, text);
