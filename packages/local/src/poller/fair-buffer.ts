/**
 * Messages waiting for an invocation, by group, and who is served next: of the groups that wait the
 * one with the fewest invocations running, among equals the one that has waited longest.
 */
export interface FairBuffer<T> {
  readonly size: number;
  /** Last in its group; takes the place of an entry of the same id. */
  add(group: string, id: string, entry: T): void;
  remove(id: string): void;
  /**
   * The next batch, all of one group, of which an invocation is then running until `release`.
   *
   * The last free slot goes only to a group that has nothing running. So however long one group's
   * backlog is, the first message of another finds a slot at once.
   * @param slotsNow where fewer than all are to be used.
   */
  take(batchSize: number, slotsNow?: number): { group: string; entries: T[] } | undefined;
  release(group: string): void;
  waiting(): Iterable<T>;
}

/** @param slots how many invocations may run at once. */
export function createFairBuffer<T>(slots: number): FairBuffer<T> {
  // In the order in which groups are served: a served one goes to the end.
  const groups = new Map<string, Map<string, T>>();
  const groupOfId = new Map<string, string>();
  const running = new Map<string, number>();
  let runningTotal = 0;

  function remove(id: string): void {
    const group = groupOfId.get(id);
    if (group === undefined) return;
    groupOfId.delete(id);
    const entries = groups.get(group);
    entries?.delete(id);
    if (entries?.size === 0) groups.delete(group);
  }

  function next(slotsNow: number): string | undefined {
    const free = slotsNow - runningTotal;
    if (free <= 0) return undefined;
    let best: string | undefined;
    let fewest = free === 1 && slotsNow > 1 ? 1 : Number.POSITIVE_INFINITY;
    for (const group of groups.keys()) {
      const count = running.get(group) ?? 0;
      if (count >= fewest) continue;
      best = group;
      fewest = count;
      if (count === 0) break;
    }
    return best;
  }

  return {
    get size() {
      return groupOfId.size;
    },
    add(group, id, entry) {
      if (groupOfId.get(id) !== group) remove(id);
      groupOfId.set(id, group);
      const entries = groups.get(group);
      if (entries) entries.set(id, entry);
      else groups.set(group, new Map([[id, entry]]));
    },
    remove,
    take(batchSize, slotsNow = slots) {
      const group = next(slotsNow);
      const entries = group === undefined ? undefined : groups.get(group);
      if (group === undefined || entries === undefined) return undefined;
      const batch = [...entries.entries().take(batchSize)];
      for (const [id] of batch) remove(id);
      if (groups.delete(group)) groups.set(group, entries);
      running.set(group, (running.get(group) ?? 0) + 1);
      runningTotal += 1;
      return { group, entries: batch.map(([, entry]) => entry) };
    },
    release(group) {
      const count = (running.get(group) ?? 0) - 1;
      if (count < 0) throw new Error(`Nothing of group ${group} is running`);
      if (count === 0) running.delete(group);
      else running.set(group, count);
      runningTotal -= 1;
    },
    *waiting() {
      for (const entries of groups.values()) yield* entries.values();
    },
  };
}
