import * as v from "valibot";
import type { Item, Table } from "../../ports/index.ts";
import * as Budget from "../../publishing/budget/index.ts";
import * as Ledger from "../../records/ledger/index.ts";
import { Asked } from "./asked.ts";
import { type Answer, type Question, Stored } from "./payload.ts";
import * as Shape from "../../store/shape/index.ts";

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
  "model_empty_answer",
  "run_timeout",
  "worker_lost",
  "bot_unavailable",
  "model_not_allowed",
  "internal_error",
]);

export const ErrorInfo = v.object({
  code: ErrorCode,
  /** For the client: never the model's own words. */
  message: v.string(),
  retryable: v.boolean(),
});
export type ErrorInfo = v.InferOutput<typeof ErrorInfo>;

export const IncompleteReason = v.picklist([
  "max_output_tokens",
  "content_filter",
  /** The model went on calling tools where it had to answer. */
  "tool_limit",
]);

/** Who wants to be told of an end over HTTP. */
const Webhooks = v.object({
  /** Whether the publication had a webhook when the message was accepted. */
  owner: v.boolean(),
  caller: v.nullable(v.object({ url: v.string(), secret: v.string() })),
});
export type Webhooks = v.InferOutput<typeof Webhooks>;
export const noWebhooks: Webhooks = { owner: false, caller: null };

/** All of a run but what was said: what its item holds, read without the object store. */
export const State = v.object({
  /** Also the id of the user's message. */
  runId: v.string(),
  answerId: v.string(),
  botId: v.string(),
  clientId: v.string(),
  conversationId: v.string(),
  keyId: v.string(),
  status: Status,
  /** Epoch milliseconds. */
  createdAt: v.number(),
  /** When its conversation began; null until a worker has taken it. */
  conversationCreatedAt: v.optional(v.nullable(v.number()), null),
  /** When it was last put into the mailbox: later than `createdAt` where it was redriven. */
  queuedAt: v.number(),
  startedAt: v.nullable(v.number()),
  firstTextAt: v.nullable(v.number()),
  finishedAt: v.nullable(v.number()),
  /** Short name that the caller asked for; the bot's own where null. */
  requestedModel: v.nullable(v.string()),
  /** Short name of the model that answered. */
  model: v.nullable(v.string()),
  /** It goes on with the answer before it. */
  continues: v.boolean(),
  /** The model is to reason first. */
  reasoning: v.boolean(),
  /** The run before it in the conversation, or `system`; null until a worker has seen it. */
  parent: v.nullable(v.string()),
  /** How many had been popped before it; null until a worker has seen it. */
  place: v.optional(v.nullable(v.number()), null),
  /** Its parents before it was redriven, oldest first. */
  formerParents: v.array(v.string()),
  /** Fencing token of the attempt that holds it. */
  token: v.number(),
  attempts: v.number(),
  /** How often its owner has put it back into the mailbox. */
  redrives: v.number(),
  cancelRequestedAt: v.nullable(v.number()),
  error: v.nullable(ErrorInfo),
  /** What went wrong in the words of whoever said so: for the owner, never for a client. */
  cause: v.nullable(v.string()),
  /** Why an incomplete run stopped. */
  incompleteReason: v.nullable(IncompleteReason),
  usage: v.nullable(Ledger.Tokens),
  costMicroUsd: Ledger.Count,
  /** Calls of tools of which nobody can say whether they were carried out. */
  unknownCalls: v.optional(v.number(), 0),
  /** What attempts that never ended had paid for, where none did. */
  lost: v.optional(
    v.nullable(v.object({ usage: Ledger.Tokens, costMicroUsd: Ledger.Count })),
    null,
  ),
  /** Days from the last message to the end of the data. */
  retentionDays: v.number(),
  /** Whether what is said may be written while it is being answered, or at the end alone. */
  deltas: v.optional(v.boolean(), true),
  /** Whether somebody follows it: else what is said is written at the end, too. */
  followed: v.optional(v.boolean(), true),
  /** Epoch seconds; past it the item may be gone. */
  expiresAt: v.number(),
  /** Where its objects lie. */
  folder: v.string(),
  question: Stored,
  reply: v.nullable(Stored),
  /** Of the request that brought it, as the gateway named that; null where nothing said so. */
  requestId: v.optional(v.nullable(v.string()), null),
  /** What budgets hold back for it; none where there are no budgets. */
  holds: v.optional(v.array(Budget.Hold), []),
  /** Null where it came by the native face. */
  asked: v.optional(v.nullable(Asked), null),
  /** Who is told when it has ended. */
  webhooks: v.optional(Webhooks, noWebhooks),
});
export type State = v.InferOutput<typeof State>;

/** Of a run that was written by something else, the rest can still be read. */
const mend: Partial<State> = {
  status: "failed",
  firstTextAt: null,
  finishedAt: null,
  error: null,
  cause: null,
  incompleteReason: null,
  usage: null,
  costMicroUsd: 0,
  unknownCalls: 0,
  lost: null,
  asked: null,
};
export const shape = Shape.of("run", State, { mend });

const unknownEnd: ErrorInfo = {
  code: "internal_error",
  message: "What became of the message cannot be read. Send it again.",
  retryable: true,
};

/** A run with what was said. */
export interface Info extends State, Answer, Question {}

export function fromItem(table: Pick<Table, "report">, item: Item): State {
  const run = shape.read(table, item);
  return run.status === item.status ? run : { ...run, error: unknownEnd };
}

export const isTerminal = (status: Status): boolean =>
  status !== "queued" && status !== "in_progress";

/** Whether a worker has ever seen it, so that it was accepted for certain. */
export const wasTaken = (run: State): boolean =>
  run.status !== "queued" || run.parent !== null || run.redrives > 0;
