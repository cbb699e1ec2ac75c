import type { Run } from "../run/index.ts";

/** The runs before the open ones, oldest first, as far as `runs` reaches back. */
export function chainUpTo(
  runs: ReadonlyMap<string, Run.Info>,
  last: string | null | undefined,
): Run.Info[] {
  const chain: Run.Info[] = [];
  let id = last;
  while (id) {
    const run = runs.get(id);
    if (!run) break;
    chain.push(run);
    id = run.parent;
  }
  return chain.toReversed();
}
