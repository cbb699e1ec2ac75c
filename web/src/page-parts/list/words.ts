/** As texts are compared: without case and accents. */
export const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{Mn}/gu, "")
    .toLocaleLowerCase();

/** Whether a text has every word that was typed, in any order and as parts of its own words. */
export function hasEveryWord(text: string, typed: string): boolean {
  const folded = fold(text);
  return fold(typed)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}
