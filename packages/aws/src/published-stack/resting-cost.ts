import { alarmMetrics, type AlarmSettings } from "./alarms.ts";

/** An alarm costs so much a month for each metric that it watches: https://aws.amazon.com/cloudwatch/pricing/ */
const alarmMetricMicroUsd = 100_000;

/**
 * What a published bot's stack costs in a month in which nobody calls it, micro-USD at the list price
 * of us-east-1. Its API, usage plan, keys, logs and inference profiles are billed by use; only alarms
 * cost by being there.
 */
export const restingCost = ({ alerts }: { alerts: AlarmSettings }): number =>
  alarmMetrics(alerts) * alarmMetricMicroUsd;
