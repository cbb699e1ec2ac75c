import type { Log, ObjectStore, Retriever, Table } from "@outlet/core/ports";
import { embedder } from "./embedder.ts";
import { vectors } from "./vectors.ts";

/** Much of it is tables of words: in a chunk of its own, for the first question. */
export function retriever(stores: { table: Table; objects: ObjectStore; log: Log }): Retriever {
  let opened: Promise<Retriever> | undefined;
  return {
    async search(...question) {
      opened ??= import("../retriever.ts").then(({ openRetriever }) =>
        openRetriever({ ...stores, embedder: embedder(), vectors: vectors() }),
      );
      return (await opened).search(...question);
    },
  };
}
