import type { Passage } from "../../ports/index.ts";

/** Of more, the ones nearest to the text tell what it is about. */
const headingsMax = 4;

/** What is searched for a question's words: the text, and what it stands under. */
export const textsOf = (source: string, { text, place }: Passage): string[] => [
  source,
  ...place.headings.slice(-headingsMax),
  text,
];

/** What a passage is about, as far as it is not in its own words: its nearest headings, else its source's name. */
export const titleOf = (source: string, { place }: Passage): string =>
  place.headings.length > 0 ? place.headings.slice(-2).join(" › ") : nameOf(source);

/** A file's name in words: `annual_leave-2026.pdf`. */
const nameOf = (source: string): string =>
  source.replace(/\.[a-z0-9]{1,5}$/i, "").replace(/[_-]+/g, " ");
