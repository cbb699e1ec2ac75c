import type { Near } from "../../ports/index.ts";
import { bestOf } from "./best-of.ts";
import type { Scored } from "./fuse.ts";
import type { LexicalIndex } from "./lexical-index.ts";
import type { VectorRows } from "./vectors.ts";

/** How near passages are to what a question means. */
export interface Meaning {
  /** Nearest first. */
  nearest: Scored[];
  /** `null` where nobody looked. */
  similarityOf(passage: number): number | null;
}

/**
 * Of the vectors in the index, each compared.
 * @param asked the question's vector, and the share of what all have in common that it is without.
 */
export function meaningByRows(
  index: LexicalIndex,
  rows: VectorRows,
  asked: { question: Float32Array; share: number; limit: number; without: Set<string> },
): Meaning {
  const { question, share, limit, without } = asked;
  const similarities = rows.similarities(question, share);
  for (const [first, end] of index.rangesOf(without)) similarities.fill(0, first, end);
  const nearest = bestOf(similarities, limit).map((passage) => ({
    passage,
    score: similarities[passage] ?? 0,
  }));
  return { nearest, similarityOf: (passage) => similarities[passage] ?? 0 };
}

/** Of what a store found. What the index does not have any more, or not yet, is left out. */
export function meaningByStore(
  index: LexicalIndex,
  found: readonly Near[],
  without: ReadonlySet<string>,
): Meaning {
  const similarities = new Map<number, number>();
  for (const { key, similarity } of found) {
    const [sourceId = "", version = "", ordinal] = key.split("/");
    if (without.has(sourceId)) continue;
    const passage = index.passageOf({ sourceId, version }, Number(ordinal));
    if (passage !== undefined) similarities.set(passage, similarity);
  }
  const nearest = [...similarities].map(([passage, score]) => ({ passage, score }));
  return { nearest, similarityOf: (passage) => similarities.get(passage) ?? null };
}
