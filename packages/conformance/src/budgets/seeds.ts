import { playCampaign } from "../faults/campaign.ts";
import { storm } from "../faults/plan.ts";
import type { Stores } from "../faults/stores.ts";

export interface SeedReport {
  /** What went wrong, and how to repeat it. */
  problems: string[];
  /** Messages accepted of those that came at once. */
  storm: number;
  /** Of the episodes: accepted, and refused for want of budget. */
  runs: number;
  refused: number;
}

/**
 * Everything that one seed chooses: a storm of clients, and episodes with tight budgets. A run that
 * failed gives back its place, and only then one more may be let in.
 */
export async function playSeed(stores: Stores, seed: number): Promise<SeedReport> {
  const problems: string[] = [];
  const options = { seed: String(seed), budgets: true, stores, say: () => {} };
  const atOnce = await playCampaign({ ...options, runs: 1, lanes: 1, episode: "storm" });
  const failed = atOnce.statuses.get("failed") ?? 0;
  const isExact = atOnce.acknowledged >= storm.runs && atOnce.acknowledged <= storm.runs + failed;
  if (!isExact || atOnce.acknowledged + atOnce.refused !== storm.clients) {
    problems.push(`${atOnce.acknowledged} accepted, ${failed} failed, ${atOnce.refused} refused`);
  }
  const episodes = await playCampaign({ ...options, runs: 12, lanes: 2, randomOnly: true });
  for (const { episode, found } of [...atOnce.failures, ...episodes.failures]) {
    const again = `npm run test:faults -- --backend memory --budgets --seed ${seed} --episode ${episode}`;
    problems.push(`${found.violation?.message} (${again})`);
  }
  const { runs, refused } = episodes;
  return { problems, storm: atOnce.acknowledged, runs, refused };
}
