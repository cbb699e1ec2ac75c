import {
  type BasePassage,
  type Found,
  type KnowledgeBases,
  KnowledgeBaseUnavailable,
  type Log,
  type Retriever,
  silentLog,
} from "../../ports/index.ts";

interface Deps {
  /** What asks them; nothing is asked where absent. */
  knowledgeBases?: KnowledgeBases | undefined;
  /** Ids that whoever deploys allows, now: one that a bot was given before may be taken away. */
  allowed: readonly string[];
  log?: Log;
}

/**
 * Finds passages in a bot's own sources and in its knowledge base. Their scores are of different
 * kinds, so that the two lists are merged by rank, the bot's own first. A base that cannot be asked
 * holds nothing up: the bot's own sources answer, and the owner is told.
 */
export function withKnowledgeBases(
  own: Retriever,
  { knowledgeBases, allowed, log = silentLog }: Deps,
): Retriever {
  async function ask(id: string, question: string, limit: number): Promise<BasePassage[]> {
    if (!knowledgeBases || !allowed.includes(id)) {
      throw new KnowledgeBaseUnavailable(
        `The knowledge base ${id} is not allowed any more, and was not asked. Choose another one, or ask whoever runs this installation.`,
      );
    }
    return knowledgeBases.retrieve(id, question, limit);
  }

  return {
    async search(botId, question, limit, knowledgeBaseId) {
      if (!knowledgeBaseId || question.trim() === "") return own.search(botId, question, limit);
      const asked = ask(knowledgeBaseId, question, limit).then(
        (passages) => ({ passages, problems: [] }),
        (cause: unknown) => {
          if (!(cause instanceof KnowledgeBaseUnavailable)) throw cause;
          log.warn("a knowledge base was not asked", { botId, knowledgeBaseId, cause });
          return { passages: [], problems: [cause.message] };
        },
      );
      const [mine, base] = await Promise.all([own.search(botId, question, limit), asked]);
      const theirs = base.passages.map((passage, i) => toFound(knowledgeBaseId, passage, i));
      return {
        engine: mine.engine,
        passages: byTurns(mine.passages, theirs).slice(0, limit),
        problems: [...(mine.problems ?? []), ...base.problems],
      };
    },
  };
}

const toFound = (
  knowledgeBaseId: string,
  { uri, source, text, place, score }: BasePassage,
  ordinal: number,
): Found => ({
  // No id of a source of the bot's own: those are ULIDs.
  sourceId: `${knowledgeBaseId}:${uri}`,
  source,
  ordinal,
  text,
  place,
  score,
  words: [],
  similarity: null,
  knowledgeBaseId,
});

function byTurns<T>(first: readonly T[], second: readonly T[]): T[] {
  const merged: T[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    merged.push(...first.slice(i, i + 1), ...second.slice(i, i + 1));
  }
  return merged;
}
