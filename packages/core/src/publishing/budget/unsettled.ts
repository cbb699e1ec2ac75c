import * as v from "valibot";
import { all, type Clock, equals, type Item, type Table, type Value } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import { type Account, type Hold, type Holder, prefix, shape, StoredHold } from "./account.ts";

/** Something held in an account, and for which run. */
export interface OpenHold {
  hold: Hold;
  holder: Holder;
  /** When somebody last came to rely on it, epoch milliseconds. */
  at: number;
  /** As it was read: it is given back only as long as it is that. */
  seen: Value;
}

/** An account in which something has been held since before a time, for {@link rest}. */
export interface Unsettled {
  account: Account;
  openSk: string;
  holds: OpenHold[];
}

/** Action Sweep's reading: accounts with holds from before `until`, epoch milliseconds. */
export async function listUnsettled(table: Table, until: number): Promise<Unsettled[]> {
  const range = {
    index: "open",
    pk: Layout.open.budgets,
    skFrom: "0",
    skTo: Layout.sortable(until),
  } as const;
  const found = await Paging.all(table, range, (_table, items) => [...items]);
  const accounts: Unsettled[] = [];
  for (const { pk, sk } of found) {
    // The index lags behind, and may not have all attributes.
    const item = await table.get({ pk, sk });
    const [account] = item ? shape.readAll(table, [item]) : [];
    if (!item || !account || typeof item.openSk !== "string") continue;
    accounts.push({ account, openSk: item.openSk, holds: holdsIn(item, account) });
  }
  return accounts;
}

function holdsIn(item: Item, { account, period }: Account): OpenHold[] {
  return Object.entries(item).flatMap(([name, seen]) => {
    const stored = name.startsWith(prefix) ? v.safeParse(StoredHold, seen) : undefined;
    if (!stored?.success) return [];
    const { microUsd, at, by: _, ...address } = stored.output;
    const redrives = Number(/#(\d+)$/.exec(name)?.[1] ?? 0);
    return [{ hold: { account, period, microUsd }, holder: { ...address, redrives }, at, seen }];
  });
}

/** An account has been looked through: where something is still held, it is once more, later. */
export async function rest(
  { table, clock }: { table: Table; clock: Clock },
  { account: { account, period }, openSk }: Unsettled,
): Promise<void> {
  const key = Layout.budget(account, period);
  const unchanged = equals("openSk", openSk);
  const done = all(unchanged, equals("open", 0));
  if (await table.update(key, { remove: Layout.openNames }, done)) return;
  await table.update(key, { set: { openSk: Layout.sortable(clock.now()) } }, unchanged);
}
