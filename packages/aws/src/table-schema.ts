import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { indexes, keyIndexes } from "@outlet/core/ports";

/**
 * The table as every environment makes it: key (pk, sk), the sparse indexes of the port, billed
 * per request. Time to live is no part of CreateTable: switch it on for `Layout.expiryAttribute`.
 */
export function tableDefinition(tableName: string): CreateTableCommandInput {
  const keys = [{ pk: "pk", sk: "sk" }, ...Object.values(indexes)];
  return {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: keys
      .flatMap(({ pk, sk }) => [pk, sk])
      .map((name) => ({ AttributeName: name, AttributeType: "S" as const })),
    KeySchema: keySchema({ pk: "pk", sk: "sk" }),
    GlobalSecondaryIndexes: entriesOf(indexes).map(([name, key]) => ({
      IndexName: name,
      KeySchema: keySchema(key),
      Projection: { ProjectionType: keyIndexes.includes(name) ? "KEYS_ONLY" : "ALL" },
    })),
  };
}

const entriesOf = (named: typeof indexes) =>
  Object.entries(named) as [keyof typeof indexes, { pk: string; sk: string }][];

function keySchema(key: { pk: string; sk: string }) {
  return [
    { AttributeName: key.pk, KeyType: "HASH" as const },
    { AttributeName: key.sk, KeyType: "RANGE" as const },
  ];
}
