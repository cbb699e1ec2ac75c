/**
 * Keeps the vectors of passages where they are searched too: beside the indexes of words, and not in
 * the memory of whoever asks. Each bot has an index of its own for each model.
 */
export interface VectorStore {
  /**
   * Keeps vectors under their keys, in place of those that were there before. All are of one length,
   * and none is without a direction. Makes the index where there is none yet.
   * @throws VectorStoreUnavailable
   */
  put(index: VectorIndex, vectors: readonly StoredVector[]): Promise<void>;
  /**
   * @returns those of the keys that are kept.
   * @throws VectorStoreUnavailable
   */
  known(index: VectorIndex, keys: readonly string[]): Promise<Set<string>>;
  /**
   * What is nearest to a question's vector, nearest first; nothing where there is no such index.
   * @param limit 100 at most.
   * @throws VectorStoreUnavailable
   */
  nearest(index: VectorIndex, question: Float32Array, limit: number): Promise<Near[]>;
  /** @throws VectorStoreUnavailable */
  remove(index: VectorIndex, keys: readonly string[]): Promise<void>;
  /**
   * Removes a bot's indexes with all that is in them.
   * @param but the model whose index stays.
   * @throws VectorStoreUnavailable
   */
  removeAll(botId: string, but?: string): Promise<void>;
}

export interface VectorIndex {
  botId: string;
  /** What the vectors depend on: the model, and how they are made of its answers. */
  embedderId: string;
}

export interface StoredVector {
  key: string;
  vector: Float32Array;
}

export interface Near {
  key: string;
  /** Cosine: 1 the same direction, 0 none in common. */
  similarity: number;
}

/** The store could not be reached, or refused. */
export class VectorStoreUnavailable extends Error {
  override name = "VectorStoreUnavailable";
}
