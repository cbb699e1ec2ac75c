import type { Code } from "./language-codes.ts";
import { languagesOf, stem } from "./languages.ts";
import { fold, normalise } from "./normalise.ts";

/**
 * A stretch of a text that one term or several stand for.
 * `word`: letters of one script, to be stemmed. `plain`: ids, numbers, symbols and parts of unbroken
 * scripts, taken as they are.
 */
export interface Token {
  kind: "word" | "plain";
  /** In lower case; a word has its marks still, a plain token is folded. */
  text: string;
  /** As it was written, where a reader may tell more from it (`IT` is not `it`). */
  written?: string;
  /** How much of a word it counts for in a question, where several stand for the same one. */
  share?: number;
}

/** What is longer is data rather than a word: its beginning stands for it, in texts and in questions. */
const wordLengthMax = 64;
/** Parts of one id, path or address; what follows is left out of its whole. */
const partsMax = 12;
/** Characters of one unbroken run that are segmented together. */
const runLengthMax = 2_000;

const unbroken = String.raw`\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー々〆\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Hang}`;
const letter = String.raw`[[\p{L}\p{M}\p{N}_]--[${unbroken}]]`;
/**
 * In this order: Chinese and Japanese; Thai, Lao, Khmer, Burmese; Korean; words, with what holds ids,
 * numbers, addresses and code together; symbols.
 */
const scanner = new RegExp(
  [
    String.raw`(?<ideographs>[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー々〆]+)`,
    String.raw`(?<spaceless>[\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]+)`,
    String.raw`(?<hangul>\p{sc=Hang}+)`,
    String.raw`(?<word>${letter}+(?:(?:[\-.'@:\/\\&+#~%=?]|:\/\/|(?<=\d),(?=\d))${letter}+)*(?:\+\+|#)?)`,
    String.raw`(?<symbol>[\p{RI}]{2}|[[\p{Sc}\p{Sm}\p{So}\p{Extended_Pictographic}]--[\x00-\x7f]])`,
  ].join("|"),
  "gv",
);

/** Digits in groups, as telephone numbers and large numbers are written. */
const groupedDigits = /\+?\(?\d(?:[ ()./-]{0,2}\d){5,19}/g;

const segmenter = new Intl.Segmenter("und", { granularity: "word" });
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** The tokens of a text, in order. Linear in the text, whatever it is made of. */
export function* tokenise(
  raw: string,
  omit: (word: string) => boolean = () => false,
): Generator<Token> {
  const text = normalise(raw);
  for (const { groups = {} } of text.matchAll(scanner)) {
    const { ideographs, spaceless, hangul, word, symbol } = groups;
    if (word !== undefined) yield* compound(word);
    else if (ideographs !== undefined)
      yield* unbrokenRun(ideographs, { pairs: ideographPairs, omit });
    else if (spaceless !== undefined) yield* unbrokenRun(spaceless, { pairs: graphemePairs, omit });
    else if (hangul !== undefined) yield* particled(hangul);
    else if (symbol !== undefined) yield plain(symbol);
  }
  for (const [digits] of text.matchAll(groupedDigits)) {
    if (/\D/.test(digits.slice(1))) yield* joined(digits.replace(/\D/g, ""));
  }
}

const plain = (text: string): Token => ({ kind: "plain", text: start(text) });
/** Well formed: half a character would not come back from the index as it went in. */
const start = (text: string): string => text.slice(0, wordLengthMax).toWellFormed();

const codePoints = (text: string): string[] => Array.from(text);

/**
 * Words as the segmenter cuts them, and pairs of neighbouring characters: what the segmenter does not
 * know falls apart in its hands, and what it knows pairs alone find too often.
 * @param omit words that leave nothing, and part what is on either side of them.
 */
function* unbrokenRun(run: string, { pairs, omit }: Unbroken): Generator<Token> {
  for (let at = 0; at < run.length; at += runLengthMax) {
    let span = "";
    for (const { segment } of segmenter.segment(run.slice(at, at + runLengthMax))) {
      if (omit(segment)) {
        yield* pairs(span);
        span = "";
        continue;
      }
      span += segment;
      yield plain(segment);
    }
    yield* pairs(span);
  }
}

interface Unbroken {
  pairs: (span: string) => Iterable<Token>;
  omit: (word: string) => boolean;
}

const ideographRuns = /(?<han>[\p{sc=Han}々〆]+)|(?<katakana>[\p{sc=Kana}ー]{2,})/gu;

/**
 * Pairs within Chinese characters and within katakana. Pairs of hiragana are endings and particles, and
 * a character by itself is mostly a verb without its ending: 戻す, 戻し.
 */
function* ideographPairs(span: string): Generator<Token> {
  for (const [run] of span.matchAll(ideographRuns)) {
    const characters = Array.from(run);
    if (characters.length === 1) yield plain(run);
    const pairs = pairsOf(characters);
    if (/^\p{sc=Han}/u.test(run)) yield* pairs;
    // A long word in katakana is one, however many pairs it has.
    else
      for (const pair of pairs) yield { ...pair, share: Math.min(1, 2 / (characters.length - 1)) };
  }
}

const graphemesOf = (text: string): string[] =>
  Array.from(graphemes.segment(text), ({ segment }) => segment);

const graphemePairs = (span: string): Iterable<Token> => pairsOf(graphemesOf(span));

function* pairsOf(characters: readonly string[]): Generator<Token> {
  for (let i = 0; i + 1 < characters.length; i++)
    yield plain(`${characters[i]}${characters[i + 1]}`);
}

/** A Korean word carries its particle at its end: the pairs of its syllables are found without. */
function* particled(word: string): Generator<Token> {
  const syllables = codePoints(word.slice(0, runLengthMax));
  if (syllables.length !== 2) yield plain(word);
  yield* pairsOf(syllables);
}

/**
 * A word, or an id, path, address or number of several parts: each part, neighbours together, and
 * the whole, without what was between them (`INV-10024`, `inv10024`; `e-mail`, `email`).
 */
function* compound(written: string): Generator<Token> {
  if (/^.{1,20}(?:\+\+|#)$/.test(written)) yield plain(written.toLowerCase());
  const parts = written.split(/[^\p{L}\p{M}\p{N}]+/u).filter((part) => part !== "");
  for (const part of parts) yield* simple(part, parts.length === 1 ? written : part);
  if (parts.length < 2 || parts.length > partsMax) return;
  const lower = parts.map((part) => part.toLowerCase());
  if (lower.length > 2) {
    for (let i = 0; i + 1 < lower.length; i++) yield plain(`${lower[i]}${lower[i + 1]}`);
  }
  const whole = lower.join("");
  yield /\p{N}/u.test(whole) ? plain(whole) : { kind: "word", text: start(whole) };
  for (const date of datesOf(lower)) yield plain(date);
}

/** `maxTokens` is two words, `win10` a word and a number, and both are one name too. */
function* simple(part: string, written: string): Generator<Token> {
  const text = start(part.toLowerCase());
  if (!/\p{N}/u.test(text)) {
    yield { kind: "word", text, written };
    if (part.length > 40) return;
    const humps = part.split(/(?<=\p{Ll})(?=\p{Lu})/u);
    if (humps.length > 1) {
      for (const hump of humps) yield { kind: "word", text: hump.toLowerCase() };
    }
    return;
  }
  yield plain(text);
  const mixed = /^(?:(\p{L}{1,20})(\d{1,20})|(\d{1,20})(\p{L}{1,20}))$/u.exec(text);
  if (mixed) {
    const [, word, number, count, unit] = mixed;
    yield { kind: "word", text: word ?? unit ?? "" };
    yield plain(number ?? count ?? "");
  } else if (/^\d{9,}$/.test(text)) yield plain(lineNumber(text));
}

/** A number in groups as one, and without what only calls from afar begin with. */
function* joined(digits: string): Generator<Token> {
  yield plain(digits);
  if (digits.length >= 9) yield plain(lineNumber(digits));
}

const lineNumber = (digits: string): string => `…${digits.slice(-7)}`;

/** A date of three numbers as `yyyymmdd`; both ways where day and month could be either. */
function datesOf(parts: readonly string[]): string[] {
  const [a = "", b = "", c = ""] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^\d{1,4}$/.test(part))) return [];
  if (a.length === 4) return dateOf(a, b, c);
  if (c.length !== 4) return [];
  return [...dateOf(c, b, a), ...dateOf(c, a, b)];
}

function dateOf(year: string, month: string, day: string): string[] {
  const valid = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  return valid ? [`${year}${month.padStart(2, "0")}${day.padStart(2, "0")}`] : [];
}

/**
 * The terms that stand for a word: its stem, and the stem of its bare letters where those differ, for
 * whoever leaves accents out. One that no stemmer knows stands for itself.
 */
export function termsOf(word: string, language: Code | undefined): string[] {
  const bare = fold(word);
  if (language === undefined || word.length < 3) return [bare];
  const stemmed = fold(stem(word, language));
  const stemmedBare = word === bare ? stemmed : fold(stem(bare, language));
  const terms = stemmed === stemmedBare ? [stemmed] : [stemmed, stemmedBare];
  return terms.map((term) => term || bare);
}

/** The language to stem a word by in a text of `language`: a foreign script has its own. */
export function languageFor(word: string, language: Code | undefined): Code | undefined {
  const possible = languagesOf(word);
  return language !== undefined && possible.includes(language) ? language : possible[0];
}
