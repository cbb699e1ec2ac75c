/** Where in a file a block stands, as its reader would name it. */
export interface Place {
  /** Counted from 1 in the order of the file. */
  page?: number;
  /** As printed on the page (i, ii, 1 …), where that differs from the count. */
  pageLabel?: string;
  slide?: number;
  sheet?: string;
  /** Counted from 1, the table's title and headings among them: what a spreadsheet program shows. */
  row?: number;
  /** Headings above, the outermost first. */
  headings: string[];
}

/**
 * A piece of text that belongs together.
 * - `heading`: its own text; it is in the `headings` of what follows, not in its own.
 * - `row`: a table's row or a record, each value under its name: a row found alone still says what
 *   it means.
 * - `code`: line breaks and indentation are the author's.
 */
export interface Block {
  kind: "heading" | "paragraph" | "item" | "row" | "code";
  text: string;
  place: Place;
  /** Of a heading, 1 the outermost. */
  level?: number;
}

/** What was read of a file. */
export interface Document {
  /** As the file names itself, where it does. */
  title?: string;
  blocks: Block[];
  /** How many pages, slides or sheets there are, where the format has them. */
  pages?: number;
  /** What an owner should know although the file was read: sentences. */
  notes: string[];
}
