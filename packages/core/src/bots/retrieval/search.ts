import type { Engine } from "../../ports/index.ts";
import { bestOf } from "./best-of.ts";
import { fuse, fusedMax, type Scored } from "./fuse.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import { type Hit, searchLexical } from "./lexical-search.ts";
import type { VectorRows } from "./vectors.ts";

export interface FullHit extends Hit {
  /** `null` where there are no vectors. */
  similarity: number | null;
}

export interface Meaning {
  rows: VectorRows;
  /** The question's vector, of the same model. */
  question: Float32Array;
}

interface Asked {
  question: string;
  limit: number;
  /** Ids of sources that are not to be found. */
  without: ReadonlySet<string>;
  engine: Engine;
}

/** The passages that fit a question best, best first, by what the engine goes by. */
export function search(
  index: LexicalIndex,
  meaning: Meaning | undefined,
  { question, limit, without, engine }: Asked,
): FullHit[] {
  const byWords = searchLexical(index, question, Math.max(limit, fusedMax), without);
  if (!meaning || engine === "lexical") {
    return byWords.slice(0, limit).map((hit) => ({ ...hit, similarity: null }));
  }
  const similarities = meaning.rows.similarities(meaning.question);
  for (const [first, end] of index.rangesOf(without)) similarities.fill(0, first, end);
  const byMeaning = nearest(similarities, Math.max(limit, fusedMax));
  const best =
    engine === "vectors"
      ? byMeaning
      : fuse(byWords.slice(0, fusedMax), byMeaning.slice(0, fusedMax));
  const words = new Map(byWords.map((hit) => [hit.passage, hit.words]));
  return best.slice(0, limit).map(({ passage, score }) => ({
    passage,
    score,
    words: words.get(passage) ?? [],
    similarity: similarities[passage] ?? 0,
  }));
}

const nearest = (similarities: Float32Array, limit: number): Scored[] =>
  bestOf(similarities, limit).map((passage) => ({ passage, score: similarities[passage] ?? 0 }));
