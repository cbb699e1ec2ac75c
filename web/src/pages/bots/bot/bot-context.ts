import { type Accessor, createContext, useContext } from "solid-js";
import type { Bot } from "~/api/bots.ts";

export const BotContext = createContext<Accessor<Bot>>();

/** The bot that the page is about. */
export function useCurrentBot(): Accessor<Bot> {
  const bot = useContext(BotContext);
  if (!bot) throw new Error("There is no bot around this.");
  return bot;
}
