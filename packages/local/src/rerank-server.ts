import { Text } from "@outlet/core/foundation/text";
import * as Rerankers from "@outlet/core/models/rerankers";
import { type Reranker, RerankerUnavailable } from "@outlet/core/ports";
import * as v from "valibot";
import { ask, type ModelServer } from "./model-server.ts";

export interface RerankServer extends ModelServer {
  model: string;
}

/** Of an answer that is no answer. */
const answerMax = 4 * 1024 * 1024;

const Answer = v.object({
  results: v.array(v.object({ index: v.number(), relevance_score: v.number() })),
});

/**
 * The reranker port on `POST /rerank`, as Jina, Cohere, vLLM, llama.cpp and others have it
 * (https://api.jina.ai/redoc#tag/rerank).
 */
export const createServerReranker = (server: RerankServer): Reranker => ({
  id: server.model,
  async rate(question, texts, signal) {
    try {
      return await rate(server, question, texts, signal);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RerankerUnavailable(`its server ${reason}`, { cause });
    }
  },
});

async function rate(
  server: RerankServer,
  query: string,
  documents: readonly string[],
  signal: AbortSignal,
): Promise<number[]> {
  const { model } = server;
  const body = { model, query, documents, top_n: documents.length, return_documents: false };
  const { ok, status, text } = await ask(server, "rerank", body, { signal, answerMax }).catch(
    (cause: unknown) => {
      throw new Error("could not be reached, or was too slow", { cause });
    },
  );
  if (!ok) throw new Error(`answered with status ${status}: ${Text.cut(text, 300)}`);
  const { results } = v.parse(Answer, JSON.parse(text));
  const rated = results.map(({ index, relevance_score: rating }) => ({ index, rating }));
  const ratings = Rerankers.inOrder(rated, documents.length);
  if (!ratings) throw new Error(`rated ${rated.length} of ${documents.length} passages`);
  return ratings;
}
