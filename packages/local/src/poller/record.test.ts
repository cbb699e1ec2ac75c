import type { SQSBatchResponse } from "aws-lambda";
import { expect, test } from "vitest";
import { failedIds, toRecord } from "./record.ts";

const arn = "arn:aws:sqs:us-east-1:000000000000:runs";

test("a message becomes the record that Lambda documents", () => {
  const record = toRecord(
    {
      MessageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
      ReceiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
      Body: "Test message.",
      Attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1545082649183",
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: "1545082649185",
        MessageGroupId: "bot",
      },
      MessageAttributes: {
        myAttribute: { StringValue: "myValue", DataType: "String" },
        raw: { BinaryValue: "AQI=", DataType: "Binary" },
      },
      MD5OfMessageAttributes: "9a",
      MD5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    },
    arn,
  );
  expect(record).toEqual({
    messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
    receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
    body: "Test message.",
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1545082649183",
      SenderId: "AIDAIENQZJOLO23YVJ4VO",
      ApproximateFirstReceiveTimestamp: "1545082649185",
      MessageGroupId: "bot",
    },
    messageAttributes: {
      myAttribute: {
        stringValue: "myValue",
        stringListValues: [],
        binaryListValues: [],
        dataType: "String",
      },
      raw: {
        binaryValue: "AQI=",
        stringListValues: [],
        binaryListValues: [],
        dataType: "Binary",
      },
    },
    md5OfMessageAttributes: "9a",
    md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: "us-east-1",
  });
});

test.each([
  ["nothing", undefined, []],
  ["null", null, []],
  ["an empty object", {}, []],
  ["no list", { batchItemFailures: null }, []],
  ["an empty list", { batchItemFailures: [] }, []],
  ["one failure", { batchItemFailures: [{ itemIdentifier: "b" }] }, ["b"]],
  ["one twice", { batchItemFailures: [{ itemIdentifier: "b" }, { itemIdentifier: "b" }] }, ["b"]],
  ["an empty id", { batchItemFailures: [{ itemIdentifier: "" }] }, ["a", "b", "c"]],
  ["a null id", { batchItemFailures: [{ itemIdentifier: null }] }, ["a", "b", "c"]],
  ["a wrong key", { batchItemFailures: [{ messageId: "a" }] }, ["a", "b", "c"]],
  ["a null entry", { batchItemFailures: [null] }, ["a", "b", "c"]],
  ["a stranger", { batchItemFailures: [{ itemIdentifier: "z" }] }, ["a", "b", "c"]],
  ["no list but text", { batchItemFailures: "a" }, ["a", "b", "c"]],
])("an answer of %s", (_, answer, failed) => {
  // Whatever a function returns arrives here: the type is a wish.
  expect([...failedIds(answer as SQSBatchResponse, ["a", "b", "c"])]).toEqual(failed);
});
