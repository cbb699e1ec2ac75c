import { Sweeper } from "@outlet/core/maintenance/sweeper";
import { Upgrade } from "@outlet/core/publishing/upgrade";
import { UsageReport } from "@outlet/core/observability/usage-report";

type SweepDeps = Parameters<typeof Sweeper.sweep>[0];

export type SweeperDeps = SweepDeps & {
  policy: {
    /** Between two looks for templates to upgrade. */
    upgradeLookMs: number;
  };
};

/**
 * Rings where something is open and nobody is at work, has the deployer look for templates to
 * upgrade, and sums up the usage of closed hours.
 * Invoked by a schedule.
 */
export function createSweeper(deps: SweeperDeps): () => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async function sweep() {
    try {
      await Sweeper.sweep(deps);
    } finally {
      // After the bells, which are waited for, and whether or not all of them rang.
      await UsageReport.closeHours(deps);
    }
    const now = deps.clock.now();
    if (now - lookedAt < deps.policy.upgradeLookMs) return;
    await Upgrade.ring(deps);
    lookedAt = now;
  };
}
