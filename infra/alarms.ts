import { alarmEmail } from "./settings";

const alarms = new sst.aws.SnsTopic("Alarms");
if (alarmEmail) {
  new aws.sns.TopicSubscription("AlarmsByMail", {
    topic: alarms.arn,
    protocol: "email",
    endpoint: alarmEmail,
  });
}

/** Tells of a metric's going above a threshold; silence is good news. */
export function alarm(
  name: string,
  description: string,
  metric: {
    namespace: string;
    metricName: string;
    dimensions: Record<string, $util.Input<string>>;
    statistic: "Sum" | "Maximum";
    above: number;
  },
) {
  const { above, ...rest } = metric;
  return new aws.cloudwatch.MetricAlarm(name, {
    ...rest,
    alarmDescription: description,
    threshold: above,
    comparisonOperator: "GreaterThanThreshold",
    period: 300,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
    alarmActions: [alarms.arn],
    okActions: [alarms.arn],
  });
}

export function watchFunction(name: string, fn: $util.Output<sst.aws.Function> | sst.aws.Function) {
  alarm(`${name}Errors`, `The function ${name} threw or timed out.`, {
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: { FunctionName: $output(fn).apply((f) => f.name) },
    statistic: "Sum",
    above: 0,
  });
}
