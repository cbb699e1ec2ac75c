import type { Bot } from "@outlet/core/bots/bot";
import type { ModelCatalog } from "@outlet/core/models/catalog";
import * as Problem from "@outlet/core/foundation/problem";
import * as Text from "@outlet/core/foundation/text";

/** Names that make clients send what models of that family take: reasoning parameters, other roles. */
const ofAnotherFamily = /^(gpt|chatgpt|codex|computer-use|o[0-9]|ft)/;

/**
 * What a bot is called as a model: its title in letters that any client can send. Titles change, so
 * the bot's own id and the word `bot` are taken for it as well.
 */
export function slugOf(title: string, taken: readonly string[] = []): string {
  const ascii = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const slug = Text.cut(ascii, 60).replace(/^-+|(?<!-)-+$/g, "");
  if (slug === "") return "bot";
  return ofAnotherFamily.test(slug) || taken.includes(slug) ? `bot-${slug}` : slug;
}

const namesOf = (bot: Bot.Info): string[] => [...new Set([bot.model, ...bot.callerModels])];

/** `GET /v1/models`: the bot, then each model that its owner lets callers choose. */
export function modelList(bot: Bot.Info): { id: string; created: number }[] {
  const names = namesOf(bot);
  const created = Math.floor(bot.createdAt / 1000);
  return [slugOf(bot.title, names), ...names].map((id) => ({ id, created }));
}

export const modelView = ({ id, created }: { id: string; created: number }) => ({
  id,
  object: "model" as const,
  created,
  owned_by: "outlet",
});

export interface Chosen {
  /** The name that was asked for, or the bot's. */
  name: string;
  /** Short name for the run; `null` for the bot's own, whichever that is when it is answered. */
  requestedModel: string | null;
  info: ModelCatalog.Info | undefined;
}

/** @throws ProblemError `model_not_found` */
export function chooseModel(
  catalog: ModelCatalog.Catalog,
  bot: Bot.Info,
  asked: string | null,
): Chosen {
  const names = namesOf(bot);
  const slug = slugOf(bot.title, names);
  const own = { requestedModel: null, info: catalog.find(bot.model) };
  if (asked === null || asked === "") return { name: slug, ...own };
  if ([slug, bot.botId, "bot"].includes(asked)) return { name: asked, ...own };
  const info = catalog.find(asked);
  if (info && names.includes(info.name)) return { name: asked, requestedModel: info.name, info };
  throw new Problem.ProblemError("model_not_found", {
    message: `Model "${Text.cut(asked, 100)}" does not exist here. There are: ${[slug, ...names].join(", ")}.`,
    param: "model",
  });
}
