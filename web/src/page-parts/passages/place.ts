/** Where in its source a passage stands, as the API says it. */
export interface Place {
  page?: number | undefined;
  pageLabel?: string | undefined;
  slide?: number | undefined;
  sheet?: string | undefined;
  row?: number | undefined;
  headings: string[];
}

/** As a reader looks it up: `Page 3 · Prices › Guests`; empty where nothing is known. */
export function inWords({ page, pageLabel, slide, sheet, row, headings }: Place): string {
  const parts = [
    page !== undefined && `Page ${pageLabel ?? page}`,
    slide !== undefined && `Slide ${slide}`,
    sheet !== undefined && `Sheet ${sheet}`,
    row !== undefined && `Row ${row}`,
    headings.length > 0 && headings.join(" › "),
  ];
  return parts.filter((part) => part !== false).join(" · ");
}

export type Piece = { text: string } | { rank: number };

/**
 * An answer in pieces: its text, and the citations `[^n]` of those passages that there are.
 * @param passages how many the answer was given.
 */
export function piecesOf(text: string, passages: number): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(/\[\^(\d{1,3})\]/g)) {
    const rank = Number(match[1]);
    // One that names no passage is text: nothing is behind it.
    if (rank < 1 || rank > passages) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ rank });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}
