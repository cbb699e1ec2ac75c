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
  const searched = wanted.flatMap(({ word, terms }): (Searched & { weight: number })[] => {
    const forms = terms.flatMap((term) => {
      const entry = index.find(term);
      return entry ? [{ entry, weight: rarity(total, entry.passages) }] : [];
    });
    if (forms.length === 0) return [];
    return [{ word, forms, weight: Math.max(...forms.map(({ weight }) => weight)) }];
  });
  return searched.sort((x, y) => y.weight - x.weight).slice(0, searchedMax);
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

/** The places of the highest scores above zero, highest first: a heap whose root is the least of them. */
function bestOf(scores: Float32Array, limit: number): number[] {
  const heap: number[] = [];
  const before = (x: number, y: number): boolean => {
    const difference = (scores[x] ?? 0) - (scores[y] ?? 0);
    return difference < 0 || (difference === 0 && x > y);
  };
  for (let passage = 0; passage < scores.length; passage++) {
    if ((scores[passage] ?? 0) <= 0) continue;
    if (heap.length < limit) {
      heap.push(passage);
      rise(heap, before);
    } else if (heap[0] !== undefined && before(heap[0], passage)) {
      heap[0] = passage;
      sink(heap, before);
    }
  }
  return heap.sort((x, y) => (before(x, y) ? 1 : -1));
}

type Before = (x: number, y: number) => boolean;

function rise(heap: number[], before: Before): void {
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!swapIf(heap, at, parent, before)) return;
    at = parent;
  }
}

function sink(heap: number[], before: Before): void {
  for (let at = 0; ; ) {
    const left = 2 * at + 1;
    const right = left + 1;
    const [x, y] = [heap[left], heap[right]];
    if (x === undefined) return;
    const child = y !== undefined && before(y, x) ? right : left;
    if (!swapIf(heap, child, at, before)) return;
    at = child;
  }
}

/** Puts what belongs nearer to the root there. */
function swapIf(heap: number[], child: number, parent: number, before: Before): boolean {
  const [x, y] = [heap[child], heap[parent]];
  if (x === undefined || y === undefined || !before(x, y)) return false;
  heap[child] = y;
  heap[parent] = x;
  return true;
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
