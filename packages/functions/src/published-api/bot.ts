import * as Bot from "@outlet/core/bots/bot";
import * as Problem from "@outlet/core/foundation/problem";
import type { Table } from "@outlet/core/ports";

/** @throws ProblemError `bot_unavailable` */
export async function botOf({ table }: { table: Table }, botId: string): Promise<Bot.Info> {
  const bot = await Bot.fromId(table, botId);
  if (bot) return bot;
  throw new Problem.ProblemError("bot_unavailable", "The bot does not exist any more.");
}
