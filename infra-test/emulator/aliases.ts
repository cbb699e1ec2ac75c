/** What the render's mocks invented, and what the emulator assigned in its place: ids, and the ARNs and URLs that hold them. */
export class Aliases {
  readonly #real = new Map<string, string>();
  #pattern: RegExp | undefined;

  add(invented: string, real: string): void {
    if (invented === real || invented === "") return;
    const known = this.#real.get(invented);
    if (known !== undefined && known !== real)
      throw new Error(
        `The mocks answered "${invented}" for two resources, which are "${known}" and "${real}": give each its own in a mocks module`,
      );
    this.#real.set(invented, real);
    this.#pattern = undefined;
  }

  /** A copy of `value` with the emulator's values in every string, inside ARNs, URLs and JSON documents too. */
  resolve<T>(value: T): T {
    if (typeof value === "string") return this.#replace(value) as T;
    if (Array.isArray(value)) return value.map((item) => this.resolve(item)) as T;
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.#replace(key), this.resolve(item)]),
    ) as T;
  }

  #replace(text: string): string {
    if (this.#real.size === 0) return text;
    this.#pattern ??= new RegExp(
      [...this.#real.keys()]
        .sort((a, b) => b.length - a.length)
        .map(word)
        .join("|"),
      "g",
    );
    return text.replace(this.#pattern, (invented) => this.#real.get(invented) ?? invented);
  }
}

/** Matches `text` where it isn't a part of a longer word. */
function word(text: string): string {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `${/^\w/.test(text) ? "(?<!\\w)" : ""}${escaped}${/\w$/.test(text) ? "(?!\\w)" : ""}`;
}
