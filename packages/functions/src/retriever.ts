import * as Retrieval from "@outlet/core/bots/retrieval";
import type { Retriever } from "@outlet/core/ports";

type Deps = Parameters<typeof Retrieval.createRetriever>[0] &
  Parameters<typeof Retrieval.withKnowledgeBases>[1] &
  Parameters<typeof Retrieval.withReranker>[1];

/** The module that a chunk of its own is made of: whoever imports it waits for stemmers and stop words. */
export const openRetriever = (deps: Deps): Retriever =>
  Retrieval.withReranker(Retrieval.withKnowledgeBases(Retrieval.createRetriever(deps), deps), deps);
