/** The owner tries the bot as it is now, without publishing it. The outcome is kept as its test run. */
export * as TestChat from "./index.ts";

import * as v from "valibot";
import type { Bot } from "../../bots/bot/index.ts";
import type { Caller } from "../../foundation/caller/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import { TestRun } from "../../bots/test-run/index.ts";
import { Knowledge } from "../../bots/knowledge/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import {
  type Clock,
  type Log,
  type Model,
  ModelError,
  type ModelUsage,
  type ObjectStore,
  type Table,
} from "../../ports/index.ts";
import { Usage } from "../../records/usage/index.ts";
import { causeOf, messageOf, outcomeOfStop, toRequest } from "../worker/answer.ts";

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
  | { type: "sources"; sources: Knowledge.Passage[] }
  | { type: "text"; text: string }
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

interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
  ids: Id.Ids;
  model: Model;
  catalog: ModelCatalog.Catalog;
  log: Log;
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
  const model = deps.catalog.find(bot.model);
  if (!model) {
    const message = `The model ${bot.model} is not allowed here any more. Choose another one.`;
    await record(message);
    yield { type: "failed", code: "model_not_allowed", message, retryable: false };
    return;
  }
  const question = messages.at(-1)?.text ?? "";
  const passages = await Knowledge.search(deps, bot.botId, question);
  if (passages.length > 0) yield { type: "sources", sources: passages };
  const content = [{ contentType: "text" as const, body: question }];
  const history = messages.slice(0, -1).map(({ role, text }) => ({
    role,
    content: [{ type: "text" as const, text }],
  }));
  const subject = { runId: deps.ids.ulid(), keyId: "test", content };
  const request = toRequest(bot, model, subject, passages, history);
  let firstTextMs: number | null = null;
  let usage = Usage.noTokens;
  let stop: string | null = null;
  try {
    for await (const event of deps.model.stream(request, signal)) {
      if (event.type === "text") {
        firstTextMs ??= deps.clock.now() - startedAt;
        yield { type: "text", text: event.text };
      } else if (event.type === "usage") usage = event.usage;
      else if (event.type === "stop") stop = event.reason;
    }
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ModelError)) throw error;
    deps.log.warn("model failed in a test", { botId: bot.botId, cause: error.message });
    // The owner reads the model's own words, too.
    const message = `${messageOf(error)} (${causeOf(error)})`;
    await record(message);
    yield { type: "failed", code: "model_error", message, retryable: error.retryable };
    return;
  }
  const { error } = outcomeOfStop(stop, firstTextMs !== null);
  await record(error && error.message);
  if (error || stop === null) {
    yield { type: "failed", code: "model_error", message: "", retryable: true, ...error };
    return;
  }
  const costMicroUsd = Usage.cost(model.price, usage);
  const ms = deps.clock.now() - startedAt;
  yield { type: "done", model: model.name, stop, usage, costMicroUsd, firstTextMs, ms };
}
