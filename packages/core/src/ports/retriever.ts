import * as v from "valibot";

/** Where in its source a passage stands: what a reader looks it up by. */
export const Place = v.object({
  /** Counted from 1 in the order of the file. */
  page: v.optional(v.number()),
  /** As printed on the page (i, ii, 1 …), where that differs from the count. */
  pageLabel: v.optional(v.string()),
  slide: v.optional(v.number()),
  sheet: v.optional(v.string()),
  /** Counted from 1, as a spreadsheet program shows it. */
  row: v.optional(v.number()),
  /** Headings above, the outermost first. */
  headings: v.array(v.string()),
});
export type Place = v.InferOutput<typeof Place>;

/** A piece of a source that is found and shown as one. */
export interface Passage {
  text: string;
  /** Of where it begins. */
  place: Place;
}

/** What finds passages: by their words, by their meaning, or by both. */
export type Engine = "lexical" | "vectors" | "hybrid";

/** A passage that was found. */
export interface Found extends Passage {
  sourceId: string;
  /** The source's name. */
  source: string;
  /** Which of its source's passages, from 0. */
  ordinal: number;
  /** Higher is better; comparable within one result only. */
  score: number;
  /** What of the question it holds, and how much each adds to its score by words; most first. */
  words: { word: string; score: number }[];
  /** How near its meaning is to the question's, 1 at most; `null` where that was not looked at. */
  similarity: number | null;
  /** The knowledge base that it is from, whose `score` is of its own kind; absent where the bot's own sources have it. */
  knowledgeBaseId?: string | undefined;
}

export interface Retrieved {
  /** That the bot's own sources were searched by. */
  engine: Engine;
  /** Best first. */
  passages: Found[];
  /** What put them into this order in the end, and gave them their `score`; absent where nothing did. */
  reranked?: string;
  /** What was asked for and did not take part, in sentences for the owner. */
  problems?: string[];
}

/** Finds the passages of a bot's knowledge that answer a question. */
export interface Retriever {
  /**
   * @param limit passages at most.
   * @param knowledgeBaseId a knowledge base that is asked beside the bot's own sources.
   * @throws StoreUnavailable
   */
  search(
    botId: string,
    question: string,
    limit: number,
    knowledgeBaseId?: string | null,
  ): Promise<Retrieved>;
}
