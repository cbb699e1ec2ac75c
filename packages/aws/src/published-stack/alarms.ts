import type { StackSpec } from "@outlet/core/ports";
import type { JsonObject, Resource } from "./template-types.ts";

const periodSeconds = 900;

export type AlarmSettings = Pick<
  NonNullable<StackSpec["alerts"]>,
  "errorRatePercent" | "p99Ms" | "quotaUsedPercent"
>;

/** How many metrics the alarms of {@link alarms} watch: an alarm is billed by these. */
export const alarmMetrics = ({ errorRatePercent, p99Ms, quotaUsedPercent }: AlarmSettings) =>
  (errorRatePercent === null ? 0 : 2) +
  (p99Ms === null ? 0 : 1) +
  (quotaUsedPercent === null ? 0 : 1);

/**
 * The alarms an owner asked for, and the topic that tells of them; nothing where none was asked for.
 * The cost of a month is no metric of CloudWatch: that threshold is not the stack's to watch.
 */
export function alarms(
  { alerts }: StackSpec,
  name: string,
  botMetrics: { namespace: string; dimensions: { Name: string; Value: string }[] },
  tags: JsonObject[],
): Record<string, Resource> {
  if (!alerts) return {};
  const { errorRatePercent, p99Ms, quotaUsedPercent } = alerts;
  const gateway = [{ Name: "ApiName", Value: name }];
  const resources: Record<string, Resource> = {};
  const add = (id: string, description: string, properties: JsonObject) => {
    resources[id] = {
      Type: "AWS::CloudWatch::Alarm",
      Properties: {
        AlarmDescription: `${name}: ${description}`,
        EvaluationPeriods: 1,
        // Nobody calls: that is no reason to wake anybody.
        TreatMissingData: "notBreaching",
        AlarmActions: [{ Ref: "AlertTopic" }],
        OKActions: [{ Ref: "AlertTopic" }],
        Tags: tags,
        ...properties,
      },
    };
  };
  if (errorRatePercent !== null) {
    add("ErrorRateAlarm", `more than ${errorRatePercent} % of the requests of 15 minutes failed`, {
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: errorRatePercent,
      Metrics: [
        {
          Id: "rate",
          // The average of either is its share of the requests.
          Expression: "100 * (FILL(clientErrors, 0) + FILL(serverErrors, 0))",
          Label: "Error rate, percent",
          ReturnData: true,
        },
        average("clientErrors", "4XXError", gateway),
        average("serverErrors", "5XXError", gateway),
      ],
    });
  }
  if (p99Ms !== null) {
    add("LatencyAlarm", `the slowest hundredth of 15 minutes took more than ${p99Ms} ms`, {
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: p99Ms,
      Namespace: "AWS/ApiGateway",
      MetricName: "Latency",
      Dimensions: gateway,
      ExtendedStatistic: "p99",
      Period: periodSeconds,
    });
  }
  if (quotaUsedPercent !== null) {
    add("QuotaAlarm", "a key is over its quota", {
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      Threshold: 1,
      Namespace: botMetrics.namespace,
      MetricName: "QuotaExceededRequests",
      Dimensions: botMetrics.dimensions,
      Statistic: "Sum",
      Period: periodSeconds,
    });
  }
  if (Object.keys(resources).length === 0) return {};
  return { AlertTopic: topic(alerts.emails, tags), ...resources };
}

/** Not encrypted by the account's own key for SNS, with which CloudWatch could not publish to it. */
const topic = (emails: readonly string[], tags: JsonObject[]): Resource => ({
  Type: "AWS::SNS::Topic",
  Properties: {
    ...(emails.length > 0 && {
      Subscription: emails.map((Endpoint) => ({ Protocol: "email", Endpoint })),
    }),
    Tags: tags,
  },
});

const average = (id: string, name: string, dimensions: JsonObject[]): JsonObject => ({
  Id: id,
  MetricStat: {
    Metric: { Namespace: "AWS/ApiGateway", MetricName: name, Dimensions: dimensions },
    Period: periodSeconds,
    Stat: "Average",
  },
  ReturnData: false,
});
