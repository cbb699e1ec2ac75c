import type { Bot } from "../../bots/bot/index.ts";
import * as Caller from "../../foundation/caller/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import type { Table } from "../../ports/index.ts";
import { exists } from "./info.ts";
import { prerequisites } from "./prerequisites.ts";
import { fromBot } from "./store.ts";

/**
 * Makes sure that a bot may become another: what is published answers by the new version from the
 * next request on. So only those who may publish change it, and what publishing asks for stays true.
 *
 * What was unmet before, as after a change of prices, holds no other change up; its knowledge may be
 * read anew.
 * @param next the bot as it would be; as it is where only its knowledge changes.
 * @throws ProblemError `publish_not_allowed`, `prerequisites_not_met`
 */
export async function requireChangeable(
  { table, catalog }: { table: Table; catalog: ModelCatalog.Catalog },
  caller: Caller.Info,
  bot: Bot.Info,
  next: Bot.Info = bot,
): Promise<void> {
  if (!exists(await fromBot(table, bot.botId))) return;
  if (!Caller.mayPublish(caller)) {
    throw new Problem.ProblemError(
      "publish_not_allowed",
      "The bot is published, and only members of the group PublishAllowed change what is live. " +
        "Ask an administrator to make the change or to unpublish the bot, or change a bot of your own that is not published.",
    );
  }
  const unmet = (of: Bot.Info) =>
    prerequisites(of, caller, catalog).filter(({ name, required, met }) => {
      return required && !met && name !== "sync";
    });
  const before = new Set(unmet(bot).map(({ name }) => name));
  const broken = unmet(next).filter(({ name }) => !before.has(name));
  if (broken.length === 0) return;
  throw new Problem.ProblemError("prerequisites_not_met", {
    message: `The bot is published and must stay publishable. ${broken.map(({ detail }) => detail).join(" ")}`,
    extra: { prerequisites: broken },
  });
}
