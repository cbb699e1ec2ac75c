import { Sweeper } from "@outlet/core/sweeper";
import { UsageReport } from "@outlet/core/usage-report";

export type SweeperDeps = Parameters<typeof Sweeper.sweep>[0];

/**
 * Rings where something is open and nobody is at work, and sums up the usage of closed hours.
 * Invoked by a schedule.
 */
export function createSweeper(deps: SweeperDeps): () => Promise<void> {
  return async function sweep() {
    await Sweeper.sweep(deps);
    // After the bells, which are waited for.
    await UsageReport.closeHours(deps);
  };
}
