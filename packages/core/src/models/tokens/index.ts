/**
 * About how many tokens a text is, without the model's own tokenizer. Byte-pair vocabularies hold
 * whole words of English, syllables of other alphabets, and hardly more than single characters of
 * Chinese: an average over all of them is wrong by a factor of four.
 */
export * as Tokens from "./index.ts";

/** Tokens a character, by the first code point of a range; on the high side of today's vocabularies. */
const ranges: readonly (readonly [from: number, tokens: number])[] = [
  [0, 0.3],
  // Latin with accents, then Greek, Cyrillic, Armenian, Hebrew, Arabic and Syriac.
  [0x80, 0.5],
  [0x370, 0.6],
  // Thaana, and the scripts of India and South-East Asia.
  [0x780, 1],
  [0x1e00, 0.6],
  // Signs and symbols.
  [0x2000, 1],
  // Chinese, Japanese and Korean, with what is written among them.
  [0x2e80, 1.2],
  [0xd7b0, 1],
  [0xf900, 1.2],
  [0xfb00, 1],
  // Emoji, old scripts, and rare characters: byte by byte.
  [0x10000, 3],
];

/** Digits come one to three a token. */
const digitTokens = 0.6;

export function estimate(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0;
    if (code > 0xffff) at++;
    sum += code >= 0x30 && code <= 0x39 ? digitTokens : weightOf(code);
  }
  return Math.ceil(sum);
}

function weightOf(code: number): number {
  // Most text is in the first range.
  if (code < 0x80) return 0.3;
  let weight = 0.3;
  for (const [from, tokens] of ranges) {
    if (code < from) break;
    weight = tokens;
  }
  return weight;
}

/**
 * How much a model takes, where it has refused more: its context may be smaller than the catalog
 * says, or its tokens more than the estimate. Learnt from refusals, and forgotten little by little.
 */
export class Rooms {
  readonly #learnt = new Map<string, number>();

  /** Estimated tokens to fill at most. */
  of(modelId: string, contextTokens: number): number {
    return Math.min(contextTokens, this.#learnt.get(modelId) ?? contextTokens);
  }

  /** @param room that was filled, and was too much or not. */
  note(modelId: string, room: number, wasTooLong: boolean): void {
    if (wasTooLong) this.#learnt.set(modelId, room / 2);
    else if (this.#learnt.has(modelId)) this.#learnt.set(modelId, room * 1.1);
  }
}
