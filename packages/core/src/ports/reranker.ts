/** Reads a question and passages together, and says how well each answers it. */
export interface Reranker {
  /** Of the model; owners see it. */
  readonly id: string;
  /** What one question costs; nothing where absent: a server of one's own. */
  readonly price?: RerankPrice;
  /**
   * @returns how well each text answers the question, in the order of the texts; higher is better.
   * @throws RerankerUnavailable
   */
  rate(question: string, texts: readonly string[], signal: AbortSignal): Promise<number[]>;
}

export interface RerankPrice {
  /** Short name. */
  model: string;
  /** Micro-USD for a question with 100 passages at most. */
  perQuestion: number;
  version: string;
}

/** The model could not be reached, or does not answer as one. */
export class RerankerUnavailable extends Error {
  override name = "RerankerUnavailable";
}
