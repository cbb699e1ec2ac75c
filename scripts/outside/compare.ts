import type { Documents } from "./collect.ts";

export interface Difference {
  document: string;
  /** Where in it, from its root. */
  place: string;
  /** As JSON; absent where there is nothing. */
  before?: string;
  now?: string;
}

/**
 * Every value that is another one, is missing or is new, and every object whose members come in
 * another order: two documents without a difference are the same bytes.
 */
export function compare(before: Documents, now: Documents): Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].toSorted().flatMap((document) => {
    const [old, fresh] = [valuesOf(before[document]), valuesOf(now[document])];
    const places = new Set([...old.keys(), ...fresh.keys()]);
    const found = [...places]
      .filter((place) => old.get(place) !== fresh.get(place))
      .map((place) => difference(document, place, old.get(place), fresh.get(place)));
    if (found.length > 0 || same(before[document], now[document])) return found;
    return [difference(document, "", "another order of members", "another order of members")];
  });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const difference = (
  document: string,
  place: string,
  before: string | undefined,
  now: string | undefined,
): Difference => ({
  document,
  place,
  ...(before !== undefined && { before }),
  ...(now !== undefined && { now }),
});

/** Lists of texts are taken as sets, so that one that is added is one difference. */
function valuesOf(value: unknown, place = "", into = new Map<string, string>()) {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) {
    for (const one of value) into.set(`${place}[${JSON.stringify(one)}]`, JSON.stringify(one));
  } else if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    for (const [name, one] of Object.entries(value)) valuesOf(one, `${place}/${name}`, into);
  } else if (value !== undefined) {
    into.set(place, JSON.stringify(value));
  }
  return into;
}
