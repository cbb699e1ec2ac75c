const opening = /^\s*<(think|thinking|thought|reasoning)>\s*/i;
/** What may still become {@link opening}: white space and the beginning of a tag. */
const openingMaybe = /^\s*(?:<[a-z]{0,9})?$/i;

export interface SplitText {
  type: "text" | "reasoning";
  text: string;
}

/**
 * Tells a model's thoughts from its answer where the server leaves both in one text:
 * `<think>…</think>` at the very beginning. Later on, a tag is something the model talks about.
 */
export class ThinkTags {
  #state: "start" | "thinking" | "gap" | "text" = "start";
  /** Not yet said: it may belong to a tag that arrives in pieces. */
  #held = "";
  #closing = "";

  *read(piece: string): Generator<SplitText> {
    this.#held += piece;
    if (this.#state === "start") this.#begin();
    if (this.#state === "thinking") yield* this.#think();
    if (this.#state === "gap") {
      this.#held = this.#held.trimStart();
      if (this.#held !== "") this.#state = "text";
    }
    if (this.#state === "text") yield* this.#take("text", this.#held.length);
  }

  /** What was held back, when nothing follows. */
  *end(): Generator<SplitText> {
    yield* this.#take(this.#state === "thinking" ? "reasoning" : "text", this.#held.length);
  }

  #begin(): void {
    const match = opening.exec(this.#held);
    if (match) {
      this.#closing = `</${match[1]?.toLowerCase()}>`;
      this.#held = this.#held.slice(match[0].length);
      this.#state = "thinking";
    } else if (!openingMaybe.test(this.#held)) {
      this.#state = "text";
    }
  }

  *#think(): Generator<SplitText> {
    const at = this.#held.search(new RegExp(this.#closing, "i"));
    if (at < 0) {
      yield* this.#take("reasoning", this.#held.length - heldBack(this.#held, this.#closing));
      return;
    }
    yield* this.#take("reasoning", at);
    this.#held = this.#held.slice(this.#closing.length);
    this.#state = "gap";
  }

  *#take(type: SplitText["type"], length: number): Generator<SplitText> {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    if (text !== "") yield { type, text };
  }
}

/** How many characters at the end of `text` are a beginning of `tag`. */
function heldBack(text: string, tag: string): number {
  const end = text.toLowerCase();
  for (let length = Math.min(tag.length - 1, end.length); length > 0; length--) {
    if (end.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
