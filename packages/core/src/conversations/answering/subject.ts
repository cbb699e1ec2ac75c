import type { Bot } from "../../bots/bot/index.ts";
import type { Pay } from "../../ports/index.ts";
import type { Steps } from "../run/index.ts";
import type { Messages, Wishes } from "./request.ts";

/** What is to be answered, by whom. */
export interface Subject extends Wishes {
  bot: Bot.Info;
  /** Short name of the model asked for, or null for the bot's own. */
  requestedModel: string | null;
  runId: string;
  keyId: string;
  /** Whose key it is; absent where the owner tries the bot. */
  clientId?: string;
  /** Bots that have asked one another on the way here. */
  depth?: number;
  /** What earlier attempts have called, oldest first. */
  steps?: readonly Steps.Step[];
  /** Milliseconds that earlier attempts have spent since their first call. */
  spentMs?: number;
  /** Told of what its calls cost, before their results: {@link Draft} takes it by `pay`. */
  pay: Pay;
  /** What is looked up in the bot's knowledge. */
  query: string;
  /** The message and the turns before it, as far back as a model of this context can take them. */
  readMessages(contextTokens: number): Promise<Messages>;
  /** The id under which a model is asked, so that the bill tells bots apart; its own where absent. */
  billedModelId?: (modelId: string) => string;
}
