import * as Text from "../../foundation/text/index.ts";
import type { Bot } from "../../bots/bot/index.ts";
import type { Retriever, Tool, ToolLimits } from "../../ports/index.ts";
import { toKnowledgeBlock } from "./knowledge-block.ts";

/** Passages of one search at most. */
const passagesMax = 8;
/** Characters of a search: more of them find nothing better. */
const queryMax = 2_000;

/** The model asks what the bot knows, in its own words, as often as it likes. */
export function createKnowledgeTool(
  { retriever }: { retriever: Retriever },
  { botId, knowledgeBase, showSources }: Bot.Info,
  limits: ToolLimits,
  /** Passages that this answer has been given: ranks count on from one search to the next. */
  givenBefore: number,
): Tool {
  let given = givenBefore;
  return {
    definition: {
      name: "search_knowledge",
      description:
        "Searches the files and pages that this assistant knows, and returns the passages that fit best. Search before you answer a question about facts.",
      inputSchema: {
        type: "object",
        properties: {
          query: { type: "string", description: "What to look for, in the words of the files." },
        },
        required: ["query"],
        additionalProperties: false,
      },
      isSafeToRepeat: true,
      limits,
    },
    async call({ input }) {
      const { query } = input;
      if (typeof query !== "string" || query.trim() === "") {
        return { outcome: "error", reason: 'The member "query" has to be text.' };
      }
      const asked = Text.cut(query, queryMax);
      const { passages } = await retriever.search(botId, asked, passagesMax, knowledgeBase);
      if (passages.length === 0) return { outcome: "ok", content: "Nothing was found." };
      const firstRank = given;
      given += passages.length;
      const content = toKnowledgeBlock(passages, showSources, firstRank);
      return { outcome: "ok", content, sources: { firstRank, passages } };
    },
  };
}
