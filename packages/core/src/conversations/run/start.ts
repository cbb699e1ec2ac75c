import {
  all,
  any,
  below,
  type Change,
  type Clock,
  type Condition,
  equals,
  type Table,
} from "../../ports/index.ts";
import { type Address, pick } from "./address.ts";
import { keyOf, peek } from "./item.ts";
import { workerLost } from "./outcome.ts";
import { fromItem, isTerminal, type State } from "./state.ts";

interface Deps {
  table: Table;
  clock: Clock;
}

export type Started =
  | { outcome: "started"; run: State }
  /** It has ended: bill it and pop it. */
  | { outcome: "ended"; run: State }
  /** Somebody with a higher token has it. */
  | { outcome: "fenced" }
  /** There is no such run. */
  | { outcome: "missing" };

interface Starting {
  token: number;
  attemptsMax: number;
  /** The run before it, or `system`. */
  parent: string;
  /** How many have been popped; null where it is to have no place in the conversation. */
  place: number | null;
  /** Absent where it is only to be ended. */
  conversationCreatedAt?: number | null;
}

/**
 * Action Start: takes the run under a token, or ends it at once where it was cancelled or has been
 * tried often enough. It is taken to be as most are, waiting and never tried: the condition of the
 * write says whether that is so, and only if not the run is looked at.
 */
export async function start(
  deps: Deps,
  address: Address,
  runId: string,
  options: Starting,
): Promise<Started> {
  const untouched = { ...pick(address), runId, attempts: 0, cancelRequestedAt: null };
  const started = await tryStart(deps, untouched, options);
  if (started) return started;
  const run = await peek(deps.table, address, runId);
  return run ? startKnown(deps, run, options) : { outcome: "missing" };
}

/** Action Start of a run that has been looked at. */
export async function startKnown(deps: Deps, run: State, options: Starting): Promise<Started> {
  if (isTerminal(run.status)) return { outcome: "ended", run: await link(deps, run, options) };
  if (run.token >= options.token) return { outcome: "fenced" };
  const started = await tryStart(deps, run, options);
  if (started) return started;
  const current = await peek(deps.table, run, run.runId);
  return current ? startKnown(deps, current, options) : { outcome: "missing" };
}

/** @returns `undefined` where the run is not, or not any more, as it was thought to be. */
async function tryStart(
  deps: Deps,
  run: Address & Pick<State, "runId" | "attempts" | "cancelRequestedAt">,
  { token, attemptsMax, parent, place, conversationCreatedAt = null }: Starting,
): Promise<Started | undefined> {
  const now = deps.clock.now();
  const giveUp = run.cancelRequestedAt !== null || run.attempts >= attemptsMax;
  const set: Change["set"] = giveUp
    ? {
        token,
        parent,
        place,
        finishedAt: now,
        ...(run.cancelRequestedAt !== null
          ? { status: "cancelled" }
          : { status: "failed", error: workerLost(attemptsMax) }),
      }
    : {
        token,
        parent,
        place,
        conversationCreatedAt,
        status: "in_progress",
        startedAt: now,
        firstTextAt: null,
      };
  const unchanged: Condition = all(
    any(equals("status", "queued"), equals("status", "in_progress")),
    below("token", token),
    // What the choice above was made from.
    equals("attempts", run.attempts),
    equals("cancelRequestedAt", run.cancelRequestedAt),
  );
  const item = await deps.table.update(
    keyOf(run, run.runId),
    { set, ...(giveUp ? {} : { add: { attempts: 1 } }) },
    unchanged,
  );
  return item && { outcome: giveUp ? "ended" : "started", run: fromItem(deps.table, item) };
}

/** A run that ended before any worker saw it still has to be found by its successor. */
async function link(
  deps: Pick<Deps, "table">,
  run: State,
  { token, parent, place }: Starting,
): Promise<State> {
  if (run.parent !== null) return run;
  const set = { parent, place, token: Math.max(token, run.token) };
  const item = await deps.table.update(keyOf(run, run.runId), { set }, equals("parent", null));
  return item ? fromItem(deps.table, item) : { ...run, ...set };
}
