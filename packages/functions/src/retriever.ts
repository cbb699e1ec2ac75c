import { Retrieval } from "@outlet/core/bots/retrieval";

/** The module that a chunk of its own is made of: whoever imports it waits for stemmers and stop words. */
export const openRetriever = Retrieval.createRetriever;
