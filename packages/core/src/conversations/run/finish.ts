import {
  all,
  type Clock,
  equals,
  type ModelUsage,
  type ObjectStore,
  type Table,
  type Write,
} from "../../ports/index.ts";
import type { Content } from "./content.ts";
import { keyOf, peek } from "./item.ts";
import { type Chunk, storeAnswer } from "./payload.ts";
import { type ErrorInfo, fromItem, type Info, isTerminal, shape, type State } from "./state.ts";
import * as Steps from "./steps.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

export interface Result {
  status: "completed" | "failed" | "incomplete" | "cancelled";
  answer: Content[];
  usedChunks: Chunk[] | null;
  /** What was called on the way to the answer. */
  steps: readonly Steps.Step[];
  model: string | null;
  usage: ModelUsage;
  costMicroUsd: number;
  firstTextAt: number | null;
  error: ErrorInfo | null;
  cause: string | null;
  incompleteReason: Info["incompleteReason"];
}

export type Finished =
  | { outcome: "ended"; run: State }
  /**
   * Another attempt has taken it; or it was ended by a write whose reply got lost, and has been deleted
   * or redriven since: then the ledger has one of these ends.
   */
  | { outcome: "gone"; meant: State[] };

/** Action Finish: the end of an attempt, if it still holds the run. */
export async function finish(
  deps: Deps,
  run: State,
  token: number,
  result: Result,
): Promise<Finished> {
  const { status } = result;
  const { key, set, mine } = await finishing(deps, run, token, result);
  const cancelled = {
    ...set,
    status: "cancelled" as const,
    error: null,
    cause: null,
    incompleteReason: null,
  };
  const item =
    (status !== "cancelled" &&
      (await deps.table.update(
        key,
        { set: { ...set, status } },
        all(mine, equals("cancelRequestedAt", null)),
      ))) ||
    // Not as meant: cancelled meanwhile, or overtaken, which the condition tells.
    (await deps.table.update(key, { set: cancelled }, mine));
  if (item) return { outcome: "ended", run: fromItem(deps.table, item) };
  // The answer to a write may be lost and the write tried again, against its own outcome.
  const current = await peek(deps.table, run, run.runId);
  if (current && current.token === token && isTerminal(current.status)) {
    return { outcome: "ended", run: current };
  }
  if (set.reply.path) await deps.objects.remove(set.reply.path);
  const meant = [
    { ...run, ...set, status },
    { ...run, ...cancelled },
  ];
  return { outcome: "gone", meant };
}

async function finishing(deps: Deps, run: State, token: number, result: Result) {
  const { answer, usedChunks, steps, status: _status, ...rest } = result;
  const said = { answer, usedChunks, steps: steps.map(Steps.withoutSources) };
  const reply = await storeAnswer(deps.objects, run.folder, token, said);
  const unknownCalls = Steps.unknownCalls(steps);
  const set = shape.checkPart({ ...rest, unknownCalls, reply, finishedAt: deps.clock.now() });
  const mine = all(equals("status", "in_progress"), equals("token", token));
  return { key: keyOf(run, run.runId), set, mine };
}

/**
 * Action Finish as one of several writes that are made together: the end as it is meant, of a run
 * that nobody has cancelled.
 * @param run as it was started, which nobody but its attempt changes, unless to cancel it.
 * @returns the run as it will have ended.
 */
export async function finishOf(
  deps: Deps,
  run: State,
  result: Result,
): Promise<{ ended: State; write: Write }> {
  const { status } = result;
  const { key, set, mine } = await finishing(deps, run, run.token, result);
  const condition = all(mine, equals("cancelRequestedAt", null));
  const ended = { ...run, ...set, status };
  return { ended, write: { key, change: { set: { ...set, status } }, condition } };
}
