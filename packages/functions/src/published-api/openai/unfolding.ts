/**
 * A text as readers without a word for "forget that" can be given it. Where an attempt is repeated,
 * what it says anew is held back as long as it is what was said before, and readers notice nothing;
 * only where it comes out otherwise have they to be told. The same log always gives the same pieces,
 * whoever reads it and whenever.
 */
export class Unfolding {
  /** What readers have. */
  given = "";
  /** What the attempt under way has said so far. */
  #said = "";

  /** Another attempt begins. */
  restart(): void {
    this.#said = "";
  }

  /** @returns what readers are to be given; `undefined` where what they have is not so any more. */
  add(text: string): string | undefined {
    this.#said += text;
    return this.#catchUp();
  }

  /** The whole text, as it ended. @returns as {@link add} */
  end(whole: string): string | undefined {
    this.#said = whole;
    return whole.length < this.given.length ? undefined : this.#catchUp();
  }

  /** Readers have been told: they begin with nothing. @returns what they are to be given. */
  anew(): string {
    this.given = this.#said;
    return this.given;
  }

  #catchUp(): string | undefined {
    if (this.#said.startsWith(this.given)) {
      const more = this.#said.slice(this.given.length);
      this.given = this.#said;
      return more;
    }
    return this.given.startsWith(this.#said) ? "" : undefined;
  }
}
