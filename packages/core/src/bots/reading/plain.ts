/** Cleaning of text. Every pattern here takes time in proportion to its input. */

// oxlint-disable-next-line no-control-regex -- these are what is taken out
const controls = /[\u0001-\u0008\u000b\u000e-\u001f\u007f-\u0084\u0086-\u009f]/g;

/**
 * Text without what nobody sees: controls, byte order marks, soft hyphens, halves of characters.
 * Line breaks of every kind become `\n`.
 */
export function tidy(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
    .replaceAll("\0", " ")
    .replaceAll("\f", " ")
    .replace(controls, "")
    .replace(/[\u00ad\ufeff]/g, "");
}

/** One line: every run of white space one space. */
export const oneLine = (text: string): string => tidy(text).replace(/\s+/g, " ").trim();

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** At most `max` characters as a reader counts them, with an ellipsis where some are left out. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  let count = 0;
  // A character of hundreds of marks is no character: units bound it as well.
  for (const { segment, index } of graphemes.segment(text.slice(0, max * 8))) {
    if (++count > max) return `${text.slice(0, end).trimEnd()}…`;
    end = index + segment.length;
  }
  return end < text.length ? `${text.slice(0, end).trimEnd()}…` : text;
}
