import type { Attributes } from "./values.ts";

/** What a batch reads of one table. */
interface KeysRead {
  Keys?: Attributes[];
  ConsistentRead?: boolean;
}

/** The input of an operation, of which a well-behaved client sends what the API reference says. */
export interface Input {
  TableName?: string;
  Key?: Attributes;
  Item?: Attributes;
  ConditionExpression?: string;
  UpdateExpression?: string;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Attributes;
  ReturnValues?: string;
  ReturnConsumedCapacity?: string;
  ConsistentRead?: boolean;
  IndexName?: string;
  Limit?: number;
  ScanIndexForward?: boolean;
  ExclusiveStartKey?: Attributes;
  TransactItems?: { Put?: Input; Update?: Input }[];
  /** Puts of a batch, or keys to be read. */
  RequestItems?: Record<string, { PutRequest?: { Item: Attributes } }[] | KeysRead>;
}
