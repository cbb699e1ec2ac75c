import { createBedrockEmbedder } from "@outlet/aws/bedrock-embedder";
import { createJsonClient } from "@outlet/aws/lean/json-client";
import type { Embeddings } from "@outlet/core/models/embeddings";
import type { Embedder } from "@outlet/core/ports";

/** Throttling is usual while a large file is embedded: it is waited out. */
const triesMax = 8;

export const openEmbedder = (region: string, model: Embeddings.Model): Embedder =>
  createBedrockEmbedder({
    client: createJsonClient("bedrock-runtime", { region, triesMax }),
    model,
  });
