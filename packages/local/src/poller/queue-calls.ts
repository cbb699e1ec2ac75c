import type { JsonClient } from "@outlet/aws/lean/json-client";
import type { SQSRecord } from "aws-lambda";
import type { Message } from "./record.ts";

/** SQS takes and gives at most ten messages a call. */
export const messagesPerCall = 10;

/** What a poller asks of its queue. Errors are the client's. */
export interface QueueCalls {
  arn(signal: AbortSignal): Promise<string>;
  receive(waitSeconds: number, signal: AbortSignal): Promise<Message[]>;
  /** @returns the ids that could not be deleted. */
  remove(records: SQSRecord[]): Promise<string[]>;
  /** @returns the ids that are no longer ours. */
  keepInvisible(records: SQSRecord[]): Promise<string[]>;
}

/** How long a receive may take, besides what it waits for messages. */
const receiveTimeoutMs = 5_000;

export function createQueueCalls(
  sqs: JsonClient,
  QueueUrl: string,
  VisibilityTimeout: number,
): QueueCalls {
  return {
    async arn(signal) {
      const input = { QueueUrl, AttributeNames: ["QueueArn"] };
      const { Attributes } = await sqs.call<{ Attributes?: { QueueArn?: string } }>(
        "GetQueueAttributes",
        input,
        { signal },
      );
      return Attributes?.QueueArn ?? "";
    },

    async receive(waitSeconds, signal) {
      const input = {
        QueueUrl,
        MaxNumberOfMessages: messagesPerCall,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      };
      const timeoutMs = waitSeconds * 1_000 + receiveTimeoutMs;
      const { Messages = [] } = await sqs.call<{ Messages?: Message[] }>("ReceiveMessage", input, {
        signal,
        timeoutMs,
      });
      return Messages;
    },

    async remove(records) {
      const { Failed = [] } = await sqs.call<Failures>("DeleteMessageBatch", {
        QueueUrl,
        Entries: records.map(({ receiptHandle: ReceiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle,
        })),
      });
      return idsOf(records, Failed);
    },

    async keepInvisible(records) {
      const { Failed = [] } = await sqs.call<Failures>("ChangeMessageVisibilityBatch", {
        QueueUrl,
        Entries: records.map(({ receiptHandle: ReceiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout,
        })),
      });
      return idsOf(records, Failed);
    },
  };
}

interface Failures {
  Failed?: { Id: string }[];
}

function idsOf(records: SQSRecord[], failed: { Id: string }[]): string[] {
  return failed.flatMap(({ Id }) => records[Number(Id)]?.messageId ?? []);
}
