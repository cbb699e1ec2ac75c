import { Text } from "@outlet/core/foundation/text";
import { type Reranker, RerankerUnavailable } from "@outlet/core/ports";
import * as v from "valibot";

export interface RerankServer {
  /** Up to and including the version: `http://127.0.0.1:8080/v1`. */
  baseUrl: string;
  model: string;
  apiKey?: string;
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
      return await ask(server, question, texts, signal);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RerankerUnavailable(`its server ${reason}`, { cause });
    }
  },
});

async function ask(
  { baseUrl, model, apiKey }: RerankServer,
  query: string,
  documents: readonly string[],
  signal: AbortSignal,
): Promise<number[]> {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/rerank`;
  const body = { model, query, documents, top_n: documents.length, return_documents: false };
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
      },
      body: JSON.stringify(body),
      redirect: "error",
      signal,
    });
    text = await bounded(response);
  } catch (cause) {
    throw new Error("could not be reached, or was too slow", { cause });
  }
  if (!response.ok)
    throw new Error(`answered with status ${response.status}: ${Text.cut(text, 300)}`);
  const { results } = v.parse(Answer, JSON.parse(text));
  const ratings = new Map(results.map((one) => [one.index, one.relevance_score]));
  return documents.map((_, i) => {
    const rating = ratings.get(i);
    if (rating === undefined)
      throw new Error(`rated ${ratings.size} of ${documents.length} passages`);
    return rating;
  });
}

async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > answerMax) throw new Error("The answer has no end.");
  }
  return text + decoder.decode();
}
