import { boundsOf, type Range } from "../range/range.ts";

/** Without what is empty: the API takes no empty filters. */
export const given = <T extends object>(filters: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined && value !== ""),
  ) as Partial<T>;

/** `from` and `to` as the API takes them; until now is without an end. */
export function toQuery(range: Range): { from: string; to?: string } {
  const { from, to } = boundsOf(range, Date.now());
  const time = (at: number) => new Date(at).toISOString();
  return "last" in range ? { from: time(from) } : { from: time(from), to: time(to) };
}
