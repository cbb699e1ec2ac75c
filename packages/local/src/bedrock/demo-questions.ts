import { Text } from "@outlet/core/foundation/text";
import type { Json } from "./backend.ts";

export interface DemoCall {
  name: string;
  input: Json;
}

/**
 * What a question in plain words asks of the built-in tools: a sum of the calculator, the time of the
 * clock. A real model reads it out of their descriptions.
 */
export function callsFor(question: string, offered: ReadonlySet<string>): DemoCall[] {
  const calls: DemoCall[] = [];
  const expression = offered.has("calculate") ? sumIn(question) : undefined;
  if (expression !== undefined) calls.push({ name: "calculate", input: { expression } });
  if (offered.has("current_time") && asksTime.test(question)) {
    const zone = zoneIn(question);
    calls.push({ name: "current_time", input: zone === undefined ? {} : { zone } });
  }
  return calls;
}

const asksTime =
  /\b(?:what time|time is it|current time|time now|what day|which day|weekday|what date|the date|today)\b/i;

const questionMax = 2_000;
const words: [RegExp, string][] = [
  [/(\d)\s?%\s?of\s?(?=\d)/gi, "$1 / 100 * "],
  [/\bplus\b/gi, "+"],
  [/\bminus\b/gi, "-"],
  [/\btimes\b|×|·/gi, "*"],
  [/\bdivided by\b|÷/gi, "/"],
];
const stretch = /[\d\s.()+\-*/^]+/g;
/** `2026-11-27` and `030-1234` are no sums: what is taken away stands between spaces. */
const isSum = /\d\)? ?(?:[+*/^]| - ) ?[(\d]/;

/** The longest stretch of a question that is a sum. */
function sumIn(question: string): string | undefined {
  const plain = words.reduce(
    (text, [word, sign]) => text.replace(word, sign),
    Text.cut(question, questionMax).replace(/\s+/g, " "),
  );
  const sums = [...plain.matchAll(stretch)].flatMap(([found]) => {
    const sum = found.trim();
    return isSum.test(sum) ? [withoutFullStop(sum)] : [];
  });
  return sums.sort((a, b) => b.length - a.length)[0];
}

const withoutFullStop = (sum: string): string => (sum.endsWith(".") ? sum.slice(0, -1) : sum);

/** `Asia/Tokyo` as it is written, or by its city alone. */
function zoneIn(question: string): string | undefined {
  const said = Text.cut(question, questionMax).toLowerCase();
  return zones().find(
    ([zone, city]) => said.includes(zone.toLowerCase()) || hasWords(said, city),
  )?.[0];
}

function hasWords(text: string, wanted: string): boolean {
  const at = text.indexOf(wanted);
  if (at < 0) return false;
  return [text[at - 1], text[at + wanted.length]].every((beside) => !/\p{L}/u.test(beside ?? ""));
}

let known: [zone: string, city: string][] | undefined;
const zones = () =>
  (known ??= Intl.supportedValuesOf("timeZone").map((zone) => [
    zone,
    zone
      .slice(zone.lastIndexOf("/") + 1)
      .replaceAll("_", " ")
      .toLowerCase(),
  ]));
