/**
 * Turns texts into vectors whose directions tell how near their meanings are.
 */
export interface Embedder {
  /** Of the model, and of all that its vectors depend on: those of another one cannot be compared. */
  readonly id: string;
  /**
   * @param kind a question and a passage that answers it may be looked at differently.
   * @returns a vector for each text, all of one length.
   * @throws EmbedderUnavailable
   */
  embed(texts: readonly string[], kind: "question" | "passage"): Promise<Float32Array[]>;
}

/** The model could not be reached, or does not answer as one. */
export class EmbedderUnavailable extends Error {
  override name = "EmbedderUnavailable";
}
