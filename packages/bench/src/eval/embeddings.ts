import { startEmbeddings } from "@outlet/conformance/embeddings";
import { type Embedder, type Reranker, systemClock } from "@outlet/core/ports";
import { createOpenAiEmbedder } from "@outlet/local/openai-embedder";
import { createServerReranker } from "@outlet/local/rerank-server";
import { readOptions } from "@outlet/local/runtime/options";

interface Server {
  embedder: Embedder;
  stop: () => Promise<void>;
}

type Given = Partial<Record<string, string | boolean>>;

/** The server that was named, or one of our own. */
export async function openEmbeddings(given: Given): Promise<Server> {
  const names = ["embeddings-base-url", "embeddings-model", "embeddings-input"];
  const named = readOptions(argsOf(given, names), {})?.embeddings;
  if (named) {
    return { embedder: createOpenAiEmbedder(named, systemClock), stop: async () => undefined };
  }
  const own = await startEmbeddings();
  const server = { baseUrl: own.baseUrl, model: own.model, kind: "field" as const };
  return { embedder: createOpenAiEmbedder(server, systemClock), stop: own.stop };
}

/** The server that was named: none is installed here. */
export function openReranker(given: Given): Reranker {
  const named = readOptions(argsOf(given, ["rerank-base-url", "rerank-model"]), {})?.rerank;
  if (!named) throw new Error("--rerank needs --rerank-base-url and --rerank-model.");
  return createServerReranker(named);
}

const argsOf = (given: Given, names: readonly string[]): string[] =>
  names.flatMap((name) => (given[name] ? [`--${name}`, String(given[name])] : []));
