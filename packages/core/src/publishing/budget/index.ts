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
  equals,
  exists,
  type Item,
  type Table,
} from "../../ports/index.ts";
import { Problem } from "../../foundation/problem/index.ts";
import { Layout } from "../../store/layout/index.ts";
import { Paging } from "../../store/paging/index.ts";
import { Shape } from "../../store/shape/index.ts";
import { type Limit, periodAt } from "./limit.ts";
import type { Kind, Payer } from "./payers.ts";
import { busy, exceeded } from "./refusals.ts";

export { Limit, periodAt } from "./limit.ts";
export { ofOwner, setOfOwner } from "./of-owner.ts";
export { type Kind, type Payer, payersOf } from "./payers.ts";

/** What a message asks of budgets before it is accepted. */
export interface Claim {
  payers: readonly Payer[];
  /** What its run may cost. */
  microUsd: number;
}

/** What is held back for a run in one account. */
export const Hold = v.object({ account: v.string(), period: v.string(), microUsd: v.number() });
export type Hold = v.InferOutput<typeof Hold>;

/** The run that something is held for. */
export interface Holder {
  botId: string;
  clientId: string;
  conversationId: string;
  runId: string;
  redrives: number;
}

const Account = v.object({
  account: v.string(),
  period: v.string(),
  /** Spent and held back, micro-USD. */
  microUsd: v.number(),
  /** Answered and open. */
  runs: v.number(),
  /** Runs that something is held for. */
  open: v.number(),
  /** When somebody was last refused for it, to the minute; epoch milliseconds. */
  refusedAt: v.optional(v.nullable(v.number()), null),
});
export type Account = v.InferOutput<typeof Account>;
const shape = Shape.of("budget", Account);

interface Deps {
  table: Table;
  clock: Clock;
}

/** An item holds 400 KB, and a hold takes up to 300 bytes. */
const openMax = 1_000;
/** How long an account is kept after its period. */
const keptSeconds = 62 * 86_400;

/**
 * Action Reserve: holds back what a run may cost, in every account that pays for it or in none. Doing
 * it again for the same run changes nothing.
 * @param known what the run says is held for it, where it is there: held so again, and nowhere else.
 * @throws ProblemError `budget_exceeded`; `conversation_busy` where too much is held at once.
 */
export async function reserve(
  deps: Deps,
  claim: Claim,
  holder: Holder,
  known?: readonly Hold[],
): Promise<Hold[]> {
  const holds: Hold[] = [];
  for (const payer of claim.payers) {
    const { account, limit } = payer;
    const period = periodAt(limit.period, deps.clock.now()).name;
    const fresh = known ? undefined : { account, period, microUsd: claim.microUsd };
    const hold = fresh ?? known?.find((one) => one.account === account);
    if (!hold) continue;
    const held = await reserveOf(deps, payer, hold, holder);
    if (held instanceof Problem.ProblemError) {
      await release(deps, holds, holder);
      throw held;
    }
    holds.push(held);
  }
  return holds;
}

/** @returns what is held, which is not what was asked for where another try came before this one. */
async function reserveOf(
  deps: Deps,
  { kind, limit }: Payer,
  hold: Hold,
  holder: Holder,
): Promise<Hold | Problem.ProblemError> {
  const { account, period, microUsd } = hold;
  const key = Layout.budget(account, period);
  const name = nameOf(holder);
  const { runs, spendMicroUsd } = limit;
  if (spendMicroUsd === null || microUsd <= spendMicroUsd) {
    const room = all(
      below("open", openMax),
      ...(runs === null ? [] : [below("runs", runs)]),
      ...(spendMicroUsd === null ? [] : [below("microUsd", spendMicroUsd - microUsd + 1)]),
    );
    const { botId, clientId, conversationId, runId } = holder;
    const { to } = periodAt(limit.period, deps.clock.now());
    const item = await deps.table.update(
      key,
      {
        add: { microUsd, runs: 1, open: 1 },
        set: {
          account,
          period,
          [name]: { botId, clientId, conversationId, runId, microUsd, at: deps.clock.now() },
          ...(to === null ? {} : { expiresAt: Math.ceil(to / 1000) + keptSeconds }),
        },
        // Where somebody looks for holds that their run has forgotten.
        setIfAbsent: Layout.inOpen(Layout.open.budgets, Layout.sortable(deps.clock.now())),
      },
      all(absent(name), absent(doneOf(name)), any(absent("runs"), room)),
    );
    if (item) return hold;
  }
  const item = await deps.table.get(key);
  // Its own, of a try before this one, which may have come to its end already. Two senders of one
  // message may estimate differently: what the account holds is what settling has to take off it.
  const stored = v.safeParse(StoredHold, item?.[name]);
  if (stored.success) return { ...hold, microUsd: stored.output.microUsd };
  if (item?.[doneOf(name)] !== undefined) return hold;
  const state = item && shape.read(deps.table, item);
  if (state && state.open >= openMax) return busy(openMax);
  await noteRefusal(deps, hold, state);
  return exceeded(kind, limit, deps.clock.now());
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
export async function settle(deps: Deps, run: Ended): Promise<void> {
  const counts = run.status === "completed" || run.status === "incomplete";
  const cost = { microUsd: run.costMicroUsd, runs: counts ? 1 : 0 };
  await endHolds(deps, run.holds, run, cost, deps.clock.now());
}

/** Action Release: gives back what was held for a run that was not accepted. */
export async function release(
  deps: Pick<Deps, "table">,
  holds: readonly Hold[],
  holder: Holder,
): Promise<void> {
  await endHolds(deps, holds, holder, { microUsd: 0, runs: 0 });
}

async function endHolds(
  { table }: Pick<Deps, "table">,
  holds: readonly Hold[],
  holder: Holder,
  cost: { microUsd: number; runs: number },
  settledAt?: number,
): Promise<void> {
  const name = nameOf(holder);
  for (const { account, period, microUsd } of holds) {
    const key = Layout.budget(account, period);
    const change = { microUsd: cost.microUsd - microUsd, runs: cost.runs - 1, open: -1 };
    const mark = settledAt === undefined ? {} : { set: { [doneOf(name)]: settledAt } };
    const item = await table.update(key, { add: change, remove: [name], ...mark }, exists(name));
    const over = item ? superfluous(item, holder) : [];
    if (over.length > 0) await table.update(key, { remove: over }, exists("runs"));
  }
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

/** How an account stands in the present period. */
export async function standing(
  deps: Deps,
  account: string,
  limit: Limit,
): Promise<{ state: Account; from: number; to: number | null }> {
  const { name: period, from, to } = periodAt(limit.period, deps.clock.now());
  const item = await deps.table.get(Layout.budget(account, period));
  const none = { account, period, microUsd: 0, runs: 0, open: 0, refusedAt: null };
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

const StoredHold = v.object({
  botId: v.string(),
  clientId: v.string(),
  conversationId: v.string(),
  runId: v.string(),
  microUsd: v.number(),
  /** Epoch milliseconds. */
  at: v.number(),
});

/** Something held in an account, and for which run. */
export interface OpenHold {
  hold: Hold;
  holder: Holder;
  /** Since when, epoch milliseconds. */
  at: number;
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
  return Object.entries(item).flatMap(([name, value]) => {
    const stored = name.startsWith(prefix) ? v.safeParse(StoredHold, value) : undefined;
    if (!stored?.success) return [];
    const { microUsd, at, ...address } = stored.output;
    const redrives = Number(/#(\d+)$/.exec(name)?.[1] ?? 0);
    return [{ hold: { account, period, microUsd }, holder: { ...address, redrives }, at }];
  });
}

/** An account has been looked through: where something is still held, it is once more, later. */
export async function rest(
  { table, clock }: Deps,
  { account: { account, period }, openSk }: Unsettled,
): Promise<void> {
  const key = Layout.budget(account, period);
  const unchanged = equals("openSk", openSk);
  const done = all(unchanged, equals("open", 0));
  if (await table.update(key, { remove: Layout.openNames }, done)) return;
  await table.update(key, { set: { openSk: Layout.sortable(clock.now()) } }, unchanged);
}

/** Removes the accounts of a bot that is gone, and of its keys. */
export async function removeOfBot(table: Table, botId: string): Promise<void> {
  for await (const { pk, sk } of Paging.items(table, { pk: Layout.budgetsOfBot(botId) })) {
    await table.remove({ pk, sk });
  }
}

/** Attempts that were charged for: each once, as long as its run goes on. */
const paidOf = ({ runId }: Pick<Holder, "runId">): string => `paid#${runId}#`;
/** That a run was settled: whoever stood still meanwhile holds nothing for it once more. */
const done = "done#";
const doneOf = (hold: string): string => done + hold;
/** So many are kept: more than are ever settled while one process stands still, as far as that goes. */
const marksMax = 100;
const prefix = "hold#";
const nameOf = ({ runId, redrives }: Pick<Holder, "runId" | "redrives">): string =>
  redrives === 0 ? prefix + runId : `${prefix}${runId}#${redrives}`;
