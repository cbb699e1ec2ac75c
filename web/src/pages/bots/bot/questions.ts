import { knownQuestion } from "../known-question.ts";
import { useKnowledge } from "./queries.ts";

/** What the bot is known to answer; else about what it has read; `null` where nothing is known. */
export function useQuestion(botId: () => string): () => string | null {
  const knowledge = useKnowledge(botId, () => knownQuestion(botId()) === null);
  return () => {
    const known = knownQuestion(botId());
    if (known !== null) return known;
    const source = knowledge.data?.sources.find(({ status }) => status === "SUCCEEDED");
    return source ? `Summarise ${source.name}.` : null;
  };
}
