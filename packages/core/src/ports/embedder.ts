/**
 * Turns texts into vectors whose directions tell how near their meanings are.
 */
export interface Embedder {
  /** Of the model, and of all that its vectors depend on: those of another one cannot be compared. */
  readonly id: string;
  /** What it costs; nothing where absent: a server of one's own. */
  readonly price?: EmbeddingPrice;
  /**
   * @param kind a question and a passage that answers it may be looked at differently.
   * @throws EmbedderUnavailable
   */
  embed(texts: readonly string[], kind: "question" | "passage"): Promise<Embedded>;
}

export interface Embedded {
  /** One for each text, all of one length. */
  vectors: Float32Array[];
  /** What was paid for; an estimate where the model does not say. */
  inputTokens: number;
}

export interface EmbeddingPrice {
  /** Short name. */
  model: string;
  /** Micro-USD for a million tokens. */
  input: number;
  version: string;
}

/** The model could not be reached, or does not answer as one. */
export class EmbedderUnavailable extends Error {
  override name = "EmbedderUnavailable";
}
