import {
  type Clock,
  type Found,
  type Log,
  type Reranker,
  RerankerUnavailable,
  type Retriever,
  silentLog,
  type Table,
} from "../../ports/index.ts";
import * as Text from "../../foundation/text/index.ts";
import { charge } from "./charge.ts";
import { titleOf } from "./passage.ts";

interface Deps {
  table: Table;
  clock: Clock;
  /** The order stays as it is where absent. */
  reranker?: Reranker | undefined;
  log?: Log;
}

/** Passages that are read again for one question. */
const rerankedMax = 30;
/** Of a passage with its title, and of a question; models read some hundred tokens of each. */
const textMax = 4_000;
const questionMax = 4_000;
/** An answer waits for it. */
const waitMs = 4_000;

/**
 * Has the passages that were found read again together with the question, and puts them in the order
 * in which they answer it. Where that fails or takes too long, the order stays, and the owner is told.
 */
export function withReranker(
  found: Retriever,
  { table, clock, reranker, log = silentLog }: Deps,
): Retriever {
  if (!reranker) return found;

  const rate = async (botId: string, question: string, passages: readonly Found[]) => {
    const texts = passages.map((passage) => Text.cut(textOf(passage), textMax).toWellFormed());
    const { price } = reranker;
    const signal = AbortSignal.timeout(waitMs);
    const ratings = await reranker.rate(Text.cut(question, questionMax), texts, signal);
    if (price) {
      const { model, perQuestion, version } = price;
      const paid = { model, priceVersion: version, inputTokens: 0, costMicroUsd: perQuestion };
      await charge({ table, clock }, { botId, purpose: "rerank", ...paid });
    }
    return ratings;
  };

  return {
    async search(botId, question, limit, knowledgeBaseId) {
      const wanted = Math.max(limit, rerankedMax);
      const before = await found.search(botId, question, wanted, knowledgeBaseId);
      const first = before.passages.slice(0, rerankedMax);
      const rest = before.passages.slice(rerankedMax);
      const asItWas = { ...before, passages: before.passages.slice(0, limit) };
      if (first.length < 2) return asItWas;
      try {
        const ratings = await rate(botId, question, first);
        const order = first
          .map((passage, i) => ({ ...passage, score: ratings[i] ?? 0 }))
          // Of equals the one that was before: sorting keeps their order.
          .sort((a, b) => b.score - a.score);
        return {
          ...before,
          passages: [...order, ...rest].slice(0, limit),
          reranked: reranker.id,
        };
      } catch (cause) {
        if (!(cause instanceof RerankerUnavailable)) throw cause;
        log.warn("passages stay in the order they were found in", { botId, cause });
        const problem = `The passages were not put in order by ${reranker.id}: ${cause.message}. They are in the order in which the search found them.`;
        return { ...asItWas, problems: [...(before.problems ?? []), problem] };
      }
    },
  };
}

const textOf = (passage: Found): string => {
  const title = titleOf(passage.source, passage);
  return title.trim() === "" ? passage.text : `${title}\n${passage.text}`;
};
