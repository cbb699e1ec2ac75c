import type { Options } from "minisearch";

export interface Found {
  id: string;
  page: string;
  heading: string;
  text: string;
  /** What is shown of the text. */
  excerpt: string;
}

/** The same where the index is made and where it is searched. */
export const searchOptions: Options<Found> = {
  fields: ["page", "heading", "text"],
  storeFields: ["page", "heading", "excerpt"],
  // `previous_response_id` is found whole and by each of its words.
  tokenize: (text) => {
    const words = text.toLowerCase().split(/[^\p{L}\p{N}_]+/u);
    return [...new Set(words.flatMap((word) => [word, ...word.split("_")]))].filter(Boolean);
  },
  searchOptions: {
    boost: { page: 3, heading: 4 },
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: "AND",
  },
};
