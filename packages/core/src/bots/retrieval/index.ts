/**
 * Retrieval: passages cut from documents, an index of them for each bot, and the search that finds
 * those that answer a question. An index is built once after each sync, lies in the object store as
 * one object, and is kept by every process that searches it.
 */
export * as Retrieval from "./index.ts";

export { cut } from "./cut.ts";
export { passagesMax, storePassages } from "./passage-store.ts";
export { publish, type Wanted } from "./publish.ts";
export { createRetriever } from "./retriever.ts";
export { withKnowledgeBases } from "./with-knowledge-bases.ts";
export { withReranker } from "./with-reranker.ts";
