import type { Log, ObjectStore, Retriever, Table } from "@outlet/core/ports";
import { embedder } from "./embedder.ts";
import { allowedKnowledgeBases, knowledgeBases } from "./knowledge-bases.ts";
import { vectors } from "./vectors.ts";

/** Much of it is tables of words: in a chunk of its own, for the first question. */
export function retriever(stores: { table: Table; objects: ObjectStore; log: Log }): Retriever {
  let opened: Promise<Retriever> | undefined;
  const open = async () => {
    const { openRetriever } = await import("../retriever.ts");
    return openRetriever({
      ...stores,
      embedder: embedder(),
      vectors: vectors(),
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
