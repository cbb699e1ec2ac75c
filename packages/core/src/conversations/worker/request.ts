import type { Bot } from "../../bots/bot/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import type { Found, ModelContent, ModelMessage, ModelRequest } from "../../ports/index.ts";
import type { Content, Run } from "../run/index.ts";

/** Tokens that a model may spend on reasoning before it answers; Claude takes no fewer than 1,024. */
const reasoningTokens = 2_048;

interface Options {
  /** What is asked, where it is more than the text of `run.content`. */
  question?: ModelContent[];
  reasoning?: boolean;
}

/** What the model is asked: the bot as it is now, what it knows, and what was said before. */
export function toRequest(
  bot: Bot.Info,
  model: ModelCatalog.Info,
  run: Pick<Run.Info, "runId" | "keyId" | "content">,
  passages: readonly Pick<Found, "source" | "text" | "place">[],
  history: ModelMessage[],
  options: Options = {},
): ModelRequest {
  const { maxTokens, temperature, topP, stopSequences } = bot.generation;
  const question = options.question ?? run.content.flatMap(textPart);
  const reasoning = options.reasoning === true && model.reasoning;
  return {
    modelId: model.modelId,
    system: [bot.instruction, toKnowledgeBlock(passages)].filter((text) => text.trim() !== ""),
    messages: [...history, { role: "user", content: question }],
    // Reasoning counts as output and forbids both of the others:
    // https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
    maxTokens: maxTokens + (reasoning ? reasoningTokens : 0),
    ...(temperature === null || reasoning ? {} : { temperature }),
    ...(topP === null || reasoning ? {} : { topP }),
    ...(reasoning ? { reasoning: { budgetTokens: reasoningTokens } } : {}),
    stopSequences,
    metadata: { bot: bot.botId, key: run.keyId, run: run.runId },
  };
}

const textPart = (part: Content): ModelContent[] =>
  part.contentType === "text" ? [{ type: "text", text: part.body }] : [];

/** Knowledge in a form that models quote from and that our demo model reads. */
function toKnowledgeBlock(passages: readonly Pick<Found, "source" | "text" | "place">[]): string {
  if (passages.length === 0) return "";
  const rows = passages.map(
    ({ source, text }, i) =>
      `<passage source="${source.replace(/["<>]/g, "'")}" rank="${i + 1}">\n${plain(text)}\n</passage>`,
  );
  return `<knowledge>\n${rows.join("\n")}\n</knowledge>`;
}

/** No passage can end its own block and speak as the instruction. */
const plain = (text: string): string => text.replace(/<(?=\/?(?:passage|knowledge)\b)/gi, "&lt;");
