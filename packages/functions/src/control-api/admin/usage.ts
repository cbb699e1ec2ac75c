import * as Metrics from "@outlet/core/observability/metrics";
import type { Publication } from "@outlet/core/publishing/publication";
import type { UsageReport } from "@outlet/core/observability/usage-report";
import { type AdminGroup, type By, reportAll } from "./reports.ts";
import type { ControlApiDeps } from "../deps.ts";

type Deps = Pick<ControlApiDeps, "table" | "clock" | "metrics">;

export interface UsageGroup extends AdminGroup {
  /** The gateways count by bot: `null` where a group is no sum of bots. */
  requests: number | null;
}

export interface AdminUsage {
  total: UsageReport.Sum & { requests: number };
  groups: UsageGroup[];
}

/** What all bots used, and what was asked of them; those too whose requests were all refused. */
export async function usageOf(deps: Deps, range: UsageReport.Range, by: By): Promise<AdminUsage> {
  let requests = new Map<string, number>();
  const { total, groups } = await reportAll(deps, range, by, async (publications) => {
    requests = await requestsOf(deps, range, by, publications);
    return by === "bot" || by === "owner" ? [...requests.keys()] : [];
  });
  const all = [...requests.values()].reduce((sum, count) => sum + count, 0);
  return {
    total: { requests: all, ...total },
    groups: groups.map((group) => ({
      requests: by === "bot" || by === "owner" ? (requests.get(group.group) ?? 0) : null,
      ...group,
    })),
  };
}

/** By owner where that is asked for, else by bot. */
async function requestsOf(
  { metrics }: Pick<Deps, "metrics">,
  range: UsageReport.Range,
  by: By,
  publications: readonly Publication.Info[],
): Promise<Map<string, number>> {
  const owners = new Map(publications.map(({ botId, ownerId }) => [botId, ownerId]));
  const whole = Metrics.asOne({ ...range, periodSeconds: 3_600 });
  const sums = new Map<string, number>();
  for (const { botId, requests } of await metrics.requests([...owners.keys()], whole)) {
    const group = by === "owner" ? (owners.get(botId) ?? "") : botId;
    sums.set(group, (sums.get(group) ?? 0) + requests);
  }
  return sums;
}
