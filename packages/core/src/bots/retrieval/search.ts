import type { Engine } from "../../ports/index.ts";
import { fuse, fusedMax } from "./fuse.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import { type Hit, searchLexical } from "./lexical-search.ts";
import type { Meaning } from "./meaning.ts";

export interface FullHit extends Hit {
  /** `null` where there are no vectors. */
  similarity: number | null;
}

interface Asked {
  question: string;
  limit: number;
  /** Ids of sources that are not to be found. */
  without: ReadonlySet<string>;
  engine: Engine;
}

/** Of each list what is looked at, where this many are asked for. */
export const consideredOf = (limit: number): number => Math.max(limit, fusedMax);

/** The passages that fit a question best, best first, by what the engine goes by. */
export function search(
  index: LexicalIndex,
  meaning: Meaning | undefined,
  { question, limit, without, engine }: Asked,
): FullHit[] {
  const byWords = searchLexical(index, question, consideredOf(limit), without);
  if (!meaning || engine === "lexical") {
    return byWords.slice(0, limit).map((hit) => ({ ...hit, similarity: null }));
  }
  const best =
    engine === "vectors"
      ? meaning.nearest
      : fuse(byWords.slice(0, fusedMax), meaning.nearest.slice(0, fusedMax));
  const words = new Map(byWords.map((hit) => [hit.passage, hit.words]));
  return best.slice(0, limit).map(({ passage, score }) => ({
    passage,
    score,
    words: words.get(passage) ?? [],
    similarity: meaning.similarityOf(passage),
  }));
}
