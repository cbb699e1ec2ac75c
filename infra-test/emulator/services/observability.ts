import { CloudWatchClient, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Cloud, Mappings } from "../cloud.ts";
import { pascal, without } from "../shape.ts";

const arn = ({ target }: Cloud, service: string, resource: string) =>
  `arn:aws:${service}:${target.region}:${target.account}:${resource}`;

export const observability: Mappings = {
  "aws:cloudwatch/logGroup:LogGroup": async (i, cloud, { name }) => {
    const client = cloud.client(CloudWatchLogsClient);
    const logGroupName = i.name ?? name;
    await client.send(new CreateLogGroupCommand({ logGroupName, kmsKeyId: i.kmsKeyId }));
    if (i.retentionInDays)
      await client.send(
        new PutRetentionPolicyCommand({ logGroupName, retentionInDays: i.retentionInDays }),
      );
    return { arn: arn(cloud, "logs", `log-group:${logGroupName}`) };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": async (i, cloud, { name }) => {
    const AlarmName = i.name ?? name;
    const rest = pascal(without(i, "dimensions", "metricQueries", "name", "tags"));
    const Dimensions =
      i.dimensions &&
      Object.entries<string>(i.dimensions).map(([Name, Value]) => ({ Name, Value }));
    await cloud.client(CloudWatchClient).send(
      new PutMetricAlarmCommand({
        ...rest,
        AlarmName,
        Dimensions,
        Metrics: i.metricQueries?.map((q: unknown) => pascal(q, { keep: ["dimensions"] })),
      }),
    );
    return { arn: arn(cloud, "cloudwatch", `alarm:${AlarmName}`) };
  },
  "aws:ssm/parameter:Parameter": async (i, cloud, { name }) => {
    const Name = i.name ?? name;
    await cloud.client(SSMClient).send(
      new PutParameterCommand({
        Name,
        Type: i.type,
        Value: i.value,
        Description: i.description,
        Tier: i.tier,
        Overwrite: i.overwrite,
      }),
    );
    return { arn: arn(cloud, "ssm", `parameter/${Name.replace(/^\//, "")}`) };
  },
};
