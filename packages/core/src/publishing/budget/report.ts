import type { Clock, Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import { type Account, shape } from "./account.ts";
import { type Limit, periodAt } from "./limit.ts";
import type { Kind, Payer } from "./payers.ts";

interface Deps {
  table: Table;
  clock: Clock;
}

/** How an account stands in the present period. */
export async function standing(
  deps: Deps,
  account: string,
  limit: Limit,
): Promise<{ state: Account; from: number; to: number | null }> {
  const { name: period, from, to } = periodAt(limit.period, deps.clock.now());
  const item = await deps.table.get(Layout.budget(account, period));
  const none = { account, period, microUsd: 0, runs: 0, open: 0, bytes: 0, refusedAt: null };
  return { state: item ? shape.read(deps.table, item) : none, from, to };
}

/** A budget as it stands now. What open runs may cost counts as used. */
export interface Report {
  kind: Kind;
  limit: Limit;
  used: { spendMicroUsd: number; runs: number };
  /** `null` where that is not limited. */
  remaining: { spendMicroUsd: number | null; runs: number | null };
  /** Runs that have not ended. */
  open: number;
  usedPercent: number;
  /** When somebody was last refused for it; epoch milliseconds. */
  refusedAt: number | null;
  from: number;
  resetsAt: number | null;
}

export async function report(deps: Deps, { kind, account, limit }: Payer): Promise<Report> {
  const { state, from, to } = await standing(deps, account, limit);
  const left = (most: number | null, used: number) =>
    most === null ? null : Math.max(0, most - used);
  return {
    kind,
    limit,
    used: { spendMicroUsd: state.microUsd, runs: state.runs },
    remaining: {
      spendMicroUsd: left(limit.spendMicroUsd, state.microUsd),
      runs: left(limit.runs, state.runs),
    },
    open: state.open,
    usedPercent: usedPercent(state, limit),
    refusedAt: state.refusedAt,
    from,
    resetsAt: to,
  };
}

/** How much of a budget is used, in percent: of what is used most. */
const usedPercent = (state: Account, { spendMicroUsd, runs }: Limit): number =>
  100 *
  Math.max(
    spendMicroUsd === null ? 0 : state.microUsd / spendMicroUsd,
    runs === null ? 0 : state.runs / runs,
  );
