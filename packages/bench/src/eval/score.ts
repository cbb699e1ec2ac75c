/** Share of questions of which a right section is among the first five. */
const recallDepth = 5;
/** A right section beyond the tenth is as good as none. */
const reciprocalDepth = 10;

export interface Ranked {
  gold: readonly string[];
  /** Best first, each once. */
  sections: readonly string[];
}

/** Recall@5, and the mean of the reciprocal rank of the first right section (MRR@10). */
export function score(ranked: readonly Ranked[]): { recall: number; reciprocal: number } {
  let found = 0;
  let reciprocal = 0;
  for (const { gold, sections } of ranked) {
    const rank = sections.findIndex((section) => gold.includes(section)) + 1;
    if (rank > 0 && rank <= recallDepth) found += 1;
    if (rank > 0 && rank <= reciprocalDepth) reciprocal += 1 / rank;
  }
  const count = Math.max(1, ranked.length);
  return { recall: found / count, reciprocal: reciprocal / count };
}
