import * as Bot from "../../bots/bot/index.ts";
import * as Caller from "../../foundation/caller/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import type { TestRun } from "../../bots/test-run/index.ts";

export interface Prerequisite {
  name: "may_publish" | "owner" | "scope" | "sync" | "model_price" | "test_run";
  met: boolean;
  /** Whether publishing is refused without it; the others are advice. */
  required: boolean;
  /** What it means, or how to meet it. */
  detail: string;
}

/** Who sees a bot that is not shared with everyone yet. */
const seenBy = {
  private: "now only its owner sees it",
  partial: "now only some people see it",
  all: "everybody sees it",
} satisfies Record<Bot.Info["scope"], string>;

/** What publishing asks for, each with whether it is met and how to meet it. */
export function prerequisites(
  bot: Bot.Info,
  caller: Caller.Info,
  catalog: ModelCatalog.Catalog,
  test?: TestRun.Info,
): Prerequisite[] {
  const row = (name: Prerequisite["name"], met: boolean, yes: string, no: string) => ({
    name,
    met,
    required: name !== "test_run",
    detail: met ? yes : no,
  });
  const unpriced = [bot.model, ...bot.callerModels].filter((name) => !catalog.find(name)?.price);
  return [
    row(
      "may_publish",
      Caller.mayPublish(caller),
      "You may publish.",
      "Ask an administrator for the right to publish (the group PublishAllowed), then sign in again.",
    ),
    row(
      "owner",
      Bot.mayChange(bot, caller),
      "The bot is yours to publish.",
      "Only the bot's owner or an administrator can publish it.",
    ),
    row(
      "scope",
      bot.scope === "all",
      "The bot is shared with everyone.",
      `Share the bot with everyone: ${seenBy[bot.scope]}.`,
    ),
    row(
      "sync",
      bot.syncStatus === "SUCCEEDED",
      "All of its knowledge has been read.",
      bot.syncStatus === "FAILED"
        ? "Some of its knowledge could not be read: remove what failed, or have it read again."
        : "Wait until all of its knowledge has been read.",
    ),
    row(
      "model_price",
      unpriced.length === 0,
      "Its models have known prices.",
      `Choose models with a known price: none is known for ${unpriced.join(", ")}.`,
    ),
    row(
      "test_run",
      test?.passed === true && test.model === bot.model,
      "The bot has answered a test with its present model.",
      test?.passed === false && test.model === bot.model
        ? `The last test failed: ${test.failure ?? "no reason is known"} Test the bot again.`
        : `Ask the bot something in its playground: ${bot.model} has not passed a test yet.`,
    ),
  ];
}
