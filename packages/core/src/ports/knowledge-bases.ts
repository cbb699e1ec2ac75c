import type { Place } from "./retriever.ts";

/** Bases of knowledge that somebody else keeps, and that bots answer from too. */
export interface KnowledgeBases {
  /**
   * @param limit passages at most, 100 at most.
   * @returns what fits the question, best first.
   * @throws KnowledgeBaseUnavailable
   */
  retrieve(knowledgeBaseId: string, question: string, limit: number): Promise<BasePassage[]>;
}

export interface BasePassage {
  /** Where it was found: an address, or an id of the base's own. */
  uri: string;
  /** What a reader knows it by. */
  source: string;
  text: string;
  place: Place;
  /** Higher is better; comparable within one result only. */
  score: number;
}

/** The base could not be asked. The message is a sentence for the owner of the bot. */
export class KnowledgeBaseUnavailable extends Error {
  override name = "KnowledgeBaseUnavailable";
}
