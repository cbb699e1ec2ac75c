/**
 * Some servers cut their text between the two halves of a surrogate pair: the halves are put together
 * again, and one that stays alone becomes U+FFFD, as it is no text that could be encoded.
 */
export class WholeCharacters {
  #half = "";

  read(piece: string): string {
    const text = this.#half + piece;
    const last = text.charCodeAt(text.length - 1);
    this.#half = last >= 0xd800 && last <= 0xdbff ? text.charAt(text.length - 1) : "";
    return text.slice(0, text.length - this.#half.length).toWellFormed();
  }

  end(): string {
    const half = this.#half;
    this.#half = "";
    return half.toWellFormed();
  }
}
