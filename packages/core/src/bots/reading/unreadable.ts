/** Why a file is not read: each with a cause that its owner can act on (docs/knowledge.md). */
export const codes = [
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
] as const;
export type Code = (typeof codes)[number];

/** The upload cannot be read. The message is for its owner: what is wrong and what to do. */
export class Unreadable extends Error {
  override name = "Unreadable";
  readonly code: Code;
  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
