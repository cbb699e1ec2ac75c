/** Of each list; what is further down is not near enough to be compared. */
export const fusedMax = 100;
/** Of both lists, how much meaning counts; words have the rest. */
const meaningWeight = 0.65;

export interface Scored {
  passage: number;
  score: number;
}

/**
 * One list of two, by a convex combination of their scores, each scaled to its own least and
 * greatest one (Bruch, Gai, Ingber: An Analysis of Fusion Functions for Hybrid Retrieval, 2023). By
 * ranks alone a much better list would be drawn down to the other.
 */
export function fuse(words: readonly Scored[], meaning: readonly Scored[]): Scored[] {
  const scores = new Map<number, number>();
  for (const [list, weight] of [
    [words, 1 - meaningWeight] as const,
    [meaning, meaningWeight] as const,
  ]) {
    const all = list.map(({ score }) => score);
    const least = Math.min(...all);
    const range = Math.max(...all) - least;
    for (const { passage, score } of list) {
      const scaled = range > 0 ? (score - least) / range : 1;
      scores.set(passage, (scores.get(passage) ?? 0) + weight * scaled);
    }
  }
  return [...scores]
    .map(([passage, score]) => ({ passage, score }))
    .sort((a, b) => b.score - a.score || a.passage - b.passage);
}
