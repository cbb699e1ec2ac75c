import type { Run } from "../run/index.ts";

type Link = Pick<Run.State, "runId" | "parent" | "formerParents">;

/**
 * The runs before the open ones, oldest first, as far as `runs` reaches back. A run that was redriven
 * is met twice: it stands where it was answered last, and the way goes on through its older places.
 * While it waits again it stands nowhere.
 */
export const chainUpTo = <R extends Link>(
  runs: ReadonlyMap<string, R>,
  last: string | null | undefined,
): R[] => walkUpTo(runs, last).chain;

/** The same, with the run that would have come before, where it is not among `runs`. */
export function walkUpTo<R extends Link>(
  runs: ReadonlyMap<string, R>,
  last: string | null | undefined,
): { chain: R[]; missing: string | undefined } {
  const chain: R[] = [];
  const visits = new Map<string, number>();
  let id = last;
  while (id && id !== "system") {
    const run = runs.get(id);
    if (!run) return { chain: chain.toReversed(), missing: id };
    const visit = visits.get(id) ?? 0;
    visits.set(id, visit + 1);
    const waits = run.parent === null && run.formerParents.length > 0;
    if (visit === 0 && !waits) chain.push(run);
    const places = waits ? run.formerParents : [...run.formerParents, run.parent];
    id = places.at(-1 - visit);
  }
  return { chain: chain.toReversed(), missing: undefined };
}
