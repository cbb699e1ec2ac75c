/**
 * One form of what is written in many: compatibility forms (full width, ligatures, jamo), invisible
 * characters, digits of other scripts, and a word that was broken at a line's end.
 * Linear in the text; up to 18 times as long (NFKC of U+FDFA).
 */
export function normalise(text: string): string {
  return (
    text
      .normalize("NFKC")
      // Soft hyphens, zero-width spaces and joiners, byte order marks, directions.
      .replace(/[\p{Default_Ignorable_Code_Point}\p{EMod}]+/gu, "")
      .replace(/[‐‑‒–−]/g, "-")
      .replace(/[’‘ʼ´`＇]/g, "'")
      .replace(/(\p{L})-[ \t]*\r?\n[ \t]*(?=\p{Ll})/gu, "$1-")
      .replace(/[\p{Nd}--[0-9]]/gv, toAsciiDigit)
  );
}

/** Digits of a script are ten in a row, which begins where the one before is no digit. */
function toAsciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

const letters = new Map(
  Object.entries({
    ß: "ss",
    æ: "a",
    œ: "o",
    ø: "o",
    ł: "l",
    đ: "d",
    ð: "d",
    þ: "th",
    ı: "i",
    ħ: "h",
    ς: "σ",
    ة: "ه",
    ى: "ي",
    ـ: "",
  }),
);

/**
 * A word without what people leave out or write otherwise: marks on letters, and German and Nordic
 * letters in two (`Schlüssel`, `Schluessel`, `Schlussel`). Marks stay where they are letters of their
 * own, as in Devanagari and Thai.
 * @param word in lower case, normalised.
 */
export function fold(word: string): string {
  // Most words: nothing to take off but an umlaut written in two letters.
  const bare = /^\p{ASCII}*$/u.test(word) ? word : withoutMarks(word);
  return bare.includes("e") ? bare.replace(/([ao])e|(?<![aeq])ue/g, (_, a) => a ?? "u") : bare;
}

const withoutMarks = (word: string): string =>
  word
    .normalize("NFD")
    .replace(/(?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}])\p{M}+/gu, "")
    .replace(/[ßæœøłđðþıħςةىـ]/g, (letter) => letters.get(letter) ?? letter)
    .normalize("NFC");
