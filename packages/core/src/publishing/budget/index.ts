/**
 * Hard budgets of keys, bots and owners. What a run may cost is held back by one conditional write
 * before it is accepted, and settled by one when it has ended: however many come at once, no more is
 * ever promised than there is. `docs/run-protocol/Budget.tla` is the protocol; each function that
 * writes names its action.
 *
 * An account is one item for each period. A hold is an attribute of that item, so that making it and
 * counting it is one write, and so is ending it.
 */
export * as Budget from "./index.ts";

import * as v from "valibot";
import {
  absent,
  all,
  any,
  below,
  type Clock,
  type Condition,
  equals,
  exists,
  type Item,
  type Key,
  type Table,
  type Value,
} from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import {
  type Account,
  bytesMax,
  bytesOf,
  done,
  doneOf,
  type Hold,
  type Holder,
  namedMax,
  nameOf,
  openMax,
  paidOf,
  shape,
  StoredHold,
  unnamed,
} from "./account.ts";
import { periodAt } from "./limit.ts";
import type { Payer } from "./payers.ts";
import { busy, exceeded } from "./refusals.ts";
import type { OpenHold } from "./unsettled.ts";

export { type Account, Hold, type Holder } from "./account.ts";
export { Limit, periodAt } from "./limit.ts";
export { ofOwner, setOfOwner } from "./of-owner.ts";
export { type Kind, type Payer, payersOf } from "./payers.ts";
export { report, type Report, standing } from "./report.ts";
export { listUnsettled, type OpenHold, rest, type Unsettled } from "./unsettled.ts";

/** What a message asks of budgets before it is accepted. */
export interface Claim {
  payers: readonly Payer[];
  /** What its run may cost. */
  microUsd: number;
}

interface Deps {
  table: Table;
  clock: Clock;
}

/** How long an account is kept after its period. */
const keptSeconds = 62 * 86_400;
/** So many marks of settled runs are kept: more than are ever settled while one process stands still, as far as that goes. */
const marksMax = 100;

/** Who reserves: one try to accept a message, and not the next one. */
export interface Sender {
  /** Told apart by it. */
  sender: string;
  /** What the run says is held for it, where it is there: held so again, and nowhere else. */
  known?: readonly Hold[];
}

/**
 * Action Reserve: holds back what a run may cost, in every account that pays for it or in none. Doing
 * it again for the same run changes nothing but who relies on it.
 * @throws ProblemError `budget_exceeded`; `conversation_busy` where too much is held at once.
 */
export async function reserve(
  deps: Deps,
  claim: Claim,
  holder: Holder,
  { sender, known }: Sender,
): Promise<Hold[]> {
  const holds: Hold[] = [];
  for (const payer of claim.payers) {
    const { account, limit } = payer;
    const period = periodAt(limit.period, deps.clock.now()).name;
    const fresh = known ? undefined : { account, period, microUsd: claim.microUsd };
    const hold = fresh ?? known?.find((one) => one.account === account);
    if (!hold) continue;
    const held = await reserveOf(deps, payer, hold, { ...holder, sender });
    if (held instanceof Problem.ProblemError) {
      await leave(deps, holds, holder, sender);
      throw held;
    }
    holds.push(held);
  }
  return holds;
}

/** @returns what is held, which is not what was asked for where another try came before this one. */
async function reserveOf(
  deps: Deps,
  payer: Payer,
  hold: Hold,
  holder: Holder & { sender: string },
): Promise<Hold | Problem.ProblemError> {
  const key = Layout.budget(hold.account, hold.period);
  const name = nameOf(holder);
  if (await holdAnew(deps, payer, hold, holder)) return hold;
  for (;;) {
    const item = await deps.table.get(key);
    // Its own, of a try before this one, which may have come to its end already. Two senders of one
    // message may estimate differently: what the account holds is what settling has to take off it.
    const held = await join(deps, key, name, { seen: item?.[name], sender: holder.sender });
    if (held === "changed") continue;
    if (held) return { ...hold, microUsd: held.microUsd };
    if (item?.[doneOf(name)] !== undefined) return hold;
    const state = item && shape.read(deps.table, item);
    if (state && isFull(state, holder)) return busy(state.open);
    await noteRefusal(deps, hold, state);
    return exceeded(payer.kind, payer.limit, deps.clock.now());
  }
}

const isFull = ({ open, bytes }: Account, holder: Holder): boolean =>
  open >= openMax || bytes > bytesMax - bytesOf(holder);

/** @returns whether there was room, and nothing held for the run before. */
async function holdAnew(
  { table, clock }: Deps,
  { limit }: Payer,
  { account, period, microUsd }: Hold,
  { sender, ...holder }: Holder & { sender: string },
): Promise<boolean> {
  const { runs, spendMicroUsd } = limit;
  if (spendMicroUsd !== null && microUsd > spendMicroUsd) return false;
  const room = all(
    below("open", openMax),
    any(absent("bytes"), below("bytes", bytesMax - bytesOf(holder) + 1)),
    ...(runs === null ? [] : [below("runs", runs)]),
    ...(spendMicroUsd === null ? [] : [below("microUsd", spendMicroUsd - microUsd + 1)]),
  );
  const { botId, clientId, conversationId, runId } = holder;
  const now = clock.now();
  const { to } = periodAt(limit.period, now);
  const name = nameOf(holder);
  const stored = { botId, clientId, conversationId, runId, microUsd, at: now, by: [sender] };
  const item = await table.update(
    Layout.budget(account, period),
    {
      add: { microUsd, runs: 1, open: 1, bytes: bytesOf(holder) },
      set: {
        account,
        period,
        [name]: stored,
        ...(to === null ? {} : { expiresAt: Math.ceil(to / 1000) + keptSeconds }),
      },
      // Where somebody looks for holds that their run has forgotten.
      setIfAbsent: Layout.inOpen(Layout.open.budgets, Layout.sortable(now)),
    },
    all(absent(name), absent(doneOf(name)), any(absent("runs"), room)),
  );
  return item !== undefined;
}

/** Action Join: this sender relies on what is held already, and has it held for as long again. */
async function join(
  { table, clock }: Deps,
  key: Key,
  name: string,
  { seen, sender }: { seen: Value | undefined; sender: string },
): Promise<StoredHold | "changed" | undefined> {
  const stored = v.safeParse(StoredHold, seen);
  if (!stored.success || seen === undefined) return undefined;
  const { by } = stored.output;
  const isNamed = by.includes(sender) || by.includes(unnamed);
  const next = by.length < namedMax ? sender : unnamed;
  const joined = { ...stored.output, at: clock.now(), by: isNamed ? by : [...by, next] };
  const item = await table.update(key, { set: { [name]: joined } }, equals(name, seen));
  return item ? joined : "changed";
}

/**
 * Action Leave: a sender that was refused in the end relies on nothing any more. What no other sender
 * of the same message relies on is given back.
 */
export async function leave(
  { table }: Pick<Deps, "table">,
  holds: readonly Hold[],
  holder: Holder,
  sender: string,
): Promise<void> {
  for (const hold of holds) {
    while (!(await leaveOf(table, hold, holder, sender))) {
      // Somebody else came or went between reading and writing.
    }
  }
}

/** @returns whether it is done. */
async function leaveOf(table: Table, hold: Hold, holder: Holder, sender: string): Promise<boolean> {
  const key = Layout.budget(hold.account, hold.period);
  const name = nameOf(holder);
  const seen = (await table.get(key))?.[name];
  const stored = v.safeParse(StoredHold, seen);
  if (!stored.success || seen === undefined || !stored.output.by.includes(sender)) return true;
  const by = stored.output.by.filter((one) => one !== sender);
  const unchanged = equals(name, seen);
  if (by.length === 0) return endHold(table, hold, holder, { when: unchanged });
  const left = { ...stored.output, by };
  return (await table.update(key, { set: { [name]: left } }, unchanged)) !== undefined;
}

/** So that its owner sees that somebody was turned away: not a write for every refusal. */
async function noteRefusal(
  deps: Deps,
  { account, period }: Hold,
  state: Account | undefined,
): Promise<void> {
  const now = deps.clock.now();
  if (!state || (state.refusedAt ?? 0) > now - 60_000) return;
  await deps.table.update(
    Layout.budget(account, period),
    { set: { refusedAt: now } },
    all(exists("runs"), any(absent("refusedAt"), below("refusedAt", now - 60_000))),
  );
}

/** A run as it ended, with what is held for it. */
export interface Ended extends Holder {
  status: string;
  costMicroUsd: number;
  holds: readonly Hold[];
}

/**
 * Action Settle: what a run has cost takes the place of what was held for it. Doing it again changes
 * nothing; it is done before the run leaves its mailbox.
 */
export async function settle({ table, clock }: Deps, run: Ended): Promise<void> {
  const counts = run.status === "completed" || run.status === "incomplete";
  const cost = { microUsd: run.costMicroUsd, runs: counts ? 1 : 0 };
  const settledAt = clock.now();
  for (const hold of run.holds) {
    await endHold(table, hold, run, { when: exists(nameOf(run)), cost, settledAt });
  }
}

/**
 * Action Sweep: gives back what is held for a run that was not accepted.
 * @returns whether it did: somebody may have come to rely on it since it was read.
 */
export const release = (table: Table, { hold, holder, seen }: OpenHold): Promise<boolean> =>
  endHold(table, hold, holder, { when: equals(nameOf(holder), seen) });

/** @returns whether `when` held. */
async function endHold(
  table: Table,
  { account, period, microUsd }: Hold,
  holder: Holder,
  end: { when: Condition; cost?: { microUsd: number; runs: number }; settledAt?: number },
): Promise<boolean> {
  const { when, cost = { microUsd: 0, runs: 0 }, settledAt } = end;
  const name = nameOf(holder);
  const key = Layout.budget(account, period);
  const change = {
    microUsd: cost.microUsd - microUsd,
    runs: cost.runs - 1,
    open: -1,
    bytes: -bytesOf(holder),
  };
  const mark = settledAt === undefined ? {} : { set: { [doneOf(name)]: settledAt } };
  const item = await table.update(key, { add: change, remove: [name], ...mark }, when);
  const over = item ? superfluous(item, holder) : [];
  if (over.length > 0) await table.update(key, { remove: over }, exists("runs"));
  return item !== undefined;
}

/**
 * Attributes that an account needs no more: what was charged for attempts of a run that has ended, and
 * marks of all but the runs settled last.
 */
function superfluous(item: Item, holder: Holder): string[] {
  const names = Object.keys(item);
  const paid = names.filter((name) => name.startsWith(paidOf(holder)));
  const marks = names.filter((name) => name.startsWith(done));
  if (marks.length <= 1.5 * marksMax) return paid;
  const oldest = marks.toSorted((a, b) => Number(item[a]) - Number(item[b]));
  return [...paid, ...oldest.slice(0, marks.length - marksMax)];
}

/** What an attempt cost that another one overtook: it is paid beside what the run costs. Once. */
export async function charge(
  { table }: Pick<Deps, "table">,
  run: Holder & { holds: readonly Hold[] },
  token: number,
  microUsd: number,
): Promise<void> {
  if (microUsd === 0) return;
  const name = paidOf(run) + token;
  for (const { account, period } of run.holds) {
    await table.update(
      Layout.budget(account, period),
      { add: { microUsd }, set: { [name]: microUsd } },
      all(exists("runs"), absent(name)),
    );
  }
}

/** Removes the accounts of a bot that is gone, and of its keys. */
export async function removeOfBot(table: Table, botId: string): Promise<void> {
  for await (const { pk, sk } of Paging.items(table, { pk: Layout.budgetsOfBot(botId) })) {
    await table.remove({ pk, sk });
  }
}
