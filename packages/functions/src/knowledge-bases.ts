import { createBedrockKnowledgeBases } from "@outlet/aws/bedrock-knowledge-bases";
import { createJsonClient } from "@outlet/aws/lean/json-client";
import type { KnowledgeBases } from "@outlet/core/ports";

/** A run waits for it: one more try, and then its own sources answer alone. */
const triesMax = 2;

/** The module that a chunk of its own is made of: only where a bot has a knowledge base is it loaded. */
export const openKnowledgeBases = (region: string): KnowledgeBases =>
  createBedrockKnowledgeBases({
    client: createJsonClient("bedrock-agent-runtime", { region, triesMax }),
  });
