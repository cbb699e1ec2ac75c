import type { Item } from "@outlet/core/ports";
import type { Budget } from "@outlet/core/publishing/budget";
import { numberAt } from "./item-fields.ts";
import { Violation } from "./violation.ts";

/** What was written to budgets, held against `docs/run-protocol/Budget.tla`. */
export interface BudgetJournal {
  limit: Budget.Limit | null;
  /** What was charged for attempts that were overtaken, by run and token. */
  readonly charges: ReadonlyMap<string, number>;
  hold(write: { before: Item | undefined; after: Item | undefined }): void;
}

const names = (item: Item | undefined, prefix: string): string[] =>
  Object.keys(item ?? {}).filter((name) => name.startsWith(prefix));

export function createBudgetJournal(): BudgetJournal {
  const charges = new Map<string, number>();
  return {
    limit: null,
    charges,
    hold({ before, after }) {
      const fresh = (prefix: string) =>
        names(after, prefix).filter((name) => before?.[name] === undefined);
      for (const name of fresh("paid#")) {
        if (charges.has(name)) throw new Violation("ChargedOnce", `${name} was charged twice`);
        charges.set(name, numberAt(after, name));
      }
      if (names(after, "hold#").length !== numberAt(after, "open")) {
        throw new Violation("HoldsAreCounted", "an account does not count its holds");
      }
      if (!this.limit || fresh("hold#").length === 0) return;
      const { runs, spendMicroUsd } = this.limit;
      const isOver =
        (runs !== null && numberAt(after, "runs") > runs) ||
        (spendMicroUsd !== null && numberAt(after, "microUsd") > spendMicroUsd);
      if (isOver) throw new Violation("NeverOver", "more was promised than there is");
    },
  };
}
