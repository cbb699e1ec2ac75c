import { type AttributeValue, type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { Key } from "@outlet/core/ports";
import * as Layout from "@outlet/core/store/layout";

/** Items looked at in one call: others wait for the same emulator. */
const pageItems = 100;

/**
 * Keys of items that DynamoDB's time to live would remove, page by page. For tables without it: it
 * reads the whole table.
 */
export async function* listExpiredKeys(
  client: DynamoDBClient,
  tableName: string,
  nowMs: number,
): AsyncGenerator<Key[]> {
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tableName,
        Limit: pageItems,
        ProjectionExpression: "pk, sk",
        FilterExpression: "#expiry < :now",
        ExpressionAttributeNames: { "#expiry": Layout.expiryAttribute },
        ExpressionAttributeValues: { ":now": { N: String(Math.floor(nowMs / 1000)) } },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield (page.Items ?? []).map(({ pk, sk }) => ({ pk: pk?.S ?? "", sk: sk?.S ?? "" }));
    start = page.LastEvaluatedKey;
  } while (start);
}
