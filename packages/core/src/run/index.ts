/**
 * A run: one user message and its answer. Each function here is one action of the run protocol
 * (`docs/run-protocol/`), one conditional write to the run's item; the mailbox they belong to is in
 * `../conversation/mailbox.ts`.
 */
export * as Run from "./index.ts";

import * as v from "valibot";
import {
  absent,
  all,
  any,
  below,
  type Change,
  type Clock,
  type Condition,
  equals,
  type Item,
  type ModelUsage,
  type ObjectStore,
  type Table,
  type Key as TableKey,
} from "../ports/index.ts";
import { Problem } from "../problem/index.ts";
import { Usage } from "../usage/index.ts";
import type { Address } from "./address.ts";
import { encode } from "./address.ts";
import { Content } from "./content.ts";

export { type Address, encode, group, parseBell } from "./address.ts";
export { Content, textOf } from "./content.ts";

export const Status = v.picklist([
  "queued",
  "in_progress",
  "completed",
  "failed",
  "cancelled",
  "incomplete",
]);
export type Status = v.InferOutput<typeof Status>;

export const ErrorCode = v.picklist([
  "model_error",
  "run_timeout",
  "worker_lost",
  "bot_unavailable",
  "model_not_allowed",
]);

const ErrorInfo = v.object({
  code: ErrorCode,
  /** For the client: never the model's own words. */
  message: v.string(),
  retryable: v.boolean(),
});
export type ErrorInfo = v.InferOutput<typeof ErrorInfo>;

export const Chunk = v.object({
  content: v.string(),
  contentType: v.string(),
  source: v.string(),
  rank: v.number(),
});
export type Chunk = v.InferOutput<typeof Chunk>;

const Payload = v.object({
  /** What the user said. */
  content: v.array(Content),
  /** What the model answered; partial where the run failed or was cancelled. */
  answer: v.nullable(v.array(Content)),
  usedChunks: v.nullable(v.array(Chunk)),
});
type Payload = v.InferOutput<typeof Payload>;

const Times = v.object({
  /** Epoch milliseconds. */
  createdAt: v.number(),
  startedAt: v.nullable(v.number()),
  firstTextAt: v.nullable(v.number()),
  finishedAt: v.nullable(v.number()),
});

export const Info = v.object({
  ...Payload.entries,
  ...Times.entries,
  /** Also the id of the user's message. */
  runId: v.string(),
  answerId: v.string(),
  botId: v.string(),
  clientId: v.string(),
  conversationId: v.string(),
  keyId: v.string(),
  status: Status,
  /** Short name that the caller asked for; the bot's own where null. */
  requestedModel: v.nullable(v.string()),
  /** Short name of the model that answered. */
  model: v.nullable(v.string()),
  /** The run before it in the conversation, or `system`; null until a worker has seen it. */
  parent: v.nullable(v.string()),
  /** Fencing token of the attempt that holds it. */
  token: v.number(),
  attempts: v.number(),
  cancelRequestedAt: v.nullable(v.number()),
  error: v.nullable(ErrorInfo),
  /** Why an incomplete run stopped. */
  incompleteReason: v.nullable(v.picklist(["max_output_tokens", "content_filter"])),
  usage: v.nullable(Usage.Tokens),
  costMicroUsd: v.number(),
  /** Epoch seconds; past it the item may be gone. */
  expiresAt: v.number(),
});
export type Info = v.InferOutput<typeof Info>;

export const isTerminal = (status: Status): boolean =>
  status !== "queued" && status !== "in_progress";

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
}

export interface New {
  runId: string;
  answerId: string;
  keyId: string;
  content: Content[];
  requestedModel: string | null;
  expiresAt: number;
}

/**
 * Action Put: the run, queued, unless it exists.
 * @returns whether it was new.
 */
export async function put(deps: Deps, address: Address, input: New): Promise<boolean> {
  const payload = { content: input.content, answer: null, usedChunks: null };
  const { content, ...rest } = input;
  const item: Item = {
    ...keyOf(address, input.runId),
    ...rest,
    ...address,
    ...(await store(deps, address, input.runId, "question", payload)),
    status: "queued",
    token: 0,
    attempts: 0,
    createdAt: deps.clock.now(),
    startedAt: null,
    firstTextAt: null,
    finishedAt: null,
    model: null,
    parent: null,
    cancelRequestedAt: null,
    error: null,
    incompleteReason: null,
    usage: null,
    costMicroUsd: 0,
  };
  return deps.table.put(item, absent("pk"));
}

/** Takes back a run that was never accepted. */
export async function withdraw(deps: Deps, address: Address, runId: string): Promise<void> {
  await deps.table.remove(
    keyOf(address, runId),
    all(equals("status", "queued"), equals("token", 0)),
  );
}

export async function fromId(
  deps: Pick<Deps, "table" | "objects">,
  address: Address,
  runId: string,
): Promise<Info | undefined> {
  const item = await deps.table.get(keyOf(address, runId));
  return item && load(deps, item);
}

/** The newest runs of a conversation, newest first. */
export async function listNewest(
  deps: Pick<Deps, "table" | "objects">,
  address: Address,
  options: { limit: number; before?: string },
): Promise<Info[]> {
  const page = await deps.table.query({
    pk: encode(address),
    skFrom: "RUN#",
    skTo: options.before ? `RUN#${options.before}` : "RUN#~",
    descending: true,
    limit: options.limit,
  });
  return Promise.all(page.items.map((item) => load(deps, item)));
}

/** Every run of a conversation, oldest first. */
export async function listAll(
  deps: Pick<Deps, "table" | "objects">,
  address: Address,
): Promise<Info[]> {
  const runs: Info[] = [];
  let cursor: string | undefined;
  do {
    const page = await deps.table.query({ pk: encode(address), skPrefix: "RUN#", cursor });
    runs.push(...(await Promise.all(page.items.map((item) => load(deps, item)))));
    cursor = page.cursor;
  } while (cursor);
  return runs;
}

export type Started =
  | { outcome: "started"; run: Info }
  /** It has ended: bill it and pop it. */
  | { outcome: "ended"; run: Info }
  /** Somebody with a higher token has it. */
  | { outcome: "fenced" };

/**
 * Action Start: takes the run under a token, or ends it at once where it was cancelled or has been
 * tried often enough.
 * @param parent the run before it, or `system`.
 */
export async function start(
  deps: Deps,
  run: Info,
  options: { token: number; attemptsMax: number; parent: string },
): Promise<Started> {
  const { token, attemptsMax, parent } = options;
  if (isTerminal(run.status)) return { outcome: "ended", run: await link(deps, run, parent) };
  if (run.token >= token) return { outcome: "fenced" };
  const now = deps.clock.now();
  const giveUp = run.cancelRequestedAt !== null || run.attempts >= attemptsMax;
  const set: Change["set"] = giveUp
    ? {
        token,
        parent,
        finishedAt: now,
        ...(run.cancelRequestedAt !== null
          ? { status: "cancelled" }
          : { status: "failed", error: workerLost(attemptsMax) }),
      }
    : { token, parent, status: "in_progress", startedAt: now, firstTextAt: null };
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
  if (item) return { outcome: giveUp ? "ended" : "started", run: await load(deps, item) };
  const current = await fromId(deps, run, run.runId);
  return current ? start(deps, current, options) : { outcome: "fenced" };
}

export interface Result {
  status: "completed" | "failed" | "incomplete" | "cancelled";
  answer: Content[];
  usedChunks: Chunk[] | null;
  model: string | null;
  usage: ModelUsage;
  costMicroUsd: number;
  firstTextAt: number | null;
  error: ErrorInfo | null;
  incompleteReason: Info["incompleteReason"];
}

/**
 * Action Finish: the end of an attempt, if it still holds the run.
 * @returns the run as it ended, or `undefined` if another attempt has taken it.
 */
export async function finish(
  deps: Deps,
  run: Info,
  token: number,
  result: Result,
): Promise<Info | undefined> {
  const { answer, usedChunks, status, ...rest } = result;
  const payload = { content: run.content, answer, usedChunks };
  const stored = await store(deps, run, run.runId, `answer-${token}`, payload);
  const mine = all(equals("status", "in_progress"), equals("token", token));
  const set = { ...rest, ...stored, finishedAt: deps.clock.now() };
  const key = keyOf(run, run.runId);
  const item =
    (status !== "cancelled" &&
      (await deps.table.update(
        key,
        { set: { ...set, status } },
        all(mine, equals("cancelRequestedAt", null)),
      ))) ||
    // Not as meant: cancelled meanwhile, or overtaken, which the condition tells.
    (await deps.table.update(
      key,
      { set: { ...set, status: "cancelled", error: null, incompleteReason: null } },
      mine,
    ));
  return item ? load(deps, item) : undefined;
}

/**
 * Action Cancel: at once while queued; a flag that the worker heeds while in progress.
 * Idempotent: a run that has ended stays as it is.
 */
export async function cancel(deps: Deps, run: Info): Promise<Info> {
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
  return item ? load(deps, item) : ((await fromId(deps, run, run.runId)) ?? run);
}

/** Why the attempt under this token has to stop, if it has to. */
export async function interruption(
  deps: Pick<Deps, "table">,
  run: Info,
  token: number,
): Promise<"cancelled" | "overtaken" | undefined> {
  const item = await deps.table.get(keyOf(run, run.runId));
  if (!item || item.token !== token) return "overtaken";
  return item.cancelRequestedAt === null ? undefined : "cancelled";
}

/** The ledger entry of a run that has ended: what its item says. */
export function ledgerEntry(run: Info, priceVersion: string): Usage.Entry {
  const { createdAt, startedAt, firstTextAt, finishedAt } = run;
  const between = (from: number | null, to: number | null) =>
    from === null || to === null ? null : to - from;
  return {
    ...(run.usage ?? Usage.noTokens),
    botId: run.botId,
    runId: run.runId,
    keyId: run.keyId,
    clientId: run.clientId,
    model: run.model ?? run.requestedModel ?? "none",
    status: run.status,
    finishedAt: finishedAt ?? createdAt,
    costMicroUsd: run.costMicroUsd,
    priceVersion,
    queueMs: between(createdAt, startedAt),
    firstTokenMs: between(startedAt, firstTextAt),
    runMs: between(startedAt, finishedAt),
    abandoned: false,
  };
}

/** What a client is told of a run that did not bring an answer. */
export function problemOf(run: Info): Problem.ProblemError | undefined {
  if (run.status === "cancelled") {
    return new Problem.ProblemError("run_cancelled", "The run was cancelled before it ended.");
  }
  if (run.status !== "failed") return undefined;
  const error = run.error ?? workerLost(run.attempts);
  return new Problem.ProblemError(error.code, {
    message: error.message,
    extra: { retryable: error.retryable, attempts: run.attempts },
  });
}

const workerLost = (attempts: number): ErrorInfo => ({
  code: "worker_lost",
  message: `The run was started ${attempts} times and never came to an end. Send the message again.`,
  retryable: true,
});

/** A run that ended before any worker saw it still has to be found by its successor. */
async function link(deps: Deps, run: Info, parent: string): Promise<Info> {
  if (run.parent !== null) return run;
  const change = { set: { parent } };
  const item = await deps.table.update(keyOf(run, run.runId), change, equals("parent", null));
  return item ? load(deps, item) : { ...run, parent };
}

const keyOf = (address: Address, runId: string): TableKey => ({
  pk: encode(address),
  sk: `RUN#${runId}`,
});

/** Bytes of JSON beyond which a payload goes to the object store; an item holds 400 KB. */
const inlineMax = 300_000;

async function store(
  deps: Pick<Deps, "objects">,
  address: Address,
  runId: string,
  part: string,
  payload: Payload,
): Promise<{ payload: string; payloadPath: null } | { payload: null; payloadPath: string }> {
  const json = JSON.stringify(payload);
  if (Buffer.byteLength(json) <= inlineMax) return { payload: json, payloadPath: null };
  const path = `runs/${encode(address)}/${runId}/${part}.json`;
  await deps.objects.put(path, Buffer.from(json), "application/json");
  return { payload: null, payloadPath: path };
}

async function load(deps: Pick<Deps, "objects">, item: Item): Promise<Info> {
  const { payload, payloadPath, ...rest } = item;
  let json = typeof payload === "string" ? payload : "";
  if (typeof payloadPath === "string") {
    const bytes = await deps.objects.get(payloadPath);
    if (!bytes) throw new Error(`The object ${payloadPath} of a run is missing.`);
    json = Buffer.from(bytes).toString("utf8");
  }
  return v.parse(Info, { ...rest, ...v.parse(Payload, JSON.parse(json)) });
}
