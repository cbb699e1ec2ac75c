import type { Code } from "./language-codes.ts";
import { detect } from "./languages.ts";
import { normalise } from "./normalise.ts";
import { languageFor, termsOf, tokenise } from "./tokens.ts";

/** Of everything that makes terms of text. Raised with each change of it: indexes are then built again. */
export const analysis = 1;

export interface Counted {
  /** How often each term is in the passage. */
  counts: Map<string, number>;
  tokens: number;
  /** Whose stemmers were used. */
  languages: Set<Code>;
}

/** The terms of a passage, from its texts: what it says, and the headings above it. */
export function countTerms(texts: readonly string[]): Counted {
  const counts = new Map<string, number>();
  const languages = new Set<Code>();
  const own = detect(normalise(texts.join("\n")))[0]?.language;
  let tokens = 0;
  const count = (term: string): void => {
    counts.set(term, (counts.get(term) ?? 0) + 1);
  };
  for (const text of texts) {
    for (const token of tokenise(text)) {
      tokens += 1;
      if (token.kind === "plain") {
        count(token.text);
        continue;
      }
      const language = languageFor(token.text, own);
      if (language) languages.add(language);
      for (const term of termsOf(token.text, language)) count(term);
    }
  }
  return { counts, tokens, languages };
}
