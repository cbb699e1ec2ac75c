import * as BudgetHolds from "@outlet/core/maintenance/budget-holds";
import * as Sweeper from "@outlet/core/maintenance/sweeper";
import * as Upgrade from "@outlet/core/publishing/upgrade";
import * as UsageReport from "@outlet/core/observability/usage-report";

type SweepDeps = Parameters<typeof Sweeper.sweep>[0];

export type SweeperDeps = SweepDeps &
  Parameters<typeof BudgetHolds.sweep>[0] & {
    policy: {
      /** Between two looks for templates to upgrade. */
      upgradeLookMs: number;
    };
  };

/**
 * Rings where something is open and nobody is at work, has the deployer look for templates to
 * upgrade, gives back what budgets hold for nothing, and sums up the usage of closed hours.
 * Invoked by a schedule.
 */
export function createSweeper(deps: SweeperDeps): () => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async function sweep() {
    try {
      await Sweeper.sweep(deps);
    } finally {
      // After the bells, which are waited for, and whether or not all of them rang.
      await closeAccounts(deps);
    }
    const now = deps.clock.now();
    if (now - lookedAt < deps.policy.upgradeLookMs) return;
    await Upgrade.ring(deps);
    lookedAt = now;
  };
}

/** Neither waits for the other: a budget that cannot be read must not keep hours from being summed up. */
async function closeAccounts(deps: SweeperDeps): Promise<void> {
  try {
    const released = await BudgetHolds.sweep(deps);
    if (released > 0) deps.log.info("released what was held for nothing", { released });
  } finally {
    await UsageReport.closeHours(deps);
  }
}
