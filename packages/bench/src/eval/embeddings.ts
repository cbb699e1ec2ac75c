import { startEmbeddings } from "@outlet/conformance/embeddings";
import { type Embedder, systemClock } from "@outlet/core/ports";
import { createOpenAiEmbedder } from "@outlet/local/openai-embedder";
import { readOptions } from "@outlet/local/runtime/options";

interface Server {
  embedder: Embedder;
  stop: () => Promise<void>;
}

type Given = Partial<Record<string, string>>;

/** The server that was named, or one of our own. */
export async function openEmbeddings(given: Given): Promise<Server> {
  const names = ["embeddings-base-url", "embeddings-model", "embeddings-input"];
  const args = names.flatMap((name) => (given[name] ? [`--${name}`, given[name]] : []));
  const named = readOptions(args, {})?.embeddings;
  if (named) {
    return { embedder: createOpenAiEmbedder(named, systemClock), stop: async () => undefined };
  }
  const own = await startEmbeddings();
  const server = { baseUrl: own.baseUrl, model: own.model, kind: "field" as const };
  return { embedder: createOpenAiEmbedder(server, systemClock), stop: own.stop };
}
