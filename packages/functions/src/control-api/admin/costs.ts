import * as Publication from "@outlet/core/publishing/publication";
import * as UsageReport from "@outlet/core/observability/usage-report";
import { beginOf, type By, createNaming, type Named } from "./reports.ts";
import type { ControlApiDeps } from "../deps.ts";
import { time } from "../views.ts";

type Deps = Pick<ControlApiDeps, "table" | "clock">;

export type CostBy = Exclude<By, "hour" | "day">;
export type Per = "hour" | "day";

export interface CostGroup extends Named {
  group: string;
  runs: number;
  costMicroUsd: number;
  /** Of the total; all of them add up to 10,000. */
  shareBasisPoints: number;
}

/** Costs over time: of the dearest groups one by one, of all others in one sum. */
export interface CostSeries {
  per: Per;
  /** Where each hour or day begins, in UTC; those without costs too. */
  periods: string[];
  groups: { group: string; costsMicroUsd: number[] }[];
  othersMicroUsd: number[];
}

/** Of more colours nobody tells which is which. */
const dearestMax = 5;

/** Who costs how much. Groups, shares and series add up to the total, exactly. */
export async function costsOf(
  deps: Deps,
  range: UsageReport.Range,
  by: CostBy,
  per: Per,
): Promise<{ total: UsageReport.Sum; groups: CostGroup[]; series: CostSeries }> {
  const publications = await Publication.listEvery(deps.table);
  const naming = createNaming(deps, publications, by);
  const { total, groups: cells } = await UsageReport.queryAll(
    deps,
    publications.map(({ botId }) => botId),
    range,
    (row) => `${beginOf(row.at, per)} ${naming.groupOf(row)}`,
    { byHour: per === "hour" },
  );
  const sums = sumsOf(cells);
  const nameOf = await naming.names(sums.map(({ group }) => group));
  const shares = UsageReport.sharesOf(sums.map(({ costMicroUsd }) => costMicroUsd));
  return {
    total,
    groups: sums.map(({ group, runs, costMicroUsd }, i) => ({
      group,
      ...nameOf(group),
      runs,
      costMicroUsd,
      shareBasisPoints: shares[i] ?? 0,
    })),
    series: seriesOf(sums, range, per),
  };
}

interface Sum {
  group: string;
  runs: number;
  costMicroUsd: number;
  byPeriod: Map<string, number>;
}

/** The dearest first. */
function sumsOf(cells: readonly UsageReport.Group[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const { group: cell, runs, costMicroUsd } of cells) {
    const space = cell.indexOf(" ");
    const [period, group] = [cell.slice(0, space), cell.slice(space + 1)];
    const sum = sums.get(group) ?? { group, runs: 0, costMicroUsd: 0, byPeriod: new Map() };
    sums.set(group, sum);
    sum.runs += runs;
    sum.costMicroUsd += costMicroUsd;
    sum.byPeriod.set(period, costMicroUsd);
  }
  return [...sums.values()].sort(
    (a, b) => b.costMicroUsd - a.costMicroUsd || b.runs - a.runs || (a.group < b.group ? -1 : 1),
  );
}

function seriesOf(sums: readonly Sum[], { from, to }: UsageReport.Range, per: Per): CostSeries {
  const stepMs = per === "hour" ? 3_600_000 : 86_400_000;
  const periods: string[] = [];
  for (let at = Math.floor(from / stepMs) * stepMs; at < to; at += stepMs) periods.push(time(at));
  const costsOfSum = ({ byPeriod }: Sum) => periods.map((period) => byPeriod.get(period) ?? 0);
  const others = sums.slice(dearestMax).map(costsOfSum);
  return {
    per,
    periods,
    groups: sums
      .slice(0, dearestMax)
      .map((sum) => ({ group: sum.group, costsMicroUsd: costsOfSum(sum) })),
    othersMicroUsd: periods.map((_, i) => others.reduce((sum, costs) => sum + (costs[i] ?? 0), 0)),
  };
}
