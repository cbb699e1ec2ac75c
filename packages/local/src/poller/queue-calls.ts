import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";

/** SQS takes and gives at most ten messages a call. */
export const messagesPerCall = 10;

/** What a poller asks of its queue. Errors are the SDK's. */
export interface QueueCalls {
  arn(signal: AbortSignal): Promise<string>;
  receive(waitSeconds: number, signal: AbortSignal): Promise<Message[]>;
  /** @returns the ids that could not be deleted. */
  remove(records: SQSRecord[]): Promise<string[]>;
  /** @returns the ids that are no longer ours. */
  keepInvisible(records: SQSRecord[]): Promise<string[]>;
}

export function createQueueCalls(
  sqs: SQSClient,
  queueUrl: string,
  visibilityTimeoutSeconds: number,
): QueueCalls {
  return {
    async arn(signal) {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["QueueArn"] }),
        { abortSignal: signal },
      );
      return Attributes?.QueueArn ?? "";
    },

    async receive(waitSeconds, signal) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: messagesPerCall,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout: visibilityTimeoutSeconds,
          MessageSystemAttributeNames: ["All"],
          MessageAttributeNames: ["All"],
        }),
        { abortSignal: signal },
      );
      return Messages;
    },

    async remove(records) {
      const { Failed = [] } = await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: records.map((record, index) => ({
            Id: String(index),
            ReceiptHandle: record.receiptHandle,
          })),
        }),
      );
      return idsOf(records, Failed);
    },

    async keepInvisible(records) {
      const { Failed = [] } = await sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: records.map((record, index) => ({
            Id: String(index),
            ReceiptHandle: record.receiptHandle,
            VisibilityTimeout: visibilityTimeoutSeconds,
          })),
        }),
      );
      return idsOf(records, Failed);
    },
  };
}

function idsOf(records: SQSRecord[], failed: { Id: string | undefined }[]): string[] {
  return failed.flatMap(({ Id }) => records[Number(Id)]?.messageId ?? []);
}
