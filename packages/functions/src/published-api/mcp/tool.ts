import type { Bot } from "@outlet/core/bots/bot";
import * as Text from "@outlet/core/foundation/text";
import * as v from "valibot";
import { annotationsOf, type Ended, errorOf, saidOf } from "../openai/answer.ts";

/** The one tool there is. Its words are of the bot's public description, never of its instruction. */
export const toolName = "ask";

export const describeTool = (bot: Pick<Bot.Info, "title" | "description">) => ({
  name: toolName,
  title: `Ask ${bot.title}`,
  description:
    `Asks the bot "${bot.title}" and gives its answer.${bot.description ? ` ${bot.description}` : ""} ` +
    "Give conversation_id of an earlier answer to go on with that conversation.",
  inputSchema: {
    type: "object" as const,
    properties: {
      question: {
        type: "string",
        description: "What to ask, with all that is needed to answer it",
      },
      conversation_id: { type: "string", description: "Of an earlier answer, to go on with it" },
    },
    required: ["question"],
    additionalProperties: false,
  },
  outputSchema: {
    type: "object" as const,
    properties: {
      answer: { type: "string" },
      conversation_id: { type: "string" },
      citations: {
        type: "array",
        description: "What the answer is drawn from",
        items: {
          type: "object",
          properties: { source: { type: "string" } },
          required: ["source"],
        },
      },
      incomplete: {
        type: "string",
        description: "Why the answer was cut; absent where it was not",
      },
    },
    required: ["answer", "conversation_id", "citations"],
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
});

export const Arguments = v.strictObject({
  question: v.pipe(
    v.string(),
    v.transform((text) => text.toWellFormed()),
    v.check(Text.isVisible, "must have a character that can be seen"),
    v.maxLength(200_000),
  ),
  conversation_id: v.optional(
    v.pipe(v.string(), v.regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u, "is no conversation's")),
  ),
});

/** What a model is told that asked in vain: it can act on words alone. */
export const failedResult = (text: string) => ({
  content: [{ type: "text" as const, text }],
  isError: true,
});

export function resultOf(ended: Ended) {
  const { run } = ended;
  const answer = saidOf(ended.answer);
  if (run.status === "failed" || run.status === "cancelled") {
    const way = `The conversation is ${run.conversationId}.`;
    return failedResult(`${errorOf(run).message} ${way}`);
  }
  return {
    content: [{ type: "text" as const, text: answer }],
    structuredContent: {
      answer,
      conversation_id: run.conversationId,
      citations: annotationsOf(ended).map((it) => ({
        source: it.type === "url_citation" ? it.url : it.filename,
      })),
      ...(run.incompleteReason && { incomplete: run.incompleteReason }),
    },
    isError: false,
  };
}
