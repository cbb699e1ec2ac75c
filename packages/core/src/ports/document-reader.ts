import type { Place } from "./retriever.ts";

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

/** Why a file is not read: each with a cause that its owner can act on (docs/knowledge.md). */
export const unreadableCodes = [
  "empty",
  "no_text",
  "scanned",
  "encrypted",
  "broken",
  "unsupported",
  "binary",
  "unknown_encoding",
  "file_too_large",
  "too_much_text",
  "too_deep",
  "inflates_too_much",
  "entities",
  "out_of_memory",
  "out_of_time",
  "reader_ended",
  "not_fetched",
] as const;
export type UnreadableCode = (typeof unreadableCodes)[number];

/** The upload cannot be read. The message is for its owner: what is wrong and what to do. */
export class Unreadable extends Error {
  override name = "Unreadable";
  readonly code: UnreadableCode;
  constructor(code: UnreadableCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface FileToRead {
  bytes: Uint8Array;
  name: string;
  /** As it was sent, `charset` among its parameters. */
  mediaType?: string;
  /** Where it was fetched from: links are made whole, and what surrounds a page's text is left out. */
  url?: string;
}

/**
 * Reads a file where it can do no harm: what it costs in memory and time is bounded, whatever is in
 * it, and nobody else waits for it.
 */
export interface DocumentReader {
  /**
   * @param options.onPage told as pages are done, where the file has pages.
   * @throws Unreadable with a cause that the file's owner can act on; the signal's reason.
   */
  read(
    file: FileToRead,
    options?: { onPage?: (page: number, pages: number) => void; signal?: AbortSignal },
  ): Promise<Document>;
}
