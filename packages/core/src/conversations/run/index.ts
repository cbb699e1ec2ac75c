/**
 * A run: one user message and its answer. Each function here that writes is one action of the run
 * protocol (`docs/run-protocol/`), one conditional write to the run's item; the mailbox they belong
 * to is in `../conversation/mailbox.ts`.
 */
export * as Run from "./index.ts";

import {
  absent,
  all,
  any,
  type Clock,
  type Condition,
  equals,
  type Item,
  type ObjectStore,
  StoreUnavailable,
  type Table,
} from "../../ports/index.ts";
import type { Budget } from "../../publishing/budget/index.ts";
import { type Address, pick } from "./address.ts";
import { noSurroundings } from "./asked.ts";
import { PayloadMissing } from "./content.ts";
import { isTombstone, keyOf, peek } from "./item.ts";
import type { New } from "./new.ts";
import { folderOf, readAnswer, readQuestion, removePayload, storeQuestion } from "./payload.ts";
import { removeObjects } from "./removal.ts";
import type { Steps } from "./steps.ts";
import {
  type ErrorInfo,
  fromItem,
  type Info,
  isTerminal,
  noWebhooks,
  shape,
  type State,
} from "./state.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";

export { type Address, responseAddress } from "./address.ts";
export {
  Asked,
  type Earlier,
  type Format,
  type NewSurroundings,
  noSurroundings,
  type Sampling,
} from "./asked.ts";
export {
  base64Of,
  type Binary,
  bytesOf,
  Content,
  type NewContent,
  PayloadMissing,
  textOf,
} from "./content.ts";
export { glimpse, isTombstone, peek, tombstoneSeconds, watch } from "./item.ts";
export { finish, finishOf, type Result } from "./finish.ts";
export { durations, endOf, ledgerEntry, ledgerSuffix, problemOf } from "./outcome.ts";
export { Chunk, inlineText } from "./payload.ts";
export { type Started, start, startKnown } from "./start.ts";
export {
  listTombstones,
  remove,
  removeObjects,
  removeTombstone,
  removeUnreadable,
} from "./removal.ts";
export { Steps } from "./steps.ts";
export {
  ErrorCode,
  ErrorInfo,
  fromItem,
  IncompleteReason,
  type Info,
  isTerminal,
  noWebhooks,
  State,
  Status,
  wasTaken,
  type Webhooks,
} from "./state.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

/** Epoch seconds after which data that was touched now may go. */
export const expiryOf = (clock: Clock, retentionDays: number): number =>
  Math.ceil(clock.now() / 1000) + retentionDays * 86_400;

/**
 * Action Put: the run, queued, unless it exists.
 * @returns whether it was new.
 */
export async function put(deps: Deps, address: Address, input: New): Promise<boolean> {
  return putBy(deps, await putOf(deps, address, input));
}

/** The write that {@link put} is, as one of several that are made together; what was said is stored. */
export async function putOf(
  deps: Pick<Deps, "objects" | "clock">,
  address: Address,
  input: New,
): Promise<Put> {
  const {
    content,
    surroundings,
    asked = null,
    deltas = true,
    followed = false,
    holds = [],
    requestId = null,
    ...rest
  } = input;
  const { webhooks = noWebhooks } = input;
  const now = deps.clock.now();
  const folder = folderOf(address, input.runId, input.retentionDays);
  const question = await storeQuestion(deps.objects, folder, content, surroundings);
  const run: State = {
    ...rest,
    ...pick(address),
    folder,
    question,
    reply: null,
    asked,
    requestId,
    deltas,
    followed,
    holds,
    webhooks,
    expiresAt: expiryOf(deps.clock, input.retentionDays),
    status: "queued",
    token: 0,
    attempts: 0,
    redrives: 0,
    createdAt: now,
    queuedAt: now,
    startedAt: null,
    firstTextAt: null,
    finishedAt: null,
    model: null,
    parent: null,
    place: null,
    formerParents: [],
    cancelRequestedAt: null,
    error: null,
    cause: null,
    incompleteReason: null,
    usage: null,
    costMicroUsd: 0,
    unknownCalls: 0,
    lost: null,
    conversationCreatedAt: null,
  };
  const item: Item = { ...keyOf(address, input.runId), ...shape.check(run) };
  return { run, item, condition: absent("pk") };
}

export interface Put {
  run: State;
  item: Item;
  condition: Condition;
}

/** Writes a run on its own. @returns whether it was new. */
export async function putBy(
  deps: Pick<Deps, "table" | "objects">,
  { run, item, condition }: Put,
): Promise<boolean> {
  if (await deps.table.put(item, condition)) return true;
  // Deleted meanwhile: then nobody names the objects any more.
  if (!(await peek(deps.table, run, run.runId))) {
    await removePayload(deps.objects, run.question, null);
  }
  return false;
}

/** Takes back a run that was never accepted. */
export async function withdraw(deps: Deps, address: Address, runId: string): Promise<void> {
  const run = await peek(deps.table, address, runId);
  const removed = await deps.table.remove(
    keyOf(address, runId),
    all(equals("status", "queued"), equals("token", 0)),
  );
  if (run && removed) await removeObjects(deps.objects, run);
}

/** A run with what was said. */
export async function fromId(
  deps: Pick<Deps, "table" | "objects">,
  address: Address,
  runId: string,
): Promise<Info | undefined> {
  const run = await peek(deps.table, address, runId);
  return run && load(deps, run);
}

/** Reads what was said. @throws PayloadMissing */
export async function load(deps: Pick<Deps, "objects">, run: State): Promise<Info> {
  const [question, answer] = await Promise.all([
    readQuestion(deps.objects, run.question),
    loadAnswer(deps, run),
  ]);
  return { ...run, ...answer, ...question };
}

/** The same where it is one of many: one that says nothing any more is still there. */
export async function loadKept(deps: Pick<Deps, "objects">, run: State): Promise<Info> {
  try {
    return await load(deps, run);
  } catch (error) {
    if (!(error instanceof PayloadMissing)) throw error;
    const nothing = { answer: null, usedChunks: null, steps: [] };
    return { ...run, content: [], surroundings: noSurroundings, ...nothing };
  }
}

/** Reads what the model said, and not the message. @throws PayloadMissing */
export const loadAnswer = (deps: Pick<Deps, "objects">, run: State) =>
  readAnswer(deps.objects, run.reply);

/** The newest runs of a conversation whose ids are no greater than `upTo`, newest first. */
export async function listNewest(
  table: Table,
  address: Address,
  options: { limit: number; upTo: string },
): Promise<State[]> {
  const page = await table.query({
    pk: Layout.conversationPartition(address),
    skFrom: Layout.runPrefix,
    skTo: Layout.runPrefix + options.upTo,
    descending: true,
    limit: options.limit,
  });
  return fromItems(table, page.items);
}

const fromItems = (table: Table, items: readonly Item[]): State[] =>
  shape.readAll(
    table,
    items.filter((item) => !isTombstone(item)),
  );

/** Every run of a conversation, oldest first. */
export async function listAll(table: Table, address: Address): Promise<State[]> {
  const range = { pk: Layout.conversationPartition(address), skPrefix: Layout.runPrefix };
  return Paging.all(table, range, fromItems);
}

/**
 * Action Cancel: at once while queued; a flag that the worker heeds while in progress.
 * Idempotent: a run that has ended stays as it is.
 */
export async function cancel(deps: Pick<Deps, "table" | "clock">, run: State): Promise<State> {
  const now = deps.clock.now();
  const key = keyOf(run, run.runId);
  const item =
    (await deps.table.update(
      key,
      { set: { status: "cancelled", cancelRequestedAt: now, finishedAt: now } },
      equals("status", "queued"),
    )) ||
    (await deps.table.update(
      key,
      { set: { cancelRequestedAt: now } },
      all(equals("status", "in_progress"), equals("cancelRequestedAt", null)),
    ));
  return item ? fromItem(deps.table, item) : ((await peek(deps.table, run, run.runId)) ?? run);
}

/**
 * Action Cancel with another outcome: fails a run that nobody has begun for too long.
 * @returns whether it was still queued, and for so long.
 */
export async function giveUp(
  deps: Pick<Deps, "table" | "clock">,
  run: State,
  error: ErrorInfo,
): Promise<boolean> {
  const item = await deps.table.update(
    keyOf(run, run.runId),
    { set: { status: "failed", error, finishedAt: deps.clock.now() } },
    all(equals("status", "queued"), equals("queuedAt", run.queuedAt)),
  );
  return item !== undefined;
}

/**
 * The owner's redrive: a failed run that has left the mailbox is queued again. What comes next is
 * Append, at the end of the mailbox; until then the run is in none, and redriving again mends it.
 * @returns the run as it waits; `undefined` where it has not failed, or not any more.
 */
export async function reopen(
  deps: Pick<Deps, "table" | "clock">,
  run: State,
  holds: Budget.Hold[] = [],
): Promise<State | undefined> {
  const item = await deps.table.update(
    keyOf(run, run.runId),
    {
      set: {
        status: "queued",
        queuedAt: deps.clock.now(),
        startedAt: null,
        firstTextAt: null,
        finishedAt: null,
        model: null,
        parent: null,
        place: null,
        attempts: 0,
        cancelRequestedAt: null,
        error: null,
        cause: null,
        usage: null,
        costMicroUsd: 0,
        unknownCalls: 0,
        lost: null,
        holds,
        expiresAt: expiryOf(deps.clock, run.retentionDays),
      },
      add: { redrives: 1 },
      append: { formerParents: run.parent === null ? [] : [run.parent] },
    },
    all(equals("status", "failed"), equals("redrives", run.redrives)),
  );
  return item && fromItem(deps.table, item);
}

/** Action Mourn: what attempts left that never ended, of a run that was given up. Idempotent. */
export async function mourn(
  deps: Pick<Deps, "table">,
  run: State,
  left: { paid: Steps.Paid; unknownCalls: number },
): Promise<State> {
  const set = shape.checkPart({
    lost: left.paid,
    unknownCalls: left.unknownCalls,
  });
  const unanswered = all(equals("token", run.token), equals("usage", null));
  const item = await deps.table.update(keyOf(run, run.runId), { set }, unanswered);
  return item ? fromItem(deps.table, item) : run;
}

/** What an attempt under this token has to know: why it has to stop, or that somebody follows it. */
export async function newsOf(
  deps: Pick<Deps, "table">,
  run: State,
  token: number,
): Promise<"cancelled" | "overtaken" | "followed" | undefined> {
  const item = await deps.table.get(keyOf(run, run.runId));
  if (!item || item.token !== token) return "overtaken";
  if (item.cancelRequestedAt !== null) return "cancelled";
  return item.followed === true ? "followed" : undefined;
}

/**
 * Notes that somebody follows the run from now on, for which its events are written while it is being
 * answered. No action of the protocol: nothing there asks for it.
 * @returns whether that is known; not of a run that has ended, which may be redriven.
 */
export async function noteFollowed(deps: Pick<Deps, "table">, run: State): Promise<boolean> {
  if (!run.deltas || run.followed) return true;
  if (isTerminal(run.status)) return false;
  try {
    const item = await deps.table.update(
      keyOf(run, run.runId),
      { set: { followed: true } },
      any(equals("status", "queued"), equals("status", "in_progress")),
    );
    return item !== undefined;
  } catch (error) {
    // Who reads needs no write: the words come later then, and are all there.
    if (error instanceof StoreUnavailable) return false;
    throw error;
  }
}
