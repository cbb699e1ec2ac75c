import * as Bot from "../../bots/bot/index.ts";
import type { Tools } from "../../bots/tools/index.ts";
import type { Table, Tool, ToolCall, ToolLimits, ToolOutcome } from "../../ports/index.ts";
import * as Publication from "../../publishing/publication/index.ts";

/** Answers a question as another bot would. */
export type AskBot = (
  bot: Bot.Info,
  question: string,
  call: ToolCall,
  signal: AbortSignal,
) => Promise<{ text: string; failure: string | null }>;

/** Bots that may ask one another, one behind the other. */
const depthMax = 3;
const questionMax = 20_000;

/**
 * Another published bot of this installation; what it costs is the caller's.
 * @param ownerId whose bot asks: one that is shared with nobody any more is asked by its owner's alone.
 */
export async function createBotTool(
  { table, ownerId }: { table: Table; ownerId: string },
  { botId, name, description }: Tools.SettingOf<"bot">,
  limits: ToolLimits,
  ask: AskBot,
): Promise<Tool> {
  const bot = await Bot.fromId(table, botId);
  return {
    definition: {
      name,
      description,
      inputSchema: {
        type: "object",
        properties: {
          question: { type: "string", description: "The whole question, in plain words." },
        },
        required: ["question"],
        additionalProperties: false,
      },
      // What it may call itself is not known to be.
      isSafeToRepeat: bot?.tools.allowed.length === 0,
      limits,
    },
    async call(call, signal): Promise<ToolOutcome> {
      const { question } = call.input;
      if (typeof question !== "string" || question.trim() === "") {
        return { outcome: "error", reason: 'The member "question" has to be text.' };
      }
      if (question.length > questionMax) {
        return { outcome: "error", reason: `A question has ${questionMax} characters at most.` };
      }
      if (call.caller.depth >= depthMax) {
        const reason = `Bots ask one another ${depthMax} deep at most. Answer without this one.`;
        return { outcome: "error", reason };
      }
      // Each time anew: it may have been unpublished since.
      const isSeen = bot && (bot.scope === "all" || bot.ownerId === ownerId);
      const publication = isSeen && (await Publication.fromBot(table, botId));
      if (
        !bot ||
        !publication ||
        !Publication.isLive(publication) ||
        Publication.isPaused(publication)
      ) {
        return { outcome: "error", reason: "That bot is not published any more." };
      }
      const { text, failure } = await ask(bot, question, call, signal);
      if (failure !== null) return { outcome: "error", reason: failure };
      return { outcome: "ok", content: text };
    },
  };
}
