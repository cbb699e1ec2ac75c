/**
 * A function of what is asked for again and again, each time with the same outcome.
 * @param most outcomes that are kept; then all are found anew.
 */
export function remembering<T>(most: number, of: (asked: string) => T): (asked: string) => T {
  const known = new Map<string, T>();
  return (asked) => {
    const before = known.get(asked);
    if (before !== undefined) return before;
    if (known.size >= most) known.clear();
    const outcome = of(asked);
    known.set(asked, outcome);
    return outcome;
  };
}
