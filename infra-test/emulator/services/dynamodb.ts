import {
  CreateTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { Recorded } from "../../sst/graph.ts";
import type { Mappings } from "../cloud.ts";
import { some } from "../shape.ts";

const keySchema = ({
  hashKey,
  rangeKey,
}: {
  hashKey: string;
  rangeKey?: string;
}): KeySchemaElement[] => [
  { AttributeName: hashKey, KeyType: "HASH" },
  ...(rangeKey ? [{ AttributeName: rangeKey, KeyType: "RANGE" as const }] : []),
];
const throughput = (i: Recorded) =>
  i.readCapacity
    ? { ReadCapacityUnits: i.readCapacity, WriteCapacityUnits: i.writeCapacity }
    : undefined;
const index = (table: Recorded) => (i: Recorded) => ({
  IndexName: i.name,
  KeySchema: keySchema({ hashKey: table.hashKey, ...i }),
  Projection: {
    ProjectionType: i.projectionType,
    NonKeyAttributes: some<string>(i.nonKeyAttributes),
  },
});

export const dynamodb: Mappings = {
  "aws:dynamodb/table:Table": async (i, cloud) => {
    const client = cloud.client(DynamoDBClient);
    const { TableDescription: table } = await client.send(
      new CreateTableCommand({
        TableName: i.name,
        AttributeDefinitions: i.attributes.map((a: Recorded) => ({
          AttributeName: a.name,
          AttributeType: a.type,
        })),
        KeySchema: keySchema(i),
        BillingMode: i.billingMode,
        ProvisionedThroughput: throughput(i),
        GlobalSecondaryIndexes: some(
          i.globalSecondaryIndexes?.map((g: Recorded) => ({
            ...index(i)(g),
            ProvisionedThroughput: throughput(g),
          })),
        ),
        LocalSecondaryIndexes: some(i.localSecondaryIndexes?.map(index(i))),
        StreamSpecification: i.streamEnabled
          ? { StreamEnabled: true, StreamViewType: i.streamViewType }
          : undefined,
        DeletionProtectionEnabled: i.deletionProtectionEnabled,
      }),
    );
    if (i.ttl) {
      const TimeToLiveSpecification = {
        AttributeName: i.ttl.attributeName,
        Enabled: i.ttl.enabled,
      };
      await client.send(
        new UpdateTimeToLiveCommand({ TableName: i.name, TimeToLiveSpecification }),
      );
    }
    if (i.pointInTimeRecovery) {
      const PointInTimeRecoverySpecification = {
        PointInTimeRecoveryEnabled: i.pointInTimeRecovery.enabled,
      };
      await client.send(
        new UpdateContinuousBackupsCommand({ TableName: i.name, PointInTimeRecoverySpecification }),
      );
    }
    return { id: table?.TableName, arn: table?.TableArn, streamArn: table?.LatestStreamArn };
  },
};
