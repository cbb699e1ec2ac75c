/** Vectors in bytes: each number as a share of its vector's greatest, of which there are 127 steps. */
export class VectorRows {
  readonly dimensions: number;
  readonly rows: Int8Array;
  /** What a step is worth; 0 where there is no vector. */
  readonly scales: Float32Array;
  #common: { mean: Float32Array; lengths: Float32Array } | undefined;

  constructor(dimensions: number, rows: Int8Array, scales: Float32Array) {
    this.dimensions = dimensions;
    this.rows = rows;
    this.scales = scales;
  }

  static of(count: number, dimensions: number): VectorRows {
    return new VectorRows(dimensions, new Int8Array(count * dimensions), new Float32Array(count));
  }

  /** Its direction only: lengths do not matter. One that is no direction is left out. */
  set(at: number, vector: Float32Array): void {
    const length = Math.hypot(...vector);
    if (vector.length !== this.dimensions || !Number.isFinite(length) || length === 0) return;
    let greatest = 0;
    for (const value of vector) greatest = Math.max(greatest, Math.abs(value));
    for (let i = 0; i < vector.length; i++) {
      this.rows[at * this.dimensions + i] = Math.round(((vector[i] ?? 0) / greatest) * 127);
    }
    this.scales[at] = greatest / length / 127;
  }

  copy(at: number, from: VectorRows, other: number): void {
    const { dimensions } = this;
    const row = from.rows.subarray(other * dimensions, (other + 1) * dimensions);
    this.rows.set(row, at * dimensions);
    this.scales[at] = from.scales[other] ?? 0;
  }

  has = (at: number): boolean => (this.scales[at] ?? 0) > 0;

  /**
   * How near each is to a question's vector: 1 the same direction, 0 none at all or no vector.
   * @param share how much of what all of them have in common is taken away from each before: a
   * question without what questions have in common is to be compared with such.
   */
  similarities(question: Float32Array, share = 0): Float32Array {
    const { dimensions, rows, scales } = this;
    const length = Math.hypot(...question) || 1;
    const similarities = new Float32Array(scales.length);
    if (question.length !== dimensions) return similarities;
    const { mean, lengths } = share > 0 ? this.#inCommon(share) : {};
    const ofMean = mean ? dot(mean, question) : 0;
    for (let at = 0; at < scales.length; at++) {
      const scale = scales[at] ?? 0;
      if (scale === 0) continue;
      let sum = 0;
      const from = at * dimensions;
      for (let i = 0; i < dimensions; i++) sum += (rows[from + i] ?? 0) * (question[i] ?? 0);
      similarities[at] = (sum * scale - ofMean) / (lengths?.[at] ?? 1) / length;
    }
    return similarities;
  }

  /** The share of their mean, and how long each is without it. Reckoned once: rows do not change any more. */
  #inCommon(share: number): { mean: Float32Array; lengths: Float32Array } {
    if (this.#common) return this.#common;
    const { dimensions, rows, scales } = this;
    const mean = new Float32Array(dimensions);
    const count = scales.reduce((sum, scale) => sum + (scale > 0 ? 1 : 0), 0) || 1;
    for (let at = 0; at < scales.length; at++) {
      const weight = ((scales[at] ?? 0) * share) / count;
      const from = at * dimensions;
      for (let i = 0; i < dimensions; i++)
        mean[i] = (mean[i] ?? 0) + (rows[from + i] ?? 0) * weight;
    }
    const ofMean = dot(mean, mean);
    const lengths = scales.map((scale, at) => {
      let sum = 0;
      const from = at * dimensions;
      for (let i = 0; i < dimensions; i++) sum += (rows[from + i] ?? 0) * (mean[i] ?? 0);
      // Of a vector whose length is 1: |x - m|² = 1 - 2 x·m + |m|².
      return Math.sqrt(Math.max(1e-6, 1 - 2 * sum * scale + ofMean));
    });
    this.#common = { mean, lengths };
    return this.#common;
  }
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
