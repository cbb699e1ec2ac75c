/** The budgets that a publication's messages are paid from, and how they stand. */
export * as Budgets from "./index.ts";

import type { Table } from "../../ports/index.ts";
import * as Budget from "../../publishing/budget/index.ts";
import * as Key from "../../publishing/key/index.ts";
import type { Publication } from "../../publishing/publication/index.ts";

/** A budget, and the key that it is of, where it is a key's. */
export interface Named extends Budget.Payer {
  keyId: string | null;
  label: string | null;
}

/** Every budget of a publication: the bot's, its owner's, those of its keys. */
export async function payers(table: Table, publication: Publication.Info): Promise<Named[]> {
  const nobody = { keyId: "none", budget: null };
  const shared = Budget.payersOf(publication, nobody);
  const keys = (await Key.listAll(table, publication.botId)).filter(
    ({ purpose, budget }) => purpose === "client" && budget !== null,
  );
  const own = keys.flatMap((key) => {
    const payer = Budget.payersOf({ ...publication, budget: null, ownerBudget: null }, key);
    return payer.map((one) => ({ ...one, keyId: key.keyId, label: key.label }));
  });
  return [...shared.map((one) => ({ ...one, keyId: null, label: null })), ...own];
}

/** Percent used; 100 at least where a message was refused in this period. */
export const pressure = ({ usedPercent, refusedAt, from }: Budget.Report): number =>
  refusedAt !== null && refusedAt >= from ? Math.max(100, usedPercent) : usedPercent;
