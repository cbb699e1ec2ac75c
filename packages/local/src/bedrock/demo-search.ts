import MiniSearch from "minisearch";

/** A sentence that may be quoted. */
export interface Candidate {
  /** Where it is from: a passage's source, or `you` for an earlier user turn. */
  source: string;
  text: string;
  heading: string;
  /** Multiplies its score. */
  weight: number;
}

export interface Found {
  candidate: Candidate;
  score: number;
}

const stopWords = new Set(
  (
    "a about above after again all also am an and any are as at be because been before being but by " +
    "can could did do does doing don else ever for from get give had has have having he her here hers " +
    "him his how i if in into is it its just know let like made make many may me mean might more most " +
    "much must my need no not now of off on one ones only or other our out over own please quite said " +
    "same say says second shall she should show so some such tell than that the their them then there " +
    "these they thing things third this those to too under up us use used very want was we were what " +
    "when where which while who whom whose why will with would you your yours first last earlier"
  ).split(" "),
);

/** Enough of a stemmer that "publishing", "published" and "publishes" meet. */
function stem(word: string): string {
  if (word.length < 5) return word.length === 4 ? word.replace(/([^s])s$/, "$1") : word;
  const bare = word
    .replace(/(?:'s|’s)$/, "")
    .replace(/ies$/, "y")
    .replace(/(?:ings?|ed|es|ers?|s)$/, "");
  const undoubled = bare.replace(/([bdgmnprt])\1$/, "$1").replace(/e$/, "");
  return undoubled.length >= 3 ? undoubled : word;
}

/** What is longer is data rather than a word, and fuzzy matching costs its length squared. */
const wordLengthMax = 64;

/** What a text is about: its words without stop words, stemmed. Each once, in order. */
export function termsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu) ?? [];
  const telling = words.filter((word) => word.length <= wordLengthMax && !stopWords.has(word));
  return [...new Set(telling.map(stem))];
}

/** Below this share of the question's terms a hit is chance, not an answer. */
const coverageMin = 0.4;

/**
 * Best first; of equals, the earlier one.
 * @param terms the question's terms and how much each counts.
 */
export function search(candidates: Candidate[], terms: Map<string, number>): Found[] {
  const index = new MiniSearch<{ id: number; text: string; heading: string }>({
    fields: ["text", "heading"],
    tokenize: termsOf,
    processTerm: (term) => term,
  });
  index.addAll(candidates.map(({ text, heading }, id) => ({ id, text, heading })));
  const wanted = [...terms.values()].reduce((sum, weight) => sum + weight, 0);
  const hits = index.search([...terms.keys()].join(" "), {
    tokenize: (query) => query.split(" "),
    boost: { heading: 0.4 },
    boostTerm: (term) => terms.get(term) ?? 1,
    fuzzy: (term) => (term.length > 5 ? 1 : false),
    prefix: (term) => term.length > 4,
  });
  return hits
    .flatMap((hit): (Found & { id: number })[] => {
      const id = Number(hit.id);
      const candidate = candidates[id];
      const met = hit.queryTerms.reduce((sum, term) => sum + (terms.get(term) ?? 0), 0);
      if (!candidate || met / wanted < coverageMin) return [];
      return [{ candidate, score: hit.score * candidate.weight * (met / wanted), id }];
    })
    .sort((a, b) => b.score - a.score || a.id - b.id);
}
