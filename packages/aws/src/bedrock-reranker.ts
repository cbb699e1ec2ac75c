import * as Rerankers from "@outlet/core/models/rerankers";
import { type Reranker, RerankerUnavailable } from "@outlet/core/ports";
import * as v from "valibot";
import type { JsonClient } from "./lean/json-client.ts";

const timeoutMs = 3_000;

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html */
const Answer = v.object({
  results: v.array(v.object({ index: v.number(), relevanceScore: v.number() })),
});

/**
 * The port on Bedrock's Rerank.
 * @example createBedrockReranker({ client: createJsonClient("bedrock-agent-runtime", { region }), model, modelArn })
 */
export function createBedrockReranker({
  client,
  model,
  modelArn,
}: {
  client: JsonClient;
  model: Rerankers.Model;
  modelArn: string;
}): Reranker {
  return {
    ...Rerankers.facts(model),
    async rate(question, texts, signal) {
      const body = {
        queries: [{ type: "TEXT", textQuery: { text: question } }],
        sources: texts.map((text) => ({
          type: "INLINE",
          inlineDocumentSource: { type: "TEXT", textDocument: { text } },
        })),
        rerankingConfiguration: {
          type: "BEDROCK_RERANKING_MODEL",
          bedrockRerankingConfiguration: {
            numberOfResults: texts.length,
            modelConfiguration: { modelArn },
          },
        },
      };
      try {
        const { results } = v.parse(
          Answer,
          await client.call("/rerank", body, { timeoutMs, signal }),
        );
        const rated = results.map(({ index, relevanceScore: rating }) => ({ index, rating }));
        const ratings = Rerankers.inOrder(rated, texts.length);
        if (ratings) return ratings;
        throw new Error(`${rated.length} of ${texts.length} passages were rated`);
      } catch (cause) {
        const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
        throw new RerankerUnavailable(reason, { cause });
      }
    },
  };
}
