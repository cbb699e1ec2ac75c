import type { Item } from "@outlet/core/ports";
import type { Budget } from "@outlet/core/publishing/budget";
import { numberAt } from "./item-fields.ts";
import { Violation } from "./violation.ts";

/** What was written to budgets, held against `docs/run-protocol/Budget.tla`. */
export interface BudgetJournal {
  /** The accounts that every message is paid from. */
  readonly accounts: readonly string[];
  /** Sets them, with what each may not go over. */
  limit(payers: readonly Budget.Payer[]): void;
  /** What was charged for attempts that were overtaken, by run and token. */
  chargesOf(account: string): ReadonlyMap<string, number>;
  /**
   * @param isOpen whether the run is in its mailbox, and not ended, as it was put there last.
   * @throws Violation
   */
  hold(
    write: { before: Item | undefined; after: Item | undefined },
    isOpen: (runId: string, redrives: number) => boolean,
  ): void;
  /** @throws Violation where nothing is held for a run that has just come into its mailbox. */
  assertHeld(run: Item, accounts: readonly Item[]): void;
}

const names = (item: Item | undefined, prefix: string): string[] =>
  Object.keys(item ?? {}).filter((name) => name.startsWith(prefix));
const accountOf = (item: Item | undefined): string => String(item?.account);

export function createBudgetJournal(): BudgetJournal {
  const limits = new Map<string, Budget.Limit>();
  const charges = new Map<string, Map<string, number>>();
  const chargesOf = (account: string) => charges.get(account) ?? new Map<string, number>();
  return {
    get accounts() {
      return [...limits.keys()];
    },
    limit(payers) {
      for (const { account, limit } of payers) limits.set(account, limit);
    },
    chargesOf,
    hold({ before, after }, isOpen) {
      for (const name of names(before, "hold#")) {
        if (after?.[name] !== undefined || `done#${name}` in (after ?? {})) continue;
        const [, runId = "", redrives = "0"] = name.split("#");
        if (!isOpen(runId, Number(redrives))) continue;
        throw new Violation("OpenIsHeld", `${name} was given back, and its run is open`);
      }
      const fresh = (prefix: string) =>
        names(after, prefix).filter((name) => before?.[name] === undefined);
      const account = accountOf(after);
      for (const name of fresh("paid#")) {
        const charged = chargesOf(account);
        if (charged.has(name)) throw new Violation("ChargedOnce", `${name} was charged twice`);
        charges.set(account, charged.set(name, numberAt(after, name)));
      }
      if (names(after, "hold#").length !== numberAt(after, "open")) {
        throw new Violation("HoldsAreCounted", "an account does not count its holds");
      }
      const limit = limits.get(account);
      if (!limit || fresh("hold#").length === 0) return;
      const { runs, spendMicroUsd } = limit;
      const isOver =
        (runs !== null && numberAt(after, "runs") > runs) ||
        (spendMicroUsd !== null && numberAt(after, "microUsd") > spendMicroUsd);
      if (isOver) throw new Violation("NeverOver", "more was promised than there is");
    },
    assertHeld(run, items) {
      const redrives = numberAt(run, "redrives");
      const hold = `hold#${String(run.runId)}${redrives === 0 ? "" : `#${redrives}`}`;
      for (const account of limits.keys()) {
        const isHeld = items.some(
          (item) => accountOf(item) === account && (hold in item || `done#${hold}` in item),
        );
        if (isHeld) continue;
        const said = `${hold} came into its mailbox and is not held in ${account}`;
        throw new Violation("OpenIsHeld", said);
      }
    },
  };
}
