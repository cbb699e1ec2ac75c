/** A publication's thresholds, and how it stands by them now. */
export * as Alerts from "./index.ts";

import * as Metrics from "../metrics/index.ts";
import type { Clock, Metrics as MetricsPort, QuotaCounters, Table } from "../../ports/index.ts";
import type { Publication } from "../../publishing/publication/index.ts";
import * as Budget from "../../publishing/budget/index.ts";
import * as Budgets from "../budgets/index.ts";
import * as KeyRequests from "../key-requests/index.ts";
import * as UsageReport from "../usage-report/index.ts";

export interface Alert {
  name: "error_rate" | "p99_latency" | "quota_used" | "monthly_spend" | "budget_used";
  unit: "percent" | "ms" | "micro_usd";
  /** `null`: nobody wants to be told. */
  threshold: number | null;
  /** `null`: nothing happened from which to tell. */
  value: number | null;
  state: "off" | "ok" | "alarm" | "no_data";
  /** What it looks at, epoch milliseconds. */
  from: number;
  to: number;
}

interface Deps {
  table: Table;
  clock: Clock;
  metrics: MetricsPort;
  quotaCounters: QuotaCounters;
}

/** Also the period of the alarms in a bot's stack. */
const windowSeconds = 900;

/**
 * How a publication stands now. What its owner does not want to be told of is worked out all the
 * same: it is what a sensible threshold is chosen by.
 */
export async function evaluate(deps: Deps, publication: Publication.Info): Promise<Alert[]> {
  const { alerts } = publication;
  const [gateway, quota, spend, budget] = await Promise.all([
    ofGateway(deps, publication),
    ofQuota(deps, publication),
    ofSpend(deps, publication),
    ofBudgets(deps, publication),
  ]);
  const { point, ...window } = gateway;
  const rate = Metrics.errorRate(point);
  return [
    toAlert(
      "error_rate",
      "percent",
      alerts.errorRatePercent,
      rate === null ? null : rate * 100,
      window,
    ),
    toAlert("p99_latency", "ms", alerts.p99Ms, point?.p99 ?? null, window),
    toAlert("quota_used", "percent", alerts.quotaUsedPercent, quota.value, quota),
    toAlert("monthly_spend", "micro_usd", alerts.monthlySpendMicroUsd, spend.value, spend),
    budget,
  ];
}

function toAlert(
  name: Alert["name"],
  unit: Alert["unit"],
  threshold: number | null,
  value: number | null,
  { from, to }: { from: number; to: number },
): Alert {
  const state = () => {
    if (threshold === null) return "off";
    if (value === null) return "no_data";
    return value > threshold ? "alarm" : "ok";
  };
  return { name, unit, threshold, value, state: state(), from, to };
}

async function ofGateway({ metrics, clock }: Deps, { botId }: Publication.Info) {
  const minute = 60_000;
  const to = Math.ceil(clock.now() / minute) * minute;
  const from = to - windowSeconds * 1000;
  const [point] = await metrics.series(botId, { from, to, periodSeconds: windowSeconds });
  return { from, to, point };
}

async function ofQuota({ quotaCounters, clock }: Deps, { quota, stack }: Publication.Info) {
  const to = clock.now();
  const { dayOf } = KeyRequests;
  const from = periodStart(quota?.period ?? "DAY", to);
  if (!quota || !stack) return { from, to, value: null };
  const used = await quotaCounters.used(stack, { from: dayOf(from), to: dayOf(to) });
  const most = Math.max(0, ...KeyRequests.byKey(used).values());
  return { from, to, value: (most / quota.limit) * 100 };
}

async function ofSpend(deps: Deps, { botId }: Publication.Info) {
  const to = deps.clock.now();
  const month = new Date(to);
  const from = Date.UTC(month.getUTCFullYear(), month.getUTCMonth());
  const hour = 3_600_000;
  const until = Math.floor(to / hour) * hour + hour;
  const { total } = await UsageReport.query(deps, { botId, by: "day", from, to: until });
  return { from, to, value: total.costMicroUsd };
}

/**
 * The budget of the bot, its owner or a key that is used most. Nobody has to ask for this one: where
 * a budget is spent, or does not suffice any more for a message, clients are refused.
 */
async function ofBudgets(deps: Deps, publication: Publication.Info): Promise<Alert> {
  const payers = await Budgets.payers(deps.table, publication);
  const reports = await Promise.all(payers.map((payer) => Budget.report(deps, payer)));
  const [first] = reports.toSorted((a, b) => Budgets.pressure(b) - Budgets.pressure(a));
  const to = deps.clock.now();
  const alert = { name: "budget_used", unit: "percent", to } as const;
  if (!first) return { ...alert, from: to, threshold: null, value: null, state: "off" };
  const value = Budgets.pressure(first);
  return { ...alert, from: first.from, threshold: 100, value, state: value < 100 ? "ok" : "alarm" };
}

/** A day, a week from Monday, a month from its first day, UTC; as quotas count on the embedded edge. */
function periodStart(period: "DAY" | "WEEK" | "MONTH", now: number): number {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (period === "MONTH") return Date.UTC(year, month);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  return Date.UTC(year, month, period === "WEEK" ? day - sinceMonday : day);
}
