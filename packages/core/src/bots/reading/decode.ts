import { analyse } from "chardet";
import { Unreadable } from "../../ports/index.ts";

/** Detection looks at so many bytes. */
const sampleBytes = 64 * 1024;

/**
 * The text of a file in whatever encoding it is: by its byte order mark, by UTF-8 itself, which
 * nothing else looks like, by what the file says of itself, and last by what it looks like.
 *
 * @param declared as a header or the file itself names its encoding.
 * @throws Unreadable `binary`, `unknown_encoding`
 */
export function decode(bytes: Uint8Array, declared?: string): string {
  const marked = byMark(bytes);
  if (marked !== undefined) return checkText(marked);
  const wide = wideOrder(bytes);
  if (wide) return checkText(new TextDecoder(wide).decode(bytes));
  if (isIso2022Jp(bytes)) return checkText(new TextDecoder("iso-2022-jp").decode(bytes));
  const utf8 = strictly("utf-8", bytes);
  if (utf8 !== undefined) return checkText(utf8);
  if (declared && !/^utf-?8$/i.test(declared)) {
    const text = strictly(declared, bytes);
    if (text !== undefined) return checkText(text);
  }
  const nearly = nearlyUtf8(bytes);
  if (nearly !== undefined) return checkText(nearly);
  checkControls(bytes);
  for (const encoding of detect(bytes)) {
    const text = strictly(encoding, bytes);
    if (text !== undefined) return checkText(text);
  }
  throw new Unreadable(
    "unknown_encoding",
    "It is text in an encoding that is not recognised. Save it as UTF-8, then upload it again.",
  );
}

function byMark(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return new TextDecoder("utf-8").decode(bytes);
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return utf32(bytes, true);
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return utf32(bytes, false);
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return undefined;
}

/** The platform has no decoder for it. */
function utf32(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  for (let at = 4; at + 4 <= bytes.length; at += 4) {
    const point = view.getUint32(at, littleEndian);
    parts.push(point <= 0x10ffff ? String.fromCodePoint(point) : "\uFFFD");
  }
  return parts.join("");
}

/** UTF-16 without a mark: every other byte of what is western in it is zero. */
function wideOrder(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const sample = bytes.subarray(0, sampleBytes);
  if (sample.length < 4 || bytes.length % 2 !== 0) return undefined;
  const zeros = [0, 0];
  for (const [at, byte] of sample.entries()) {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  const half = sample.length / 2;
  // Spaces and line ends are enough where the rest is Chinese; in a binary both kinds are zero.
  if (odd > half * 0.1 && even < odd * 0.05) return "utf-16le";
  if (even > half * 0.1 && odd < even * 0.05) return "utf-16be";
  return undefined;
}

const isIso2022Jp = (bytes: Uint8Array): boolean => {
  const sample = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, sampleBytes));
  return sample.includes("\u001b$B") || sample.includes("\u001b$@");
};

function strictly(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // Not these bytes, or a name that nobody knows: the next way is tried.
    return undefined;
  }
}

/** UTF-8 in which a byte was damaged: many characters of several bytes, few that are not. */
function nearlyUtf8(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder("utf-8").decode(bytes);
  let right = 0;
  let wrong = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0xfffd) wrong++;
    else if (unit >= 0x80) right++;
  }
  return right > 20 * wrong ? text : undefined;
}

/** Encodings that the bytes may be in, the likeliest first. */
function detect(bytes: Uint8Array): string[] {
  const sample = bytes.subarray(0, sampleBytes);
  const scores = new Map<string, number>();
  for (const { name, confidence } of analyse(sample)) {
    const encoding = named.get(name) ?? name.toLowerCase();
    scores.set(encoding, Math.max(scores.get(encoding) ?? 0, confidence / 100));
  }
  // Its statistics need some hundred characters; what follows holds for a line as well.
  const weight = Math.min(1, countHigh(sample) / 400);
  const candidates = new Set([...multibyte.keys(), ...singlebyte, ...scores.keys()]);
  return [...candidates]
    .map((encoding) => ({
      encoding,
      score: (scores.get(encoding) ?? 0) * weight + plausibility(encoding, sample) * (1.2 - weight),
    }))
    .filter(({ score }) => score > 0.15)
    .toSorted((a, b) => b.score - a.score)
    .map(({ encoding }) => encoding);
}

/** Names of chardet that the platform knows by another. */
const named = new Map(
  Object.entries({
    "ISO-8859-1": "windows-1252",
    "ISO-8859-9": "windows-1254",
    GB18030: "gb18030",
  }),
);

const singlebyte = [
  "windows-1252",
  "windows-1251",
  "koi8-r",
  "windows-1250",
  "windows-1253",
  "windows-874",
];

function countHigh(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte >= 0x80) count++;
  return count;
}

/** Lead bytes of the characters that most text in an encoding is made of. */
const multibyte = new Map(
  Object.entries<(lead: number) => number>({
    shift_jis: (lead) =>
      lead === 0x82 || lead === 0x83 ? 1 : lead >= 0x81 && lead <= 0x97 ? 0.8 : 0,
    "euc-jp": (lead) =>
      lead === 0xa4 || lead === 0xa5 ? 1.1 : lead >= 0xb0 && lead <= 0xcf ? 0.8 : 0.5,
    gb18030: (lead) =>
      lead >= 0xb0 && lead <= 0xd7 ? 0.9 : lead === 0xa3 || lead === 0xa1 ? 0.7 : 0,
    "euc-kr": (lead) => (lead >= 0xb0 && lead <= 0xc8 ? 0.95 : lead === 0xa1 ? 0.5 : 0),
    big5: (lead) => (lead >= 0xa4 && lead <= 0xc6 ? 0.85 : lead === 0xa1 ? 0.7 : 0),
  }),
);

/** How much the bytes look like ordinary text in an encoding: from 0 to about 1. */
function plausibility(encoding: string, bytes: Uint8Array): number {
  if (strictly(encoding, wholeLines(bytes)) === undefined) return 0;
  const rate = multibyte.get(encoding);
  return rate
    ? multibytePlausibility(bytes, rate, encoding === "shift_jis")
    : letterShare(encoding, bytes);
}

/** A sample may end within a character; it does not within a line. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  if (bytes.length < sampleBytes) return bytes;
  const end = bytes.lastIndexOf(0x0a);
  return end > 0 ? bytes.subarray(0, end) : bytes;
}

function multibytePlausibility(
  bytes: Uint8Array,
  rate: (lead: number) => number,
  halfWidth: boolean,
): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) continue;
    count++;
    if (halfWidth && lead >= 0xa1 && lead <= 0xdf) continue;
    // A lone character between Latin letters is an accented letter of another encoding.
    const lone = isLatin(bytes[at - 1]) && isLatin(bytes[at + 2]);
    sum += lone ? -0.5 : rate(lead);
    at++;
  }
  return count === 0 ? 0 : Math.max(0, sum / count);
}

const isLatin = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));

/** The share of high bytes that are letters in keeping with their neighbours. */
function letterShare(encoding: string, bytes: Uint8Array): number {
  const text = new TextDecoder(encoding).decode(bytes);
  let good = 0;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char < "\u0080") continue;
    count++;
    good += letterScore(encoding, char, text[at - 1] ?? " ", text[at + 1] ?? " ");
  }
  return count === 0 ? 0 : Math.max(0, good / count);
}

function letterScore(encoding: string, char: string, before: string, after: string): number {
  if (/[\u0080-\u009f]/.test(char)) return -1;
  if (/[“”„‘’–—…€°§©®«»£·²³µ\u00a0]/.test(char)) return 0.6;
  // Thai writes its vowels and tones as marks.
  if (!/[\p{L}\p{M}]/u.test(char)) return -0.3;
  if (encoding === "windows-1252" || encoding === "windows-1250") {
    // A capital within a small word is what another alphabet looks like.
    if (/\p{Lu}/u.test(char) && /\p{Ll}/u.test(before)) return -0.5;
    const alone = !isLetter(before) && !isLetter(after);
    const western = encoding === "windows-1252" ? 0.75 : 0.7;
    return isAscii(before) || isAscii(after) ? western : alone ? 0.3 : 0.1;
  }
  if (/\p{Lu}/u.test(char) && /\p{Ll}/u.test(before)) return -0.5;
  if ((isAscii(before) && isLetter(before)) || (isAscii(after) && isLetter(after))) return -0.5;
  // A letter of another script does not come alone.
  return isAscii(before) && isAscii(after) ? 0.2 : 0.8;
}

const isLetter = (char: string): boolean => /\p{L}/u.test(char);
const isAscii = (char: string): boolean => char < "\u0080";

function checkControls(bytes: Uint8Array): void {
  const sample = bytes.subarray(0, sampleBytes);
  let controls = 0;
  for (const byte of sample) {
    if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b && byte !== 0x1a)
      controls++;
  }
  if (controls > Math.max(8, sample.length / 100)) throw binary();
}

/** A few zero bytes are a damaged log, not a picture. */
function checkText(text: string): string {
  const sample = text.slice(0, sampleBytes);
  let controls = 0;
  for (let at = 0; at < sample.length; at++) {
    const unit = sample.charCodeAt(at);
    if (unit < 9 || (unit > 13 && unit < 32 && unit !== 0x1b && unit !== 0x1a)) controls++;
  }
  if (controls > Math.max(8, sample.length / 100)) throw binary();
  return text;
}

const binary = () =>
  new Unreadable("binary", "It holds binary data, not text. Upload its text instead.");
