import type { Clock, Log, ObjectStore, Retriever, Table } from "@outlet/core/ports";
import { embedder } from "./embedder.ts";
import { allowedKnowledgeBases, knowledgeBases } from "./knowledge-bases.ts";
import { reranker } from "./reranker.ts";
import { vectors } from "./vectors.ts";

interface Stores {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
  log: Log;
}

/** Much of it is tables of words: in a chunk of its own, for the first question. */
export function retriever(stores: Stores): Retriever {
  let opened: Promise<Retriever> | undefined;
  const open = async () => {
    const { openRetriever } = await import("../retriever.ts");
    return openRetriever({
      ...stores,
      embedder: embedder(),
      vectors: vectors(),
      reranker: reranker(),
      knowledgeBases: knowledgeBases(),
      allowed: allowedKnowledgeBases().map(({ knowledgeBaseId }) => knowledgeBaseId),
    });
  };
  return {
    async search(...question) {
      opened ??= open();
      return (await opened).search(...question);
    },
  };
}
