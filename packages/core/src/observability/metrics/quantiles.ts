import { DDSketch } from "@datadog/sketches-js";

/**
 * A distribution of milliseconds of which any quantile can be told to within its relative accuracy,
 * however many values went in, and which can be merged (DDSketch, https://arxiv.org/abs/1908.10693).
 *
 * It is kept as bytes of its own: the library's protobuf form writes every empty bin, eight bytes each.
 *
 * @example
 * const quantiles = new Quantiles();
 * quantiles.add(120);
 * quantiles.merge(bytes);
 * quantiles.at(0.99);
 */
export class Quantiles {
  readonly #sketch: DDSketch;

  /** @param relativeAccuracy the same for all that are merged. */
  constructor(relativeAccuracy = 0.005) {
    this.#sketch = new DDSketch({ relativeAccuracy });
  }

  get count(): number {
    return this.#sketch.zeroCount + this.#sketch.store.count;
  }

  /** @param ms not negative. */
  add(ms: number): void {
    this.#sketch.accept(Math.max(0, ms));
  }

  /** @param bytes of another one's {@link encode}. */
  merge(bytes: Uint8Array): void {
    const { store } = this.#sketch;
    const numbers = readNumbers(bytes);
    this.#sketch.zeroCount += numbers[0] ?? 0;
    let key = 0;
    for (let i = 1; i + 1 < numbers.length; i += 2) {
      key += unfold(numbers[i] ?? 0);
      store.add(key, numbers[i + 1] ?? 0);
    }
    this.#sketch.count = this.count;
  }

  /**
   * The least value that this share of all values, from 0 to 1, does not exceed (nearest rank); `null`
   * where nothing went in. The library's own ranks are rounded down: of three values the second would
   * be the 99th percentile.
   */
  at(quantile: number): number | null {
    const { store, mapping, zeroCount } = this.#sketch;
    if (this.count === 0) return null;
    // 0.07 * 100 is a little more than 7.
    const rank = Math.max(0, Math.ceil(quantile * this.count - 1e-9) - 1);
    return rank < zeroCount ? 0 : mapping.value(store.keyAtRank(rank - zeroCount));
  }

  encode(): Uint8Array {
    const { store, zeroCount } = this.#sketch;
    const numbers = [zeroCount];
    let last = 0;
    store.bins.forEach((count, index) => {
      if (count === 0) return;
      const key = index + store.offset;
      numbers.push(fold(key - last), count);
      last = key;
    });
    return writeNumbers(numbers);
  }
}

/** Small numbers of either sign as small numbers without one. */
const fold = (n: number): number => (n < 0 ? -2 * n - 1 : 2 * n);
const unfold = (n: number): number => (n % 2 === 0 ? n / 2 : -(n + 1) / 2);

/** Seven bits to a byte, the lowest first. By division: counts may be above 32 bits. */
function writeNumbers(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let rest of numbers) {
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

function readNumbers(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0;
  let place = 1;
  for (const byte of bytes) {
    value += (byte % 128) * place;
    place *= 128;
    if (byte >= 128) continue;
    numbers.push(value);
    value = 0;
    place = 1;
  }
  return numbers;
}
