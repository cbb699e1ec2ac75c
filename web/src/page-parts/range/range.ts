import { useSearchParams } from "@solidjs/router";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** So long until now. */
const lasts = {
  "1h": hourMs,
  "6h": 6 * hourMs,
  "24h": dayMs,
  "7d": 7 * dayMs,
  "30d": 30 * dayMs,
  "90d": 90 * dayMs,
  "365d": 365 * dayMs,
} as const;
export type Last = keyof typeof lasts;

/** So long until now, or from one time to another, epoch milliseconds. */
export type Range = { last: Last } | { from: number; to: number };

export const isLast = (value: string | undefined): value is Last =>
  value !== undefined && Object.hasOwn(lasts, value);

/** From when to when a range is, if it is now so late. */
export const boundsOf = (range: Range, now: number): { from: number; to: number } =>
  "last" in range ? { from: now - lasts[range.last], to: now } : range;

/** `from` and `to` as the API takes them; no `to` is now. */
export function timesOf(range: Range): { from: string; to?: string } {
  const { from, to } = boundsOf(range, Date.now());
  const start = new Date(from).toISOString();
  return "last" in range ? { from: start } : { from: start, to: new Date(to).toISOString() };
}

/** The days that a range touches, UTC. */
export function daysOf(range: Range): { from: string; to: string } {
  const { from, to } = boundsOf(range, Date.now());
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  return { from: day(from), to: day(to) };
}

/** What the address says: `?range=7d`, or `?from=…&to=…` in RFC 3339. */
function parseRange(
  search: { range?: string | undefined; from?: string | undefined; to?: string | undefined },
  fallback: Last,
): Range {
  const from = Date.parse(search.from ?? "");
  const to = Date.parse(search.to ?? "");
  if (from < to) return { from, to };
  return { last: isLast(search.range) ? search.range : fallback };
}

/** The range that the page's address names, so that a link to the page shows what its sender saw. */
export function useRange(fallback: Last): [() => Range, (range: Range) => void] {
  const [search, setSearch] = useSearchParams<{ range?: string; from?: string; to?: string }>();
  const time = (at: number) => new Date(at).toISOString().replace(/:\d\d\.\d{3}Z$/, "Z");
  return [
    () => parseRange(search, fallback),
    (range) =>
      setSearch(
        "last" in range
          ? { range: range.last === fallback ? undefined : range.last, from: null, to: null }
          : { range: undefined, from: time(range.from), to: time(range.to) },
      ),
  ];
}

/** As an input of the type `datetime-local` has it: in the viewer's zone, by the minute. */
export function toLocalInput(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
