import type { Run } from "../run/index.ts";

type Link = Pick<Run.State, "runId" | "parent" | "formerParents">;

/**
 * The runs before the open ones, oldest first, as far as `runs` reaches back. A run that was redriven
 * is met twice: it stands where it was answered last, and the way goes on through its older places.
 */
export function chainUpTo<R extends Link>(
  runs: ReadonlyMap<string, R>,
  last: string | null | undefined,
): R[] {
  const chain: R[] = [];
  const visits = new Map<string, number>();
  let id = last;
  while (id) {
    const run = runs.get(id);
    if (!run) break;
    const visit = visits.get(id) ?? 0;
    visits.set(id, visit + 1);
    if (visit === 0) chain.push(run);
    id = visit === 0 ? run.parent : run.formerParents.at(-visit);
  }
  return chain.toReversed();
}
