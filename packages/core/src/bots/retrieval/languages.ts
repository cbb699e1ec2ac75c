import { stemmer as arabic } from "@orama/stemmers/arabic";
import { stemmer as bulgarian } from "@orama/stemmers/bulgarian";
import { stemmer as danish } from "@orama/stemmers/danish";
import { stemmer as dutch } from "@orama/stemmers/dutch";
import { stemmer as english } from "@orama/stemmers/english";
import { stemmer as finnish } from "@orama/stemmers/finnish";
import { stemmer as french } from "@orama/stemmers/french";
import { stemmer as german } from "@orama/stemmers/german";
import { stemmer as greek } from "@orama/stemmers/greek";
import { stemmer as hindi } from "@orama/stemmers/indian";
import { stemmer as hungarian } from "@orama/stemmers/hungarian";
import { stemmer as indonesian } from "@orama/stemmers/indonesian";
import { stemmer as italian } from "@orama/stemmers/italian";
import { stemmer as norwegian } from "@orama/stemmers/norwegian";
import { stemmer as portuguese } from "@orama/stemmers/portuguese";
import { stemmer as romanian } from "@orama/stemmers/romanian";
import { stemmer as russian } from "@orama/stemmers/russian";
import { stemmer as spanish } from "@orama/stemmers/spanish";
import { stemmer as swedish } from "@orama/stemmers/swedish";
import { stemmer as turkish } from "@orama/stemmers/turkish";
import { stemmer as ukrainian } from "@orama/stemmers/ukrainian";
import { type Code, codes } from "./language-codes.ts";
import { fold } from "./normalise.ts";
import { questionWords, stopWordsOf } from "./stop-words.ts";

const stemmers: Record<Code, (word: string) => string> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  it: italian,
  pt: portuguese,
  nl: dutch,
  sv: swedish,
  da: danish,
  no: norwegian,
  fi: finnish,
  hu: hungarian,
  ro: romanian,
  tr: turkish,
  id: indonesian,
  ru: russian,
  uk: ukrainian,
  bg: bulgarian,
  el: greek,
  ar: arabic,
  hi: hindi,
};

/** What has a language's letters but none of its common words is taken for the most frequent one. */
const scripts: { pattern: RegExp; languages: readonly Code[] }[] = [
  {
    pattern: /\p{sc=Latin}/u,
    languages: codes.slice(0, codes.indexOf("ru")),
  },
  { pattern: /\p{sc=Cyrillic}/u, languages: ["ru", "uk", "bg"] },
  { pattern: /\p{sc=Greek}/u, languages: ["el"] },
  { pattern: /\p{sc=Arabic}/u, languages: ["ar"] },
  { pattern: /\p{sc=Devanagari}/u, languages: ["hi"] },
];

/** The languages that a word may be of, by its first letter; none where no stemmer knows its script. */
export const languagesOf = (word: string): readonly Code[] =>
  scripts.find(({ pattern }) => pattern.test(word.slice(0, 1)))?.languages ?? [];

const wordsMax = 400;

/**
 * The language of a text, by its most common words.
 * @param text normalised; its first {@link wordsMax} words tell.
 * @returns languages with how many of the text's words are common words of theirs, most first.
 */
export function detect(text: string): { language: Code; hits: number }[] {
  const counts = new Map<Code, number>();
  let words = 0;
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{M}]{1,20}/gu)) {
    if (++words > wordsMax) break;
    for (const language of languagesWith(fold(word))) {
      counts.set(language, (counts.get(language) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([language, hits]) => ({ language, hits }))
    .sort((a, b) => b.hits - a.hits || codes.indexOf(a.language) - codes.indexOf(b.language));
}

const nowhere: readonly Code[] = [];
let languagesByWord: Map<string, Code[]> | undefined;

/** The languages whose common word it is. */
function languagesWith(folded: string): readonly Code[] {
  languagesByWord ??= commonWords();
  return languagesByWord.get(folded) ?? nowhere;
}

function commonWords(): Map<string, Code[]> {
  const languages = new Map<string, Code[]>();
  for (const language of codes) {
    for (const word of new Set([...stopWordsOf(language), ...questionWords(language)].map(fold))) {
      const known = languages.get(word);
      if (known) known.push(language);
      else languages.set(word, [language]);
    }
  }
  return languages;
}

/** @param folded see {@link fold}. */
export const isStopWord = (folded: string, language: Code): boolean =>
  languagesWith(folded).includes(language);

/** Marks that a stemmer needs are still on `word`; it is in lower case. */
export const stem = (word: string, language: Code): string => stemmers[language](word);
