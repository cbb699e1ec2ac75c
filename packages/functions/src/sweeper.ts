import { Sweeper } from "@outlet/core/sweeper";

export type SweeperDeps = Parameters<typeof Sweeper.sweep>[0];

/** Rings where something is open and nobody is at work. Invoked by a schedule. */
export function createSweeper(deps: SweeperDeps): () => Promise<void> {
  return async function sweep() {
    await Sweeper.sweep(deps);
  };
}
