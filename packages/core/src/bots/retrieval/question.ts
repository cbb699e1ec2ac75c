import { asianStopWords } from "./stop-words.ts";
import type { Code } from "./language-codes.ts";
import { detect, isStopWord, languagesOf } from "./languages.ts";
import { fold, normalise } from "./normalise.ts";
import { termsOf, type Token, tokenise } from "./tokens.ts";

/** One thing a question asks for, and the terms any of which stand for it. */
export interface Wanted {
  /** As the question has it. */
  word: string;
  terms: string[];
  /** What it weighs, of 1. */
  share: number;
}

/** Of a longer question its beginning and its end are searched for. */
const questionLengthMax = 8_000;
const wantedMax = 512;
/** Common words that are searched for where a question has no others, and no more of them. */
const wordsAloneMax = 2;

/**
 * What to look for: the question's words without those that every question has, each once.
 * @param languages of the index: a word is looked for in the form each of them gives it.
 */
export function readQuestion(question: string, languages: readonly Code[]): Wanted[] {
  const text = shorten(question);
  const language = languageOf(text, languages);
  const shouting = !/\p{Ll}/u.test(text);
  const wanted = new Map<string, Wanted>();
  const common: Wanted[] = [];
  for (const token of tokenise(text, (word) => asianStopWords.has(word))) {
    if (wanted.size >= wantedMax) break;
    const terms = formsOf(token, languages);
    const key = terms.join(" ");
    const share = Math.max(token.share ?? 1, wanted.get(key)?.share ?? 0);
    const entry = { word: token.written ?? token.text, terms, share };
    const telling = !isCommon(token, language) || (!shouting && isAcronym(token.written));
    if (telling) wanted.set(key, entry);
    else common.push(entry);
  }
  // "May?" asks for May, and "before after" for both; what has more of them asks for none.
  return wanted.size === 0 && common.length <= wordsAloneMax ? common : [...wanted.values()];
}

function shorten(question: string): string {
  if (question.length <= questionLengthMax) return question;
  const half = questionLengthMax / 2;
  return `${question.slice(0, half)}\n${question.slice(-half)}`;
}

/** Of languages that fit a short question alike, one that the knowledge is in. */
function languageOf(question: string, languages: readonly Code[]): Code | undefined {
  const found = detect(normalise(question));
  const best = found.filter(({ hits }) => hits === found[0]?.hits);
  return (best.find(({ language }) => languages.includes(language)) ?? best[0])?.language;
}

function formsOf(token: Token, languages: readonly Code[]): string[] {
  if (token.kind === "plain") return [token.text];
  const possible = languagesOf(token.text).filter((language) => languages.includes(language));
  const forms = possible.flatMap((language) => termsOf(token.text, language));
  return [...new Set([...forms, ...termsOf(token.text, undefined)])];
}

const isCommon = ({ kind, text }: Token, language: Code | undefined): boolean =>
  kind === "plain"
    ? asianStopWords.has(text)
    : language !== undefined && isStopWord(fold(text), language);

const isAcronym = (written: string | undefined): boolean =>
  written !== undefined && /^\p{Lu}{2,}$/u.test(written);
