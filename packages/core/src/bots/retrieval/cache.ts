/** Values that are costly to load, the ones used last, up to a size in all. */
export class SizedCache<T> {
  readonly #entries = new Map<string, { value: Promise<T>; size: number }>();
  readonly #sizeMax: number;
  readonly #sizeOf: (value: T) => number;
  #size = 0;

  constructor(sizeMax: number, sizeOf: (value: T) => number) {
    this.#sizeMax = sizeMax;
    this.#sizeOf = sizeOf;
  }

  /** Loads what is not there. Whoever asks meanwhile waits for the same; a failure is not kept. */
  get(name: string, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(name);
    if (known) {
      this.#entries.delete(name);
      this.#entries.set(name, known);
      return known.value;
    }
    const entry = { value: load(), size: 0 };
    this.#entries.set(name, entry);
    entry.value.then(
      (value) => this.#settle(name, entry, this.#sizeOf(value)),
      () => this.delete(name),
    );
    return entry.value;
  }

  delete(name: string): void {
    this.#size -= this.#entries.get(name)?.size ?? 0;
    this.#entries.delete(name);
  }

  #settle(name: string, entry: { size: number }, size: number): void {
    if (this.#entries.get(name) !== entry) return;
    entry.size = size;
    this.#size += size;
    // The newest stays, however large it is.
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#sizeMax || this.#entries.size === 1) return;
      if (oldest !== name) this.delete(oldest);
    }
  }
}
