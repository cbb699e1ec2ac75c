/**
 * Text for people: cut where a reader sees the end of a character, never inside of one. The linter
 * knows no other way to shorten text.
 */
export * as Text from "./index.ts";

let segmenter: Intl.Segmenter | undefined;

/** Made when first needed: it takes milliseconds of a cold start. */
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return segmenter;
}

/** How far beyond a border is looked for the end of a grapheme. */
const lookAhead = 64;

/**
 * The beginning of a text, of at most so many UTF-16 code units, which ends where a grapheme cluster
 * (UAX #29) does. Only a single cluster longer than that is cut inside, between two code points.
 */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const at =
    graphemes()
      .segment(text.slice(0, max + lookAhead))
      .containing(max)?.index ?? max;
  return text.slice(0, at > 0 ? at : codePointBorder(text, max));
}

/** The end of a text, of at most so many code units, from the border of a grapheme on. */
export function cutStart(text: string, max: number): string {
  const from = text.length - max;
  if (from <= 0) return text;
  const begin = Math.max(0, from - lookAhead);
  const found = graphemes()
    .segment(text.slice(begin))
    .containing(from - begin);
  if (!found || found.index === from - begin) return text.slice(from);
  return text.slice(begin + found.index + found.segment.length);
}

/** The same as {@link cut}, with an ellipsis where something is missing. */
export const shorten = (text: string, max: number): string =>
  text.length > max ? `${cut(text, max - 1)}…` : text;

const codePointBorder = (text: string, at: number): number =>
  isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at)) ? at - 1 : at;

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** White space of any kind, line breaks and control characters become one space each run. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, " ").trim();

/**
 * Whether a reader sees anything of it: more than white space, controls, formats such as a zero-width
 * space, and what stands for nothing by itself.
 */
export const isVisible = (text: string): boolean =>
  /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\p{M}\u2800\u3164\uffa0]/u.test(text);
