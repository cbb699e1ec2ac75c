import { createBedrockEmbedder } from "@outlet/aws/bedrock-embedder";
import { createBedrockClient } from "@outlet/aws/bedrock-model";
import type { Embeddings } from "@outlet/core/models/embeddings";
import type { Embedder } from "@outlet/core/ports";

/** Throttling is usual while a large file is embedded: here the SDK tries again, and waits between. */
const attemptsMax = 5;

export const openEmbedder = (region: string, model: Embeddings.Model): Embedder =>
  createBedrockEmbedder({
    client: createBedrockClient({ region, maxAttempts: attemptsMax }),
    model,
  });
