import { bestOf } from "./best-of.ts";
import type { Entry, LexicalIndex } from "./lexical-index.ts";
import { readQuestion, type Wanted } from "./question.ts";

/** A passage that fits, and why. */
export interface Hit {
  /** Its number in the index. */
  passage: number;
  score: number;
  /** What of the question it holds, and how much each adds to the score; most first. */
  words: { word: string; score: number }[];
}

/** BM25, as in Robertson and Zaragoza, The Probabilistic Relevance Framework (2009). */
const k1 = 1.2;
const b = 0.75;

/** What is searched for at most: of more, what is rare, for it tells more. */
const searchedMax = 64;
/**
 * Passages looked at for all of them together. Beyond it the most common words are left out, which
 * would hardly change an order; the rarest is always looked for.
 */
const postingsMax = 150_000;

interface Searched {
  word: string;
  forms: { entry: Entry; weight: number }[];
}

/**
 * The passages that fit a question best, best first; of equals, the earlier one.
 * @param without ids of sources that are not to be found.
 */
export function searchLexical(
  index: LexicalIndex,
  question: string,
  limit: number,
  without: ReadonlySet<string> = new Set(),
): Hit[] {
  const searched = lookUp(index, readQuestion(question, index.header.languages));
  const scores = new Float32Array(index.header.passages);
  for (const item of searched) {
    eachScore(index, item, (passage, score) => {
      scores[passage] = (scores[passage] ?? 0) + score;
    });
  }
  for (const [first, end] of index.rangesOf(without)) scores.fill(0, first, end);
  const best = bestOf(scores, limit);
  const words = explain(index, searched, new Set(best));
  return best.map((passage) => ({
    passage,
    score: scores[passage] ?? 0,
    words: words.get(passage) ?? [],
  }));
}

function lookUp(index: LexicalIndex, wanted: readonly Wanted[]): Searched[] {
  const total = index.header.passages;
  const searched = wanted.flatMap(({ word, terms, share }): (Searched & { weight: number })[] => {
    const forms = terms.flatMap((term) => {
      const entry = index.find(term);
      return entry ? [{ entry, weight: share * rarity(total, entry.passages) }] : [];
    });
    if (forms.length === 0) return [];
    return [{ word, forms, weight: Math.max(...forms.map(({ weight }) => weight)) }];
  });
  let postings = 0;
  return searched
    .sort((x, y) => y.weight - x.weight)
    .slice(0, searchedMax)
    .filter(({ forms }, i) => {
      postings += forms.reduce((sum, { entry }) => sum + entry.passages, 0);
      return i === 0 || postings <= postingsMax;
    });
}

const rarity = (total: number, passages: number): number =>
  Math.log(1 + (total - passages + 0.5) / (passages + 0.5));

/** A passage that holds a word in several forms is worth its best one. */
function eachScore(
  index: LexicalIndex,
  { forms }: Searched,
  visit: (passage: number, score: number) => void,
): void {
  const { passages, tokens } = index.header;
  const average = tokens / Math.max(1, passages);
  const scoreOf = (passage: number, count: number, weight: number): number => {
    const length = index.lengths[passage] ?? 0;
    return (weight * count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / average));
  };
  const [only] = forms;
  if (forms.length === 1 && only) {
    index.each(only.entry, (passage, count) =>
      visit(passage, scoreOf(passage, count, only.weight)),
    );
    return;
  }
  const best = new Map<number, number>();
  for (const { entry, weight } of forms) {
    index.each(entry, (passage, count) => {
      const score = scoreOf(passage, count, weight);
      if (score > (best.get(passage) ?? 0)) best.set(passage, score);
    });
  }
  for (const [passage, score] of best) visit(passage, score);
}

function explain(
  index: LexicalIndex,
  searched: readonly Searched[],
  passages: ReadonlySet<number>,
): Map<number, Hit["words"]> {
  const words = new Map<number, Hit["words"]>();
  for (const item of searched) {
    eachScore(index, item, (passage, score) => {
      if (!passages.has(passage)) return;
      const known = words.get(passage) ?? [];
      known.push({ word: item.word, score });
      words.set(passage, known);
    });
  }
  for (const list of words.values()) list.sort((x, y) => y.score - x.score);
  return words;
}
