/** Vectors in bytes: each number as a share of its vector's greatest, of which there are 127 steps. */
export class VectorRows {
  readonly dimensions: number;
  readonly rows: Int8Array;
  /** What a step is worth; 0 where there is no vector. */
  readonly scales: Float32Array;

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

  /** How near each is to a question's vector: 1 the same direction, 0 none at all or no vector. */
  similarities(question: Float32Array): Float32Array {
    const { dimensions, rows, scales } = this;
    const length = Math.hypot(...question) || 1;
    const similarities = new Float32Array(scales.length);
    if (question.length !== dimensions) return similarities;
    for (let at = 0; at < scales.length; at++) {
      let sum = 0;
      const from = at * dimensions;
      for (let i = 0; i < dimensions; i++) sum += (rows[from + i] ?? 0) * (question[i] ?? 0);
      similarities[at] = (sum * (scales[at] ?? 0)) / length;
    }
    return similarities;
  }
}
