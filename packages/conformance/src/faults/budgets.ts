import type { Item } from "@outlet/core/ports";
import { Budget } from "@outlet/core/publishing/budget";
import { numberAt } from "./item-fields.ts";
import type { Budgets } from "./plan.ts";
import type { Journal } from "./journal.ts";
import { Violation } from "./violation.ts";

/** The accounts that all messages of an episode are paid from. */
export const payersOf = (botId: string, { bot, owner }: Budgets): Budget.Payer[] => {
  const publication = { botId, ownerId: "owner", budget: bot, ownerBudget: owner };
  return Budget.payersOf(publication, { keyId: "key", budget: null });
};

const accountsOf = ({ items }: Journal): Item[] =>
  [...items.values()].filter(({ pk }) => pk.startsWith("BUDGET#"));

/** Nothing is held any more, and nobody has to look for it. */
export const isSettled = (journal: Journal): boolean =>
  accountsOf(journal).every((item) => numberAt(item, "open") === 0);

const entryCost = (sk: string, entries: Item[]): number =>
  numberAt(
    entries.find((entry) => entry.sk === sk),
    "costMicroUsd",
  );

/** Exact: what is spent, in each account, is what the ledger says and overtaken attempts cost, of as many runs. */
export function assertBudgets(journal: Journal): void {
  for (const account of journal.budgets.accounts) assertBudget(journal, account);
}

function assertBudget(journal: Journal, account: string): void {
  const charges = journal.budgets.chargesOf(account);
  const entries = [...journal.items.values()].filter(({ pk }) => pk.startsWith("USAGE#"));
  const sum = (of: number[]) => of.reduce((total, one) => total + one, 0);
  const own = entries.filter(({ abandoned }) => abandoned === false);
  for (const { sk } of entries.filter(({ abandoned }) => abandoned === true)) {
    if (entryCost(sk, entries) === 0 || charges.has(`paid#${sk}`)) continue;
    journal.fail(new Violation("ChargedOnce", `${sk} is in the ledger and was not charged`));
  }
  const answered = own.filter(({ status }) => status === "completed" || status === "incomplete");
  const cost = sum(own.map((entry) => numberAt(entry, "costMicroUsd")));
  const charged = sum([...charges.values()]);
  const accounts = accountsOf(journal).filter((item) => item.account === account);
  const spent = sum(accounts.map((item) => numberAt(item, "microUsd")));
  const runs = sum(accounts.map((item) => numberAt(item, "runs")));
  if (spent !== cost + charged || runs !== answered.length) {
    const said = `${spent} for ${runs} runs`;
    const is = `${cost} + ${charged} for ${answered.length}`;
    journal.fail(
      new Violation("SettledIsExact", `the budget of ${account} says ${said}, the ledger ${is}`),
    );
  }
}
