/** The owner tries the bot as it is now, without publishing it. The outcome is kept as its test run. */
export * as TestChat from "./index.ts";

import * as v from "valibot";
import type { Bot } from "../../bots/bot/index.ts";
import type { Tools } from "../../bots/tools/index.ts";
import type { Caller } from "../../foundation/caller/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import * as TestRun from "../../bots/test-run/index.ts";
import {
  type Clock,
  type Found,
  type Log,
  type Model,
  type ModelUsage,
  type ObjectStore,
  type Randomness,
  type Retriever,
  type Table,
} from "../../ports/index.ts";
import * as ModelCatalog from "../../models/catalog/index.ts";
import * as Key from "../../publishing/key/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import * as Answering from "../answering/index.ts";
import * as EventLog from "../event-log/index.ts";

const Message = v.strictObject({
  role: v.picklist(["user", "assistant"]),
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(50_000)),
});

export const Create = v.strictObject({
  /** The conversation so far; the last message is the question. */
  messages: v.pipe(
    v.array(Message),
    v.minLength(1),
    v.maxLength(60),
    v.check((messages) => messages.at(-1)?.role === "user", "must end with a message of the user"),
  ),
});

export type Event =
  | { type: "sources"; sources: Found[] }
  | { type: "text"; text: string }
  /** A call of a tool, each time that its state changes; input and output are cut to be shown. */
  | ToolEvent
  | {
      type: "done";
      model: string;
      /** Why the model stopped, by its own name. */
      stop: string;
      usage: ModelUsage;
      costMicroUsd: number;
      firstTextMs: number | null;
      ms: number;
    }
  | { type: "failed"; code: string; message: string; retryable: boolean };

export interface ToolEvent {
  type: "tool";
  callId: string;
  name: string;
  status: "running" | "succeeded" | "failed" | "unknown";
  /** JSON text. */
  input: string | null;
  output: string | null;
  ms: number | null;
}

interface Deps {
  table: Table;
  objects: ObjectStore;
  retriever: Retriever;
  clock: Clock;
  ids: Id.Ids;
  randomness: Randomness;
  model: Model;
  catalog: ModelCatalog.Catalog;
  log: Log;
  remoteTools?: Tools.Remote;
}

/**
 * Answers as the bot would, and records whether it did. What the owner breaks off is not recorded.
 * @param signal ends the model's work; the last event is then missing.
 */
export async function* run(
  deps: Deps,
  caller: Caller.Info,
  bot: Bot.Info,
  { messages }: v.InferOutput<typeof Create>,
  signal: AbortSignal,
): AsyncGenerator<Event> {
  const startedAt = deps.clock.now();
  const record = (failure: string | null) =>
    TestRun.record(deps.table, {
      botId: bot.botId,
      passed: failure === null,
      model: bot.model,
      failure,
      at: deps.clock.now(),
      by: caller.userId,
    });
  const draft = Answering.emptyDraft();
  const subject: Answering.Subject = {
    ...toSubject(bot, deps.ids.ulid(), messages),
    pay: (paid) => Answering.pay(draft, paid),
  };
  const events = Answering.answer({ ...deps, policy: oneTry }, subject, signal);
  let next = await events.next();
  for (; !next.done; next = await events.next()) {
    const event = next.value;
    Answering.note(draft, event, deps.clock.now());
    if (event.type === "sources" || event.type === "text") yield event;
    else if (event.type === "round" || event.type === "result") yield* toolEvents(event);
  }
  const end = next.value;
  const times = { startedAt, endedAt: deps.clock.now() };
  await bill(deps, caller, subject, { draft, end, ...times });
  if (end.outcome === "interrupted") return;
  const failure = failureOf(end);
  await record(failure ? failure.message : null);
  yield failure ?? toDone(draft, end.stop ?? "", times);
}

/** What a test costs is in the ledger as that of a test, also where it was broken off. */
async function bill(
  deps: Deps,
  caller: Caller.Info,
  { bot, runId }: Answering.Subject,
  ended: {
    draft: Answering.Draft;
    end: Answering.Outcome;
    startedAt: number;
    endedAt: number;
  },
): Promise<void> {
  const { draft, end, startedAt, endedAt } = ended;
  const isOver = end.outcome === "ended";
  const error = isOver ? end.end.error : null;
  await Ledger.record(deps, {
    ...draft.usage,
    botId: bot.botId,
    runId,
    keyId: Key.testKeyId,
    clientId: caller.userId,
    model: draft.model?.name ?? bot.model,
    status: isOver ? (error ? "failed" : "completed") : "cancelled",
    finishedAt: endedAt,
    costMicroUsd: Answering.costOf(draft),
    priceVersion: ModelCatalog.priceVersion,
    queueMs: null,
    firstTokenMs: draft.firstTextAt === null ? null : draft.firstTextAt - startedAt,
    runMs: endedAt - startedAt,
    errorCode: error?.code ?? null,
    abandoned: false,
    utility: false,
  });
}

function* toolEvents(event: Parameters<typeof EventLog.toldCalls>[0]): Generator<ToolEvent> {
  for (const told of EventLog.toldCalls(event)) {
    if (told.kind !== "tool") continue;
    const { callId, name, status, input = null, output = null, ms = null } = told;
    yield { type: "tool", callId, name, status, input, output, ms };
  }
}

/** Whoever looks on sees a failure at once: what has been shown cannot be taken back. */
const oneTry: Answering.RetryPolicy = {
  modelTriesMax: 1,
  backoffMs: 0,
  backoffMaxMs: 0,
  throttledMaxMs: 0,
  runTimeMaxMs: 0,
};

function toSubject(
  bot: Bot.Info,
  runId: string,
  messages: v.InferOutput<typeof Create>["messages"],
): Omit<Answering.Subject, "pay"> {
  const query = messages.at(-1)?.text ?? "";
  const history = messages.slice(0, -1).map(({ role, text }) => ({
    role,
    content: [{ type: "text" as const, text }],
  }));
  return {
    bot,
    requestedModel: null,
    runId,
    keyId: Key.testKeyId,
    query,
    reasoning: false,
    readMessages: async () => ({
      question: [{ type: "text", text: query }],
      history,
      developer: [],
    }),
  };
}

/** The owner reads the model's own words, too. */
function failureOf(
  ended: Answering.Outcome & { outcome: "ended" },
): (Event & { type: "failed" }) | undefined {
  const { error, cause } = ended.end;
  if (!error && ended.stop !== null) return undefined;
  const said = error?.message ?? "A filter refused the conversation.";
  const own = ended.stop === null && cause ? ` (${cause})` : "";
  const next = error?.code === "model_not_allowed" ? " Choose another one." : "";
  return {
    type: "failed",
    code: error?.code ?? "model_error",
    message: said + own + next,
    retryable: error?.retryable ?? false,
  };
}

const toDone = (
  draft: Answering.Draft,
  stop: string,
  { startedAt, endedAt }: { startedAt: number; endedAt: number },
): Event => ({
  type: "done",
  model: draft.model?.name ?? "",
  stop,
  usage: draft.usage,
  costMicroUsd: Answering.costOf(draft),
  firstTextMs: draft.firstTextAt === null ? null : draft.firstTextAt - startedAt,
  ms: endedAt - startedAt,
});
