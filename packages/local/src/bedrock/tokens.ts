/**
 * The demo model's tokens. One token is a word (a run of letters, digits and combining marks, or 64
 * characters of one), a single Chinese or Japanese character, or a single other visible character,
 * each together with the white space before it; white space at the very end is a token of its own.
 */
const token =
  /\s*(?:[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[[\p{L}\p{N}\p{M}]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]]{1,64}|\S)|\s+$/gv;

/** Put together again they are the text; none ends inside a code point. */
export const tokenise = (text: string): string[] => text.match(token) ?? [];

export const countTokens = (text: string): number => tokenise(text).length;
