import { createBedrockReranker } from "@outlet/aws/bedrock-reranker";
import { createJsonClient } from "@outlet/aws/lean/json-client";
import type * as Rerankers from "@outlet/core/models/rerankers";
import type { Reranker } from "@outlet/core/ports";

/** The module that a chunk of its own is made of: only where passages are reranked is it loaded. */
export const openReranker = (
  { region, partition }: { region: string; partition: string },
  model: Rerankers.Model,
): Reranker =>
  createBedrockReranker({
    client: createJsonClient("bedrock-agent-runtime", { region, triesMax: 2 }),
    model,
    modelArn: `arn:${partition}:bedrock:${region}::foundation-model/${model.modelId}`,
  });
