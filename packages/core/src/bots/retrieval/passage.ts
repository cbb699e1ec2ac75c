import type { Passage } from "../../ports/index.ts";

/** Of more, the ones nearest to the text tell what it is about. */
const headingsMax = 4;

/** What is searched for a question's words: the text, and what it stands under. */
export const textsOf = (source: string, { text, place }: Passage): string[] => [
  source,
  ...place.headings.slice(-headingsMax),
  text,
];
